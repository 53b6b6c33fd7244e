"""The commands that the documents name are commands of this project, with the options that they name."""

import re
from functools import cache
from pathlib import Path

import pytest

from here import run_here

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
COMMAND = re.compile(r"^(?:    |\$ |)(?:\.venv/bin/)?(hauberk|make) +([^#\n]*)", re.MULTILINE)


GROUPS = ("allowlist", "anomaly", "exclusion", "local", "policy", "rule", "scan", "sources")


def commands(program):
    return sorted(
        {
            (document.name, words.strip())
            for document in DOCUMENTS
            for name, words in COMMAND.findall(document.read_text(encoding="utf-8"))
            if name == program
        }
    )


@cache
def help_of(*words):
    told = run_here((*words, "--help"), ROOT, variables={"COLUMNS": "200", "NO_COLOR": "1"})
    assert told.returncode == 0, told.stderr
    return told.stdout.decode()


@pytest.mark.parametrize(("document", "words"), commands("make"))
def test_a_documented_target_exists(document, words):
    targets = re.findall(
        r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    named = [
        word for word in words.split() if "=" not in word and not word.startswith(("'", "-", '"'))
    ]
    assert named and named[0] in targets, f"{document}: make {words}"


@pytest.mark.parametrize(("document", "words"), commands("hauberk"))
def test_a_documented_command_takes_its_options(document, words):
    parts = words.split("|")[0].split()
    command = parts[:2] if parts[0] in GROUPS else parts[:1]
    text = help_of(*(part for part in command if not part.startswith("-")))
    for option in (part.split("=")[0] for part in parts if part.startswith("--")):
        assert option in text or option == "--version", f"{document}: hauberk {words}"


def test_documents_name_commands():
    assert len(commands("hauberk")) >= 8
    assert len(commands("make")) >= 4
