"""How commands end and print: exit status, text for people, JSON for machines.

Exit status: 0 done and nothing found, 1 found problems, 2 wrong use or bad input,
3 could not do it.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hauberk.model.escaped import escaped
from hauberk.policy import KeyFileError, PolicyError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

FOUND = 1
BAD_INPUT = 2
COULD_NOT = 3


class Format(StrEnum):
    """For whom a command prints."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="Text for people, or JSON.")]


@contextmanager
def exit_status(*bad_input: type[Exception]) -> Iterator[None]:
    """End with one line and the right status when the input is refused or the machine is."""
    refusals: tuple[type[Exception], ...] = (PolicyError, KeyFileError, *bad_input)
    try:
        yield
    except refusals as error:
        say(str(error))
        raise typer.Exit(BAD_INPUT) from error
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        name = f"{error.filename}: " if error.filename else ""
        what = error.strerror.lower() if error.strerror else error
        remedy = "is there" if isinstance(error, FileNotFoundError) else "can be used"
        say(f"{name}{what}; name a place that {remedy}")
        raise typer.Exit(COULD_NOT) from error


def say(text: str) -> None:
    """Tell the person one line on standard error."""
    print(f"hauberk: {escaped(text)}", file=sys.stderr)


def many(count: int, one: str, more: str) -> str:
    """Say how many, with the right word."""
    return f"{count:,} {one if count == 1 else more}"


def print_json(value: Any, indent: int | None = 2) -> None:
    """Print for a machine; on one line where `indent` is None."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    print("\n".join(map(escaped, text.split("\n"))))  # line breaks in texts are escaped already


def console() -> "Console":
    """Where text for people goes, each on a line: in colour on a terminal unless NO_COLOR is set."""
    from rich.console import Console

    class Escaping(Console):
        def render_str(self, text: str, **options: Any) -> "Text":  # also of a table's cells
            return super().render_str(escaped(text), **options)

    return Escaping(highlight=False, markup=False, emoji=False)
