"""The script in the place of Debian's Python 3.14 is, to who starts it, that Python."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from layer import debian_python

ASK = "import json, sys; print(json.dumps([sys.executable, sys.prefix, sys.argv, sys.version_info[:2]]))"
ASK_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ASK!r}], check=True)"
Started = tuple[list[str], Path, str]


@pytest.fixture
def python() -> Path:
    path = debian_python.interpreter()
    if not path:
        pytest.skip(debian_python.why_missing())
    return path


def by_its_path(python: Path, folder: Path) -> Started:
    return [str(python)], folder, str(python)


def by_a_relative_path(python: Path, folder: Path) -> Started:
    return ["bin/python3.14"], python.parents[1], str(python)


def through_the_search_path(python: Path, folder: Path) -> Started:
    return ["python3.14"], folder, str(python)


def through_a_link(python: Path, folder: Path) -> Started:
    link = folder / "linked"
    link.symlink_to(python)
    return [str(link)], folder, str(link)


WAYS = [by_its_path, by_a_relative_path, through_the_search_path, through_a_link]


@pytest.mark.parametrize("program", [ASK, ASK_A_CHILD], ids=["itself", "a-child"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_it_knows_its_own_name_and_folder(
    python: Path, tmp_path: Path, way: Callable[[Path, Path], Started], program: str
) -> None:
    command, folder, executable = way(python, tmp_path)
    search = {**os.environ, "PATH": f"{python.parent}:{os.environ['PATH']}"}
    told = subprocess.check_output([*command, "-c", program, "a b"], cwd=folder, env=search)
    arguments = ["-c", "a b"] if program is ASK else ["-c"]
    assert json.loads(told) == [executable, str(python.parents[1]), arguments, [3, 14]]


def test_a_virtual_environment_of_it_runs(python: Path, tmp_path: Path) -> None:
    made = tmp_path / "venv"
    make = [python, "-c", "import sys, venv; venv.create(sys.argv[1], symlinks=True)", made]
    subprocess.run(make, check=True)
    told = subprocess.check_output([made / "bin" / "python", "-c", ASK])
    assert json.loads(told)[:2] == [str(made / "bin" / "python"), str(made)]


def test_what_it_starts_does_not_get_its_libraries(python: Path) -> None:
    ask = "import os, subprocess; print(os.environ.get('LD_LIBRARY_PATH')); subprocess.run(['true'], check=True)"
    clean = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    told = subprocess.check_output([python, "-c", ask], text=True, env=clean)
    assert told == "None\n"


@pytest.mark.parametrize("status", [0, 3])
def test_its_exit_status_is_python_s(python: Path, status: int) -> None:
    done = subprocess.run([python, "-c", f"raise SystemExit({status})"], check=False)
    assert done.returncode == status
