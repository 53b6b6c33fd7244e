"""Names that no type tells: folded where the evidence says that new ones keep coming.

The names in a folder, under a domain or under a prefix of keys are the children of one node. They are folded to one
shape where at least eight differ and more than one sighting in fifty is of a name seen once: so often, by Good and
Turing, the next one is new. A node whose names come again and again keeps each of them, the rare ones too.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hauberk.learn.fold.shape import Part, Place
from hauberk.model.literal import literal

LEAST_CHILDREN = 8
LEAST_NEW = 0.02
LEAST_SANDBOXES = 8  # each writes a name once: fewer cannot show that names do not come again
_LEAST_RANDOM = 6

_WORD = re.compile(
    r"(?P<prefix>[A-Za-z][A-Za-z0-9]{2,}[-_](?=[^-_.]))?(?P<core>.*?)(?P<ending>(?:\.[A-Za-z0-9]{1,8}){0,2})",
    re.DOTALL,
)
_SORTS = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"))


@dataclass(frozen=True, slots=True)
class Row:
    """A target in parts, from the root of its tree, and in how many invocations it was seen."""

    parts: tuple[Part, ...]
    count: int


def marked(rows: Sequence[Row]) -> Iterator[Row]:
    """Mark the names that are folded as parts of the type `word`; the order of rows is not kept."""
    waiting = [(list(rows), 0)]
    while waiting:  # all rows of an item agree before its index, but for what is folded
        group, index = waiting.pop()
        yield from (row for row in group if len(row.parts) == index)
        below: dict[tuple[str, str, Place], list[Row]] = defaultdict(list)
        for row in group:
            if len(row.parts) > index:
                part = row.parts[index]
                below["" if part.type else part.text, part.type + part.mask, part.place].append(row)
        for place in (Place.OPEN, Place.SHARED, Place.LAST):
            names = {key[0]: key for key in below if key[2] is place}
            counts = {name: sum(row.count for row in below[key]) for name, key in names.items()}
            for mask, shaped in shapes(place, counts):
                taken = [row for name in shaped for row in below.pop(names[name])]
                waiting.append(([_with(row, index, mask) for row in taken], index + 1))
        waiting += [(rest, index + 1) for rest in below.values()]


def shapes(place: Place, counts: dict[str, int]) -> Iterator[tuple[str, list[str]]]:
    """Find names that one mask stands for: first those of one prefix, then those of one ending."""
    left = set(counts)
    for is_narrow in (True, False):
        groups: dict[str, list[str]] = defaultdict(list)
        for name in sorted(left):
            mask = _mask(place, name, is_narrow=is_narrow)
            if mask is not None:
                groups[mask].append(name)
        for mask, names in sorted(groups.items()):
            if keeps_coming([counts[name] for name in names]):
                left -= set(names)
                yield mask, names


def keeps_coming(counts: Sequence[int]) -> bool:
    """Whether enough names differ, and enough of their sightings are of names seen once."""
    return len(counts) >= LEAST_CHILDREN and counts.count(1) > LEAST_NEW * sum(counts)


def _with(row: Row, index: int, mask: str) -> Row:
    part = row.parts[index]._replace(type="word", mask=mask)
    return Row((*row.parts[:index], part, *row.parts[index + 1 :]), row.count)


def _mask(place: Place, name: str, *, is_narrow: bool) -> str | None:
    word = _WORD.fullmatch(name)
    if word is None:
        return None
    prefix, core, ending = word["prefix"] or "", word["core"], word["ending"]
    if place is Place.SHARED:  # never a bare word
        is_fit = is_narrow and prefix and _is_random(core)
        return literal(prefix) + "?" * len(core) + ending if is_fit else None
    if (place is Place.LAST and not ending) or (is_narrow and not prefix):
        return None
    return literal(prefix if is_narrow else "") + "*" + ending


def _is_random(core: str) -> bool:
    """Whether signs of two sorts are mixed, as words do not mix them."""
    sorts = sum(bool(sort.search(core)) for sort in _SORTS)
    return len(core) >= _LEAST_RANDOM and core.isalnum() and sorts > 1
