"""What is wide, dangerous, without effect or for nobody is warned of when it is written, and by a check."""

import json

import pytest
from typer.testing import CliRunner

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from hauberk.cli import app

POLICY = """\
hauberk: 1
functions:
  orders:
    mode: prevent
    tags: {team: shop}
    allowlist:
      process: [{target: /var/task/bin/thumbnail}]
      file: []
"""


@pytest.fixture
def hauberk(tmp_path, monkeypatch):
    (tmp_path / "hauberk.yaml").write_text(POLICY)
    monkeypatch.chdir(tmp_path)
    variables = {"COLUMNS": "200", "NO_COLOR": "1", "XDG_CONFIG_HOME": str(tmp_path)}

    def run(*words):
        done = CliRunner().invoke(app, words, env=variables)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code == 0, done.stderr
        return done

    return run


WARNED = [
    # what is written                                                              what is warned of
    (("allowlist", "add", "orders", "file", "*", "**/*"), "allows every file activity"),
    (("allowlist", "add", "orders", "process", "start", "/bin/sh"), "starts a shell"),
    (("rule", "add", "r", "host", "**", "--account"), "denies every host activity"),
    (("rule", "add", "r", "api", "arn:*", "--account"), "denies every api activity"),
    (("rule", "add", "r", "address", "0.0.0.0/0", "--account"), "denies every address activity"),
    (("rule", "add", "r", "host", "a.b", "--function", "order"), "did you mean `orders`?"),
    (
        ("exclusion", "add", "e", "**", "--kind", "process", "--operation", "start", "--account"),
        "allows every process",
    ),
    (("exclusion", "add", "e", "**", "--detector", "log4shell", "--account"), "silences log4shell"),
    (
        ("rule", "add", "r", "process", "**/x", "--tag", "team=none"),
        "no function has the tag `team=none`; did you mean `team=shop`?",
    ),
    (("rule", "add", "r", "process", "**/x", "--group", "zz*"), "no function's name fits `zz*`"),
    (
        ("exclusion", "add", "e", "/opt/x", "--kind", "process", "--tag", "a=b"),
        "no function has the tag `a=b`",
    ),
    (
        ("allowlist", "add", "orders", "process", "start", "wc"),
        "`wc` allows only a program that is nowhere found",
    ),
    (
        ("allowlist", "add", "orders", "process", "start", "bin/wc"),
        "`bin/wc` is not an absolute path: nothing fits it",
    ),
    (
        ("allowlist", "add", "orders", "process", "start", "/usr/bin/../bin/wc"),
        "holds `..`, which paths of programs do not",
    ),
    (
        ("allowlist", "add", "orders", "file", "read", "**"),
        "holds `/proc/1/environ`, which looks into another process",
    ),
    (
        ("allowlist", "add", "orders", "file", "read", "/proc/*/environ"),
        "orders may file: `/proc/*/environ` holds",
    ),
    (("allowlist", "add", "orders", "file", "*", "/proc/**"), "`/proc/**` "),
    (
        ("allowlist", "add", "orders", "process", "start", "/usr/bin/*"),
        "holds `/usr/bin/bash`, which starts a shell",
    ),
    (
        ("allowlist", "add", "orders", "process", "start", "/bin/b?sh"),
        "holds `/bin/bash`, which starts a shell",
    ),
    (
        ("allowlist", "add", "orders", "address", "connect", "0.0.0.0/0", "--new-list"),
        "`169.254.169.254:80`, which reaches where",
    ),
    (
        ("allowlist", "add", "orders", "address", "*", "169.254.0.0/16", "--new-list"),
        "which reaches where credentials",
    ),
    (
        ("allowlist", "add", "orders", "api", "s3:*", "*", "--new-list"),
        "`s3:* *` holds `s3:PutObjectAcl`, which gives others access",
    ),
    (
        ("allowlist", "add", "orders", "api", "iam:*", "arn:aws:iam::*:role/a", "--new-list"),
        "changes who may do what",
    ),
    (
        ("allowlist", "add", "orders", "code", "call", "os.system", "--new-list"),
        "calls what runs any code",
    ),
    (
        ("allowlist", "add", "orders", "code", "unpickle", "posix.*", "--new-list"),
        "unpickles what runs any command",
    ),
    (
        ("allowlist", "add", "orders", "host", "resolve", "webhook.*", "--new-list"),
        "takes anybody's data",
    ),
    (
        ("exclusion", "add", "e", "/proc/1/environ", "--kind", "file", "--account"),
        "exclusion e: `/proc/1/environ` looks into another process",
    ),
    (
        ("exclusion", "add", "e", "/usr/bin/bash", "--kind", "process", "--account"),
        "exclusion e: `/usr/bin/bash` starts a shell",
    ),
    (
        ("exclusion", "add", "e", "/usr/bin/*", "--kind", "process", "--account"),
        "holds `/usr/bin/bash`",
    ),
    (
        ("rule", "add", "r", "process", "nc", "--account"),
        "`nc` denies only a program that is nowhere found",
    ),
    (("rule", "add", "r", "process", "w*", "--account"), "write its path, or `**/w*`"),
    (
        ("exclusion", "add", "e", "wc", "--kind", "process", "--account"),
        "`wc` allows only a program",
    ),
]
NOT_WARNED = [
    ("allowlist", "add", "orders", "file", "write", "/tmp/**"),
    ("allowlist", "add", "orders", "file", "read", "/var/task/**"),
    ("allowlist", "add", "orders", "file", "write", "/mnt/*/orders/**"),
    ("allowlist", "add", "orders", "process", "start", "/opt/ffmpeg/bin/*"),
    ("allowlist", "add", "orders", "address", "connect", "0.0.0.0/0:443", "--new-list"),
    ("allowlist", "add", "orders", "address", "connect", "10.0.0.0/8", "--new-list"),
    ("allowlist", "add", "orders", "api", "s3:Get*", "*", "--new-list"),
    (
        "allowlist",
        "add",
        "orders",
        "api",
        "dynamodb:*",
        "arn:aws:dynamodb:*:*:table/orders",
        "--new-list",
    ),
    ("allowlist", "add", "orders", "host", "resolve", "*.amazonaws.com", "--new-list"),
    ("allowlist", "add", "orders", "code", "unpickle", "shop.orders.*", "--new-list"),
    (
        "exclusion",
        "add",
        "e",
        "/proc/self/environ",
        "--detector",
        "credential-read",
        "--path",
        "a",
        "--account",
    ),
    ("rule", "add", "r", "process", "/usr/bin/*", "--account"),
    ("rule", "add", "r", "host", "*", "--account"),
    ("rule", "add", "r", "address", "0.0.0.0/0:25", "--account"),
    ("rule", "add", "r", "process", "**/wc", "--account"),
    ("rule", "add", "r", "process", "**/wc", "--tag", "team=shop"),
    ("rule", "add", "r", "process", "**/wc", "--group", "ord*"),
    ("rule", "add", "r", "process", "**/wc", "--function", "orders"),
    ("rule", "add", "r", "process", "/opt/bin/w*", "--account"),
    ("rule", "add", "r", "process", "-", "$PROGRAM", "--account"),
    ("exclusion", "add", "e", "wc", "--detector", "outlives-invocation", "--account"),
    ("exclusion", "add", "e", "**", "--detector", "log4shell", "--path", "body→$.q", "--account"),
]


@pytest.mark.parametrize(("words", "said"), WARNED)
def test_what_is_wide_or_dangerous_is_warned_of(hauberk, words, said):
    assert said in hauberk(*words).stderr


@pytest.mark.parametrize("words", NOT_WARNED)
def test_what_is_neither_is_not(hauberk, words):
    assert hauberk(*words).stderr == ""


def test_a_check_tells_of_each_danger_that_a_policy_holds(hauberk):
    hauberk("allowlist", "add", "orders", "file", "read", "/proc/*/environ")
    hauberk("exclusion", "add", "e", "/bin/sh", "--kind", "process", "--account")
    done = hauberk("policy", "check", "hauberk.yaml", "--format", "json")
    (checked,) = json.loads(done.stdout)
    told = [one["what"] for one in checked["warnings"]]
    held = "holds `/proc/1/environ`, which looks into another process"
    assert told == [
        f"orders may file: `/proc/*/environ` {held}",
        "exclusion e: `/bin/sh` starts a shell",
    ]


@pytest.mark.parametrize(
    ("scope", "is_in_force"),
    [
        (("--tag", "team=none"), False),
        (("--group", "zz*"), False),
        (("--function", "order"), False),
        (("--tag", "team=shop"), True),
        (("--group", "o*"), True),
        (("--account",), True),
    ],
)
def test_what_is_for_no_function_is_not_in_force(hauberk, scope, is_in_force):
    hauberk("rule", "add", "r", "process", "**/x", *scope)
    *_, shown = json.loads(hauberk("rule", "list", "--format", "json").stdout)
    assert (shown["name"], shown["in_force"]) == ("r", is_in_force)
    assert (", no function" in hauberk("rule", "list").stdout) is not is_in_force
