"""What one call in the code is: acts on the world, and what of it is not known."""

from __future__ import annotations

from typing import NamedTuple

from hauberk.model.kind import Kind
from hauberk.scan.finding import Sure
from hauberk.scan.text import Hole, Text

TYPED = ("uuid", "date", "time", "hex", "number", "temporary")
OF_THE_CALLER = ("region", "account")  # not the code's to tell


class Act(NamedTuple):
    """One act, with its target as far as it is known."""

    kind: Kind
    operation: str
    target: Text
    is_open: bool = False  # nothing of the target is known

    @property
    def sure(self) -> Sure:
        """How much of the target is known."""
        holes = [one for one in self.target.holes if one.type not in OF_THE_CALLER]
        if self.is_open:
            return Sure.OPEN
        if not holes:
            return Sure.EXACT
        return Sure.TYPED if all(one.type in TYPED for one in holes) else Sure.PARTLY


class Blank(NamedTuple):
    """A call that acts, on what is not known."""

    kind: Kind | None
    what: str


Acts = list[Act | Blank]


def unknown(kind: Kind, what: str, text: Text) -> Blank:
    """Say that a target is not known, and where it comes from, as far as that is told."""
    sources = " ".join(dict.fromkeys(one.source for one in text.holes if one.source))
    return Blank(kind, f"{what}: {sources}" if sources else what)


def source_of(holes: tuple[Hole, ...]) -> tuple[str, ...]:
    """Give where unknown parts come from, as far as that is told."""
    return tuple(dict.fromkeys(one.source for one in holes if one.source))
