"""Many targets of one shape become one pattern, by the types of their parts and by the evidence.

The state is a number for each target; two states merge by addition, so that any order and any sharding of the same
records folds alike. A part of a known type folds when at least three values differ; names fold by `words.py`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hauberk.learn.fold.drawn import LEAST_DIFFERENT, Drawn
from hauberk.learn.fold.shape import Part, pattern
from hauberk.learn.fold.words import LEAST_SANDBOXES, Row, marked
from hauberk.model.kind import Kind
from hauberk.model.literal import literal

FIRST_DRAWN = 1_024  # a port below it is somebody's
NOTHING_DRAWN = Drawn()
_AT_ONCE = ("temporary", "below", "word")  # decided already: one is enough

_Pieces = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """A pattern, the targets it stands for, and why; `why` is empty where it is a target itself."""

    pattern: str
    targets: tuple[str, ...]
    why: str


def folds(
    kind: Kind,
    counts: Mapping[str, int],
    drawn: Drawn = NOTHING_DRAWN,
    *,
    sandboxes: int = 0,
) -> tuple[Fold, ...]:
    """Give patterns that match all targets, in order; `counts` says how often each was seen.

    `drawn` are the names that are known to be drawn at random, `sandboxes` how many have written records.
    """
    taken = [Row(drawn.parts(kind, target), count) for target, count in counts.items()]
    if sandboxes >= LEAST_SANDBOXES:
        taken = _by_evidence(kind, taken)
    groups: dict[_Pieces, list[_Pieces]] = defaultdict(list)
    for row in taken:
        groups[tuple(_kept(part) for part in row.parts)].append(row.parts)
    found: dict[str, list[tuple[_Pieces, frozenset[int]]]] = defaultdict(list)
    for group in groups.values():
        for text, same, folded in _patterns(group):
            found[text] += [(pieces, folded) for pieces in same]
    return tuple(_fold(text, same, counts) for text, same in sorted(found.items()))


def fold(kind: Kind, targets: Iterable[str], drawn: Drawn = NOTHING_DRAWN) -> tuple[str, ...]:
    """Give the patterns where it is not known how often each target was seen."""
    return tuple(one.pattern for one in folds(kind, dict.fromkeys(targets, 1), drawn))


def drawn_ports(counts: Mapping[str, int]) -> tuple[Fold, ...]:
    """Fold the addresses that were bound at three different ports: the system drew these, so any may be."""
    bound: dict[str, list[str]] = defaultdict(list)
    for target in sorted(counts):
        address, _, port = target.rpartition(":")
        if not target.startswith("unix:") and port.isdecimal() and int(port) >= FIRST_DRAWN:
            bound[address.strip("[]")].append(target)
    return tuple(
        Fold(address, tuple(targets), _why({"port"}, targets, counts))
        for address, targets in sorted(bound.items())
        if len(targets) >= LEAST_DIFFERENT
    )


def _by_evidence(kind: Kind, rows: list[Row]) -> list[Row]:
    if kind is not Kind.HOST:
        return list(marked(rows))
    turned = [Row(row.parts[::-1], row.count) for row in rows]  # a domain's root is its end
    return [Row(row.parts[::-1], row.count) for row in marked(turned)]


def _kept(part: Part) -> Part:
    if not part.type:
        return part
    return Part("", part.type, part.mask if part.type == "word" else "")


def _patterns(group: list[_Pieces]) -> Iterable[tuple[str, list[_Pieces], frozenset[int]]]:
    """Fold where three values differ; split by the value elsewhere, and look again."""
    length = len(group[0])
    values = [{pieces[index].text for pieces in group} for index in range(length)]
    folded = frozenset(
        index
        for index in range(length)
        if len(values[index]) >= _least(group[0][index])
        and all(pieces[index].mask for pieces in group)
    )
    if not folded:
        return [(literal(_text(pieces)), [pieces], folded) for pieces in group]
    split: dict[tuple[str, ...], list[_Pieces]] = defaultdict(list)
    for pieces in group:
        split[tuple(part.text for index, part in enumerate(pieces) if index not in folded)].append(
            pieces
        )
    if len(split) == 1:
        return [(pattern(group[0], folded), group, folded)]
    return [one for part in split.values() for one in _patterns(part)]


def _least(part: Part) -> int:
    return 1 if part.type in _AT_ONCE else LEAST_DIFFERENT


def _text(pieces: _Pieces) -> str:
    return "".join(part.text for part in pieces)


def _fold(text: str, same: list[tuple[_Pieces, frozenset[int]]], counts: Mapping[str, int]) -> Fold:
    targets = tuple(sorted(_text(pieces) for pieces, _ in same))
    types = {pieces[index].type for pieces, folded in same for index in folded}
    if not types:
        return Fold(text, targets, "")
    return Fold(text, targets, _why(types, targets, counts))


def _why(types: set[str], targets: Sequence[str], counts: Mapping[str, int]) -> str:
    once = sum(counts[target] == 1 for target in targets)
    total = sum(counts[target] for target in targets)
    what = f"{' and '.join(sorted(types))}: {len(targets)} seen"
    return f"{what}, {once} of them once, {total} times in all"
