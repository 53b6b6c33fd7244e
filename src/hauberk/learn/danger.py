"""What is dangerous whoever does it: an allowlist that holds it lets an attacker in, so a person decides.

Sees:         shells, commands that come to them or that they work out, tools that carry data away; programs and
              libraries that were not deployed; other processes' memory and variables, credentials, changes of the
              system's and the package's files; addresses that give out credentials, hosts that take anybody's data;
              calls of AWS that give rights or end their recording; pickles and C functions that run whatever they
              are given
Does not see: what a harmless name does: `python3` with a script of an attacker's, a table that is read whole
"""

import re

from hauberk.learn.fold.shape import OF_ANY_PROCESS
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

_WRITABLE = r"/(?:tmp|var/tmp|dev/shm|mnt|proc|memfd:)"
_CHANGES = r"(?:write|delete|rename|link|chmod) "
_HARMLESS = rf"/proc/(?:self|\d+)/{OF_ANY_PROCESS}$"
_SYSTEM = r"/(?:bin|boot|etc|lib|lib64|opt|proc|root|sbin|sys|usr|var/(?:lang|runtime|task))/"

_WHY: dict[Kind, tuple[tuple[str, str], ...]] = {
    Kind.PROCESS: (
        (r"start (?:.*/)?(?:ash|bash|busybox|csh|dash|fish|ksh|pwsh|rksh|sh|tcsh|zsh)", "starts a shell"),
        (
            r"start (?:.*/)?(?:curl|ftp|nc|ncat|netcat|rsync|scp|sftp|socat|ssh|telnet|tftp|wget)(?:\.\w+)?",
            "starts a tool that carries data away",
        ),
        (rf"start {_WRITABLE}.*", "starts a program that was not deployed"),
        (r"start -", "has a shell run whatever its standard input holds"),
        (r"start [^/]*[$`].*", "starts a program whose name a shell works out"),
        (r"arguments .*<code>.*", "gives a program code, or a command, to run"),
        (r"arguments .*<script>.*", "has an interpreter run a file that was not deployed"),
        (r"arguments (?:.*/)?find .* -(?:exec|execdir|ok|okdir) .*", "has a program start another one"),
    ),
    Kind.FILE: (
        (
            r"\w+ /proc/(?:self|thread-self)/(?:task/\d+/)?(?:environ|mem|maps|auxv)",
            "reads its own memory or variables",
        ),
        (rf"\w+ /proc/\d+/(?!{OF_ANY_PROCESS}$).*", "looks into another process"),
        (r"\w+ (?:.*/\.(?:aws|docker|gnupg|kube|ssh)/.*|/etc/(?:g?shadow|sudoers)-?)", "touches credentials"),
        (rf"{_CHANGES}(?!{_HARMLESS}){_SYSTEM}.*", "changes files of the system or the package"),
    ),
    Kind.HOST: (
        (
            r"resolve (?:metadata\.google\.internal|instance-data(?:\.ec2\.internal)?)",
            "asks for credentials of a machine",
        ),
        (
            r"resolve (?:.+\.)?(?:burpcollaborator\.net|interact\.sh|ngrok(?:-free)?\.(?:app|dev|io)|oast\.\w+|"
            r"pastebin\.com|pipedream\.net|requestbin\.(?:com|net)|serveo\.net|transfer\.sh|trycloudflare\.com|webhook\.site)",
            "asks for a host that takes anybody's data",
        ),
    ),
    Kind.ADDRESS: (
        (r"\w+ (?:169\.254\.\d+\.\d+|\[fd00:ec2::[0-9a-f:]+\]):\d+", "reaches where credentials are given out"),
        (r"\w+ unix:.*/(?:docker|containerd)\.sock", "reaches a service that starts containers"),
    ),
    Kind.API: (
        (r"iam:(?!Get|List|Simulate).*", "changes who may do what"),
        (r"organizations:(?!Describe|List).*", "changes the organization"),
        (r"lambda:(?:Add|Create|Delete|Publish|Put|Remove|Update)\w* .*", "changes functions"),
        (
            r"(?:s3:(?:Put|Delete)Bucket(?:Acl|Policy)|s3:PutObjectAcl|s3:Put(?:Bucket|Account)PublicAccessBlock|"
            r"kms:(?:CreateGrant|PutKeyPolicy)|\w+:PutResourcePolicy) .*",
            "gives others access",
        ),
        (
            r"(?:cloudtrail|config|guardduty|securityhub):(?:Delete|Disable|Disassociate|Put|Stop|Update)\w* .*",
            "changes what is recorded",
        ),
        (r"logs:(?:Delete\w+|PutSubscriptionFilter|PutRetentionPolicy) .*", "changes what is recorded"),
        (r"(?:ec2:(?:Run|Import|Authorize|CreateKey)\w*|ssm:(?:SendCommand|StartSession)) .*", "runs code elsewhere"),
    ),
    Kind.CODE: (
        (
            r"unpickle (?:builtins[.:](?:__import__|breakpoint|compile|delattr|eval|exec|getattr|globals|open|setattr)|"
            r"(?:code|commands|ctypes|importlib|marshal|nt|os|pickle|posix|pty|runpy|shutil|socket|subprocess|sys)[.:].*)",
            "unpickles what runs any command",
        ),
        (rf"load {_WRITABLE}.*", "loads a library that was not deployed"),
        (
            r"call (?:\w+[.:])*(?:dlm?open|exec\w+|mprotect|memfd_create|popen|posix_spawnp?|process_vm_\w+|ptrace|"
            r"system)",
            "calls what runs any code",
        ),
    ),
}  # fmt: skip
_RULES = {
    kind: tuple((re.compile(pattern, re.DOTALL), why) for pattern, why in rules)
    for kind, rules in _WHY.items()
}


def danger(activity: Activity) -> str:
    """Say what is dangerous in an activity; nothing where nothing is."""
    text = f"{activity.operation} {activity.target}"
    return next(
        (why for pattern, why in _RULES[activity.kind] if pattern.fullmatch(text)),
        "",
    )
