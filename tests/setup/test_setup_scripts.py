"""The scripts behind `make`, where something that they need is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "setup"


def run(
    script: str, *arguments: str, cwd: Path, path: str = os.environ["PATH"]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(shutil.which("bash")), str(SETUP / script), *arguments],
        cwd=cwd,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_step_that_succeeds_is_one_line_and_its_notes(tmp_path: Path) -> None:
    done = run("step", "a step", "printf", "noise\nnote: told\nnoise\n", cwd=tmp_path)
    assert done.returncode == 0
    done_line, note = done.stdout.splitlines()
    assert re.fullmatch(r"ok +\d+ s +a step", done_line)
    assert note.split() == ["told"]
    assert (tmp_path / ".cache/log/a-step.log").read_text() == "noise\nnote: told\nnoise\n"


@pytest.mark.parametrize("target", ["demo", "bench"])
def test_make_says_nothing_of_its_own_where_all_is_built(target: str, tmp_path: Path) -> None:
    shutil.copytree(SETUP, tmp_path / "setup")
    shutil.copy(SETUP.parent / "Makefile", tmp_path)
    for script in (tmp_path / "setup").iterdir():
        os.utime(script, (1_500_000_000,) * 2)
    machine = os.uname().machine.replace("aarch64", "arm64")
    sources = ("requirements/dev.txt", "pyproject.toml", "native/x", "layer/x")
    guard = ("src/hauberk/guard/x", "src/hauberk/model/x")
    built = (".cache/rust", ".cache/stamps/venv", ".cache/stamps/native")
    files = (*sources, *guard, *built, f"dist/hauberk-python-{machine}.zip")
    for number, name in enumerate(files):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1_500_000_000 + number,) * 2)
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "run: $*"\n')
    python.chmod(0o755)
    done = subprocess.run(
        ["make", target], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    assert line.startswith("run: ")


def test_a_step_that_fails_shows_its_log_and_fails_alike(tmp_path: Path) -> None:
    done = run("step", "a step", "sh", "-c", "echo out; echo error >&2; exit 7", cwd=tmp_path)
    assert done.returncode == 7
    shown = [line.strip() for line in done.stdout.splitlines()]
    assert shown[0].startswith("FAILED")
    assert shown[1:3] == ["out", "error"]


def test_without_a_python_that_is_new_enough_one_line_says_what_to_install(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = run("python", cwd=tmp_path, path=str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "install Python 3.11 or newer first (Debian: apt-get install python3 python3-venv)"
    ]


def test_a_python_that_is_new_enough_is_found_by_any_of_its_names(tmp_path: Path) -> None:
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (tmp_path / name).symlink_to(sys.executable)
    done = run("python", cwd=tmp_path, path=str(tmp_path))
    assert done.returncode == 0
    assert Path(done.stdout.strip()).exists()


@pytest.mark.skipif(not shutil.which("flock"), reason="flock (util-linux) is not installed")
def test_of_two_builds_at_once_the_second_waits_for_the_first(tmp_path: Path) -> None:
    first = subprocess.Popen(
        [SETUP / "locked", "sh", "-c", "echo held; read line; echo first >>order"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout and first.stdin
    assert first.stdout.readline() == "held\n"
    second = subprocess.Popen(
        [SETUP / "locked", "sh", "-c", "echo second >>order"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert second.stdout
    assert "waiting" in second.stdout.readline()
    first.stdin.write("\n")
    first.stdin.close()
    assert (first.wait(), second.wait()) == (0, 0)
    assert (tmp_path / "order").read_text() == "first\nsecond\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://files." + "pythonhosted.org/x", True),
        ("registry = deb." + "debian.org", True),
        ("/root/." + "pyenv/versions", True),
        ("/root/.ssh/id_rsa", False),  # what an attack reads
        ("from PyPI, crates.io or Debian", False),
    ],
)
def test_a_committed_name_of_a_registry_host_or_a_local_folder_is_found(
    tmp_path: Path, text: str, *, found: bool
) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / "page.md").write_text(text + "\n")
    done = run("names", cwd=tmp_path)
    assert (done.returncode, "page.md" in done.stdout) == ((1, True) if found else (0, False))
