"""The reference says what the command and the schema say."""

from pathlib import Path

import pytest

from hauberk._native import rules
from hauberk.cli.reference import pages

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_reference_is_that_of_this_version(name):
    remedy = "run `python -m hauberk.cli.reference docs/reference`"
    assert (FOLDER / name).read_text() == pages()[name], remedy


def test_the_reference_holds_every_command_and_key():
    command, policy = pages()["command.md"], pages()["hauberk-yaml.md"]
    for name in ("learn", "local invoke", "policy check", "policy compile", "policy key"):
        assert f"## `hauberk {name}`" in command
    for key in ("allowlist", "on_error", "patterns", "scope", "deny"):
        assert f"| `{key}`" in policy


def test_the_reference_holds_every_rule():
    page = pages()["rules.md"]
    for detector, name, *_ in rules():
        assert f"## `{detector}`" in page
        assert f"| `{name}` |" in page
