"""What the documents tell a newcomer to type works, from the first line to the last."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hauberk.local import LocalError
from hauberk.local.attach import own_layer
from hauberk.local.nodejs import MADE, client, node
from hauberk.policy import read

ROOT = Path(__file__).parents[2]
PYTHON = """
import subprocess

def handler(event, context):
    print("serving", event)
    return subprocess.run(["uname"], capture_output=True, text=True).stdout
"""
NODEJS = """
import { execFileSync } from 'node:child_process';

export const handler = async (event) => {
  console.log('serving', event);
  return execFileSync('uname').toString();
};
"""
README = {"FUNCTION": "src/orders", "NAME": "orders"}
FLOWS = [
    # document         what stands before the commands         what a newcomer puts for names
    ("docs/local.md", "## Learn from its logs\n\n```sh\n", {}, ("app.py", PYTHON)),
    ("docs/local.md", "## Learn on the first day\n\n```sh\n", {}, ("app.py", PYTHON)),
    ("README.md", "has all of it, by task.\n\n", README, ("app.py", PYTHON)),
    ("docs/doctor.md", "## Ask it\n\n```sh\n", {}, ("app.py", PYTHON)),
    ("docs/anomaly.md", "## Ask it\n\n```sh\n", {}, ("app.py", PYTHON)),
    ("docs/diff.md", "## Ask it\n\n```sh\n", {}, ("app.py", PYTHON)),
    ("docs/replay.md", "## Ask it\n\n```sh\n", {}, ("app.py", PYTHON)),
    ("docs/nodejs.md", "## Run it, learn, enforce\n\n```sh\n", {"build/nodejs": str(MADE)}, ("index.mjs", NODEJS)),
]  # fmt: skip


def commands(document, before, names):
    """The commands of a block, but for `make`, which the tests stand on."""
    text = (ROOT / document).read_text(encoding="utf-8").partition(before)[2]
    block = re.match(r"(?:(?: {4})?(?:hauberk|make) .*\n)+", text)
    assert block, f"{document} has no commands behind {before!r}"
    lines = [line.strip() for line in block[0].splitlines()]
    for name, value in names.items():
        lines = [re.sub(rf"\b{name}\b", value, line) for line in lines]
    return [line for line in lines if not line.startswith("make ")]


@pytest.mark.parametrize(
    ("document", "before", "names", "function"), FLOWS, ids=[one[0] for one in FLOWS]
)
def test_the_documented_commands_work_one_after_the_other(
    document, before, names, function, tmp_path
):
    try:
        layer = own_layer(())
        if function[1] is NODEJS:
            node(None), client(None)
    except LocalError as error:
        pytest.skip(str(error))
    (tmp_path / "src/orders").mkdir(parents=True)
    (tmp_path / "src/orders" / function[0]).write_text(function[1])
    for name in ("event", "first", "second"):
        (tmp_path / f"{name}.json").write_text('{"id": 17}')
    (tmp_path / "events").mkdir()
    (tmp_path / "events/order.json").write_text('{"id": 17}')
    hauberk = tmp_path / "bin/hauberk"
    hauberk.parent.mkdir()
    hauberk.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hauberk.cli "$@"\n')
    hauberk.chmod(0o755)
    variables = {
        **os.environ,
        "PATH": f"{hauberk.parent}:{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "HAUBERK_LAYER": str(layer),
    }
    script = "\n".join(commands(document, before, names))
    assert script.count("\n") >= 2
    done = subprocess.run(
        ["bash", "-exc", script],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # A model of one log is made of too few weeks, and says so.
    short = "warning: orders: its model never tells, too few weeks made it; learn more, or give --threshold\n"
    # The second wall alone knows no actions of AWS, and says so.
    unproven = "warning: orders: still learning api: the logs prove nothing of it\n"
    told = done.stderr.replace(unproven, "" if function[1] is NODEJS else unproven)
    assert "warning" not in told.replace(short, "" if document == "docs/anomaly.md" else short)
    if "hauberk learn" not in script:
        return
    (orders,) = read(tmp_path / "hauberk.yaml").functions
    assert [entry.target.rpartition("/")[2] for entry in orders.allowlist["process"]] == ["uname"]
