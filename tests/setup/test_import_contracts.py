"""Who may import whom: the contracts hold, and each is broken by what it forbids."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

STRAYS = [
    # the file that is changed         the import that is added          what the contract says
    ("guard/start.py", "import yaml", "hauberk.guard.start imports yaml"),
    ("guard/start.py", "from hauberk import policy", "hauberk.guard.start imports hauberk.policy"),
    ("model/kind.py", "import rich", "hauberk.model.kind imports rich"),
    ("model/kind.py", "import hauberk.guard", "hauberk.model.kind imports hauberk.guard"),
    ("__init__.py", "import yaml", "hauberk imports yaml"),
    ("learn/stray.py", "import hauberk.cli", "hauberk.learn.stray -> hauberk.cli"),
    ("cli/stray.py", "import hauberk.guard", "hauberk.cli.stray -> hauberk.guard"),
]
ALLOWED = [
    ("guard/start.py", "import json, xml.dom.minidom"),
    ("guard/start.py", "from hauberk._native import Judge"),
    ("guard/start.py", "from hauberk.model import kind"),
    ("model/kind.py", "import enum"),
    ("cli/stray.py", "import hauberk.policy, yaml"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The code and its contracts, where they can be broken."""
    skipped = shutil.ignore_patterns("__pycache__", "*.so", "spec")
    shutil.copytree(ROOT / "src" / "hauberk", tmp_path / "hauberk", ignore=skipped)
    shutil.copytree(ROOT / "setup", tmp_path / "setup")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def add_import(folder: Path, file: str, line: str) -> None:
    path = folder / "hauberk" / file
    path.write_text((path.read_text() if path.exists() else "") + f"\n{line}\n")


def test_the_code_keeps_its_contracts(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("file", "line", "says"), STRAYS)
def test_an_import_that_a_contract_forbids_is_named(
    copy: Path, file: str, line: str, says: str
) -> None:
    add_import(copy, file, line)
    done = lint(copy)
    assert done.returncode == 1
    assert says in done.stdout


@pytest.mark.parametrize(("file", "line"), ALLOWED)
def test_an_import_that_no_contract_forbids_passes(copy: Path, file: str, line: str) -> None:
    add_import(copy, file, line)
    done = lint(copy)
    assert done.returncode == 0, done.stdout
