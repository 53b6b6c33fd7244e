"""The command as a whole: its help and version, what it writes on a terminal, what it imports."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from learn_log import LOG

import hauberk as hauberk_package
from hauberk.cli import COMMANDS


@pytest.fixture
def process(hauberk, tmp_path):
    """Runs `hauberk` as a process of its own, beside what stands there for `hauberk`."""

    def run(*arguments, given=None, **variables):
        environment = {"XDG_CONFIG_HOME": str(tmp_path / "config"), **variables}
        return subprocess.run(
            [sys.executable, "-m", "hauberk.cli", *arguments],
            cwd=tmp_path,
            env={**os.environ, **environment},
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        ("policy", "check", "broken.yaml"),
        ("policy", "compile", "broken.yaml", "--function", "orders"),
        ("policy", "show", "-"),
        ("learn", "none.log"),
        ("sources", "check"),
        ("polcy",),
    ],
)
def test_a_process_of_its_own_says_the_same_and_ends_as_in_this_one(hauberk, process, arguments):
    """Most tests of commands run them in this process."""
    here, there = (run(*arguments, given="x", COLUMNS="80") for run in (hauberk, process))
    assert (here.returncode, here.stdout, here.stderr) == (
        there.returncode,
        there.stdout,
        there.stderr,
    )


def _no_package(name):
    return f"raise ModuleNotFoundError('no module', name='{name}')\n"


INCOMPLETE = [
    # what stands in the place of what, and the command    the line begins
    ("hauberk/_native.py", "", "policy explain orders file read /tmp/a", "the native core is none of this version"),
    ("hauberk/_native.py", "", "inspect event.json", "the native core is none of this version"),
    ("hauberk/_native.py", "", "--help", "the native core is none of this version"),
    ("hauberk/_native.py", None, "replay a.log", "the native core is none of this version"),
    ("hauberk/_native.py", "class Judge: pass\ndef open_policy(): pass\nclass SourceList: pass", "--version", None),
    ("duckdb.py", _no_package("duckdb"), "learn a.log --store records", "the Python package duckdb is not installed;"),
    ("duckdb.py", _no_package("duckdb"), "policy check hauberk.yaml", None),
    ("yaml.py", _no_package("yaml"), "policy check hauberk.yaml", "the Python package yaml is not installed;"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "words", "told"), INCOMPLETE)
def test_what_an_installation_lacks_is_told_in_one_line(process, tmp_path, file, text, words, told):
    packages = tmp_path / "packages"
    packages.mkdir()
    if file.startswith("hauberk/"):  # all of it but the core
        own = Path(hauberk_package.__file__).parent
        shutil.copytree(own, packages / "hauberk", ignore=shutil.ignore_patterns("*.so", "*.pyc"))
    if text is not None:
        (packages / file).write_text(text)
    (tmp_path / "a.log").write_bytes(LOG)
    done = process(*words.split(), PYTHONPATH=str(packages))
    if told is None:
        assert done.returncode == 0, done.stderr
        return
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"hauberk: {told}") and done.stderr.count("\n") == 1
    assert "; in a checkout run `make ready`" in done.stderr or "; install it (`pip" in done.stderr


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_names_every_command_under_its_task(process, option):
    said = process(option, COLUMNS="100").stdout
    tasks = re.split(r"^╭─ (.*?) ─+╮$", said, flags=re.MULTILINE)
    shown = dict(zip(tasks[1::2], tasks[2::2], strict=True))
    for name, task in COMMANDS.items():
        assert re.search(rf"^│ {name} +\w", shown[task], re.MULTILINE), said


def test_hostile_names_reach_no_terminal(process, tmp_path):
    (tmp_path / "odd.yaml").write_text('hauberk: 1\n"\\e[31mred\\e[0m\\n": 1\n')
    done = process("policy", "check", "odd.yaml", FORCE_COLOR="", TERM="dumb")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "unknown key" in done.stdout


def test_what_is_not_a_terminal_gets_no_colour(process):
    assert "\x1b" not in process("policy", "check", "hauberk.yaml", "broken.yaml").stdout


def test_no_color_is_honoured_on_a_terminal(hauberk, tmp_path):
    def on_a_terminal(**variables):
        environment = {**os.environ, "TERM": "xterm-256color", **variables}
        parent, child = os.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "hauberk.cli", "policy", "check", "broken.yaml"],
            cwd=tmp_path,
            env=environment,
            stdout=child,
        ):
            os.close(child)
            shown = b""
            while block := _read(parent):
                shown += block
        os.close(parent)
        return shown

    environment = {"NO_COLOR": ""}
    assert b"\x1b[" in on_a_terminal(**environment)
    assert b"\x1b[3" not in on_a_terminal(NO_COLOR="1")


def _read(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the terminal's other end was closed
        return b""


def test_the_version_is_that_of_the_package(process):
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    version = re.search(r'^version = "(.*)"', text, re.MULTILINE).group(1)
    assert process("--version").stdout == f"hauberk {version}\n"


def test_a_command_imports_only_what_it_needs():
    script = (
        "import sys, hauberk.cli as c\n"
        "try: c.app(['--version'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('yaml', 'jsonschema', 'cryptography', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[]\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "words",
    ["--version", "--help", "policy check hauberk.yaml", "allowlist show orders --format json"],
)
def test_a_full_disk_is_said_in_one_line(hauberk, tmp_path, words):
    hauberk("--version")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "hauberk.cli", *words.split()],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    said = "hauberk: standard output: no space left on device; write it where there is room\n"
    assert (done.returncode, done.stderr) == (3, said)


def test_who_reads_no_more_is_told_nothing(hauberk, tmp_path):
    hauberk("--version")
    command = [sys.executable, "-m", "hauberk.cli", "policy", "check", "hauberk.yaml"]
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "")
