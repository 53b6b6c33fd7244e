"""What variables hold that is secret is not told, in whatever target the code puts it."""

import re
from pathlib import Path

import pytest

from hauberk.scan import opened, scan
from hauberk.scan.secret import NAMES, SHORTEST

NATIVE = Path(__file__).parents[2] / "native/system/src/secrets.rs"
ROWS = [
    # the variable, its value, and what the code does with it      what is told
    ("API_KEY", "sk-live-SUPERSECRET", "open(f'/tmp/{V}')", "file read /tmp/* partly: $V"),
    ("API_KEY", "sk-live-SUPERSECRET", "open('/tmp/' + V.lower())", "file read /tmp/* partly"),
    ("API_KEY", "sk-live-SUPERSECRET", "open('/tmp/' + V[:4])", "file read /tmp/* partly"),
    ("DB_PASSWORD", "a/b//c-word", "open(f'/tmp/{V}')", "file read /tmp/* partly: $V"),
    (
        "HOOK",
        "https://u:hookpass9@hooks.example.com/x",
        "urllib.request.urlopen(V)",
        "host resolve hooks.example.com exact",
    ),
    (
        "HOOK",
        "https://u:hookpass9@hooks.example.com/x",
        "open(f'/tmp/{V}')",
        "file read /tmp/https:/u:*@hooks.example.com/x partly: $V",
    ),
    (
        "DATABASE_URL",
        "postgres://u:dbpass99@db.example.com/x",
        "psycopg.connect(V)",
        "host resolve db.example.com exact",
    ),
    (
        "MAIN_DSN",
        "host=db.example.com password=dbpass99",
        "psycopg.connect(V)",
        "host resolve db.example.com exact",
    ),
    (
        "MAIN_DSN",
        "host=db.example.com password=dbpass99",
        "open(f'/tmp/{V}')",
        "file read /tmp/* partly: $V",
    ),
    (
        "SECRET_ARN",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
        "boto3.client('secretsmanager').get_secret_value(SecretId=V)",
        "api secretsmanager:GetSecretValue arn:aws:secretsmanager:eu-west-1:123456789012:secret:db exact",
    ),
    ("TOKEN_FILE", "/var/run/token", "open(V)", "file read /var/run/token exact"),
    ("TABLE", "orders-of-today", "open(f'/tmp/{V}')", "file read /tmp/orders-of-today exact"),
    ("API_KEY", "short", "open(f'/tmp/{V}')", "file read /tmp/short exact"),
]


@pytest.mark.parametrize(("name", "value", "call", "told"), ROWS)
def test_a_secret_of_a_variable_is_told_nowhere(tmp_path, name, value, call, told):
    lines = [
        "import os, boto3, psycopg, urllib.request",
        f"V = os.environ['{name}']",
        "def handler(event, context):",
        f"    {call}",
    ]
    (tmp_path / "app.py").write_text("\n".join(lines))
    found = scan(opened(tmp_path), "app.handler", {name: value})
    acts = [one for one in found.findings if one.sure != "named"]
    shown = [
        f"{one.kind} {one.operation} {one.target} {one.sure}"
        + "".join(f": {each}" for each in one.unknown)
        for one in acts
    ]
    assert ", ".join(shown) == told.replace("$V", f"${name}")
    secrets = ("SUPERSECRET", "c-word", "hookpass9", "dbpass99")
    assert not any(one.lower() in repr(found).lower() for one in secrets)


def test_the_names_are_those_that_the_guard_masks():
    block = re.search(r"NAMES.*?\];", NATIVE.read_text(), re.DOTALL)
    assert block
    assert tuple(re.findall(r'"([A-Z_]+)"', block[0])) == NAMES
    assert f"SHORTEST: usize = {SHORTEST}" in NATIVE.read_text()
