"""Which Pythons are found, and what is said of one that is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import layer.interpreters
import pytest
from layer.interpreters import VERSIONS, find_python, why_missing

LAYER = Path(layer.interpreters.__file__).parent
ASK = "from layer.interpreters import *; print(find_python('3.14'), why_missing('3.14'))"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with `layer` alone, in which nothing was fetched."""
    shutil.copytree(LAYER, tmp_path / "layer", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "programs").mkdir()
    return tmp_path


def said(checkout: Path, *arguments: str) -> str:
    """What a Python says that sees neither other Pythons nor apt, but what is in `programs`."""
    nowhere = {"PATH": str(checkout / "programs"), "PYENV_ROOT": str(checkout)}
    command = [sys.executable, *arguments]
    return subprocess.check_output(command, cwd=checkout, env={**os.environ, **nowhere}, text=True)


def test_the_python_that_runs_the_tests_is_found() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = find_python(version)
    assert found
    shown = subprocess.check_output([found, "--version"], text=True)
    assert shown.startswith(f"Python {version}.")


def test_a_python_that_is_not_installed_is_not_found_and_the_reason_names_it() -> None:
    assert find_python("3.99") is None
    assert "no python3.99" in why_missing("3.99")


def test_a_folder_of_pyenv_that_cannot_be_read_holds_no_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYENV_ROOT", "/" + "x" * 300)  # no name may be so long
    assert find_python("3.99") is None


def test_where_apt_is_missing_the_step_and_the_skipped_tests_say_so(checkout: Path) -> None:
    assert said(checkout, "-c", ASK).startswith("None python3.14 has not been fetched")
    reason = "apt-get and dpkg-deb are needed, as on Debian"
    step = said(checkout, "-m", "layer.interpreters")
    assert step == f"note: nothing is tested on Python 3.14: {reason}\n"
    assert said(checkout, "-c", ASK) == f"None {reason}\n"


def test_nothing_is_fetched_where_the_machine_has_a_python_3_14(checkout: Path) -> None:
    program = checkout / "programs" / f"python{VERSIONS[-1]}"
    program.write_text("#!/bin/sh\necho cpython 3.14\n")
    program.chmod(0o755)
    assert said(checkout, "-m", "layer.interpreters") == "ready\n"
    assert not (checkout / ".cache").exists()
