"""What of a policy holds something dangerous: entries and exclusions that name it, or whose patterns fit it.

Does not see: what no example stands for: a pattern is asked about some acts of each danger, not about all.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from hauberk.learn.danger import danger
from hauberk.model.activity import Activity
from hauberk.model.kind import OPERATIONS, Kind
from hauberk.policy.decision import Entries
from hauberk.policy.file import PolicyFile
from hauberk.policy.pattern import is_everything
from hauberk.policy.problem import Problem, shortened

_REMEDY = "an attacker may do it, too: name what is meant"
_MANY = 4096
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_WILD = re.compile(r"[*?]+")
_READS = ("/proc/1/environ", "/proc/self/environ", "/root/.aws/credentials", "/etc/shadow")
_CHANGES = ("/etc/x", "/opt/x", "/usr/bin/x", "/usr/lib/x", "/var/task/x", "/var/runtime/x")
_EXAMPLES: dict[Kind, tuple[str, ...]] = {
    Kind.PROCESS: tuple(
        f"{folder}/{name}"
        for name in ("bash", "sh", "busybox", "curl", "wget", "nc", "ssh")
        for folder in ("/bin", "/usr/bin", "/usr/local/bin", "/opt/bin", "/var/task/bin")
    ),
    Kind.FILE: (*_READS, *_CHANGES),
    Kind.HOST: ("metadata.google.internal", "webhook.site", "a.ngrok.io", "a.oast.fun", "transfer.sh"),
    Kind.ADDRESS: (
        "169.254.169.254:80",
        "169.254.170.2:80",
        "[fd00:ec2::254]:80",
        "unix:/var/run/docker.sock",
    ),
    Kind.CODE: ("posix.system", "builtins.eval", "subprocess.Popen", "/tmp/a.so", "system", "execve"),  # noqa: S108
}  # fmt: skip
_ACTIONS = (
    "iam:PassRole",
    "organizations:CreateAccount",
    "lambda:UpdateFunctionCode",
    "s3:PutObjectAcl",
    "s3:PutBucketPolicy",
    "kms:CreateGrant",
    "cloudtrail:StopLogging",
    "config:DeleteConfigRule",
    "logs:DeleteLogGroup",
    "ec2:RunInstances",
    "ssm:SendCommand",
)


def dangers(file: PolicyFile) -> list[Problem]:
    """Say of each entry of a list, and of each exclusion of activities, what of it is dangerous."""
    return [*_in_lists(file), *_in_exclusions(file)]


@lru_cache(_MANY)
def held_danger(kind: Kind, operation: str, pattern: str) -> str:
    """Say what is dangerous in what a pattern allows; nothing where no danger is known."""
    if is_everything(kind, operation, pattern):
        return ""  # which is told by itself
    shown = shortened(pattern if kind is not Kind.API else f"{operation} {pattern}")
    plain = _ESCAPED.sub(r"\1", pattern)
    for named in _operations(kind, operation):
        if why := danger(Activity(kind, named, plain)):
            return f"`{shown}` {why}"
    entries = Entries(kind.value, [f"{operation} {pattern}"])
    for example in _examples(kind, operation, pattern):
        why = danger(example)
        if why and entries.first(example):
            act = example.operation if kind is Kind.API else example.target
            return f"`{shown}` holds `{act}`, which {why}"
    return ""


def _in_lists(file: PolicyFile) -> Iterator[Problem]:
    for function in file.functions:
        for kind, entries in function.allowlist.items():
            for one in entries:
                if what := held_danger(kind, one.operation, one.target):
                    yield Problem(0, f"{function.name} may {kind}: {what}", _REMEDY)


def _in_exclusions(file: PolicyFile) -> Iterator[Problem]:
    for one in file.exclusions:
        if one.kind is None:
            continue
        for pattern in one.patterns:
            if what := held_danger(one.kind, one.operation, pattern):
                yield Problem(one.line, f"exclusion {shortened(one.name)}: {what}", _REMEDY)


def _operations(kind: Kind, operation: str) -> tuple[str, ...]:
    return OPERATIONS[kind] if operation == "*" and OPERATIONS[kind] else (operation,)


def _examples(kind: Kind, operation: str, pattern: str) -> Iterator[Activity]:
    if kind is not Kind.API:
        for named in _operations(kind, operation):
            yield from (Activity(kind, named, target) for target in _EXAMPLES[kind])
        return
    target = _ESCAPED.sub(r"\1", _WILD.sub("x", pattern)) if pattern != "*" else "*"
    yield from (Activity(kind, action, target) for action in _ACTIONS)
