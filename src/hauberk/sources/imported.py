"""What was read of one list, or why it was not."""

from array import array
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from hauberk.model.escaped import escaped


class Form(StrEnum):
    """A form in which lists of addresses are published."""

    PLAIN = "plain"
    SPAMHAUS = "spamhaus"
    STIX = "stix"
    MISP = "misp"
    WARNING_LIST = "misp-warninglist"


class SourceError(Exception):
    """A list was refused; `line` is 0 where no line is to blame."""

    def __init__(self, where: str, line: int, what: str, remedy: str) -> None:
        self.where, self.line, self.what, self.remedy = where, line, what, remedy
        place = f"{where}:{line}" if line else where
        super().__init__(f"{place}: {what}; {remedy}")


@dataclass(slots=True)
class Imported:
    """The prefixes of one list, where each stands, what was left out and why, and how much was not understood."""

    name: str
    form: Form
    stated: int | None = None
    prefixes: list[str] = field(default_factory=list)
    places: "array[int]" = field(default_factory=lambda: array("L"))
    left_out: Counter[str] = field(default_factory=Counter)
    not_understood: int = 0

    def add(self, prefix: str, place: int) -> None:
        """Take a prefix that stands at `place`: a line, or the how manyeth object."""
        self.prefixes.append(prefix)
        self.places.append(place)


def excerpt(text: str, most: int = 60) -> str:
    """Show a part of a list in a message: on one line, not too long."""
    return escaped(text[:most]) + ("" if len(text) <= most else "…")
