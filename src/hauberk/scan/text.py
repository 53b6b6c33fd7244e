"""Texts of which the code tells a part: literal pieces, and holes with what is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from hauberk.model.literal import literal

# What stands for a hole while AWS's tables make an ARN of a name; no text of a package holds these signs.
_OPEN, _CLOSE = "\ue000", "\ue001"
_STANDS = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_MASKS = {
    "uuid": "-".join("?" * size for size in (8, 4, 4, 4, 12)),
    "date": "????-??-??",
    "temporary": "????????",
    "region": "*",
    "account": "*",
}
MOST_PIECES = 64
MOST_CHARACTERS = 65_536


class Hole(NamedTuple):
    """A part that is known at run time only: its type, where that is known, and where it comes from."""

    type: str = ""
    source: str = ""

    @property
    def mask(self) -> str:
        """What stands for it in a pattern."""
        return _MASKS.get(self.type, "*")


@dataclass(frozen=True, slots=True)
class Text:
    """Pieces in order; no two literal ones stand side by side, none is empty."""

    pieces: tuple[str | Hole, ...] = ()

    @property
    def whole(self) -> str | None:
        """All of it; None where a part is unknown."""
        return (
            "".join(one for one in self.pieces if isinstance(one, str)) if not self.holes else None
        )

    @property
    def holes(self) -> tuple[Hole, ...]:
        """What is unknown of it."""
        return tuple(one for one in self.pieces if isinstance(one, Hole))

    @property
    def start(self) -> str:
        """What it certainly begins with."""
        return self.pieces[0] if self.pieces and isinstance(self.pieces[0], str) else ""

    @property
    def pattern(self) -> str:
        """The pattern that it may match; it is matched by more where a type is wider than the values."""
        masks = [literal(one) if isinstance(one, str) else one.mask for one in self.pieces]
        # Two holes side by side are one: `**` would lead into other folders.
        is_same = [one == "*" == before for before, one in pairwise(["", *masks])]
        return "".join(one for one, is_more in zip(masks, is_same, strict=True) if not is_more)


def text_of(value: str) -> Text:
    """Take a text that is known whole; signs that stand for holes are none of its own."""
    clean = value.replace(_OPEN, "�").replace(_CLOSE, "�")
    return Text((clean,) if clean else ())


def joined(parts: Iterable[Text]) -> Text:
    """Put texts together; of one that is too long nothing is known."""
    pieces: list[str | Hole] = []
    size = 0
    for part in parts:
        size += sum(len(one) for one in part.pieces if isinstance(one, str))
        if size > MOST_CHARACTERS:
            return Text((Hole(),))
        for one in part.pieces:
            last = pieces[-1] if pieces else None
            if isinstance(one, str) and isinstance(last, str):
                pieces[-1] = last + one
            else:
                pieces.append(one)
    return Text((*pieces[:MOST_PIECES], Hole()) if len(pieces) > MOST_PIECES else tuple(pieces))


def marked(text: Text, holes: list[Hole]) -> str:
    """Write a text with signs for its holes, which are added to `holes`; `unmarked` reads it back."""
    written = []
    for one in text.pieces:
        if isinstance(one, str):
            written.append(one)
        else:
            written.append(f"{_OPEN}{len(holes)}{_CLOSE}")
            holes.append(one)
    return "".join(written)


def unmarked(written: str, holes: list[Hole]) -> Text:
    """Read what `marked` wrote, and what was put around it."""
    pieces = _STANDS.split(written)
    return joined(
        Text((holes[int(one)],)) if index % 2 else text_of(one) for index, one in enumerate(pieces)
    )
