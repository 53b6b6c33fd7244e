"""Many targets of one shape become one pattern, when at least three of them differ."""

from collections import defaultdict
from collections.abc import Iterable

from hauberk.learn.record import literal
from hauberk.learn.shape import Part, parts, pattern
from hauberk.model.kind import Kind

LEAST_DIFFERENT = 3

_Pieces = tuple[Part, ...]


def fold(
    kind: Kind, targets: Iterable[str], temporary: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Give patterns that match all of `targets`, in order; the same for any order of them.

    `temporary` are those that the module tempfile named.
    """
    groups: dict[tuple[Part, ...], list[_Pieces]] = defaultdict(list)
    for target in set(targets):
        pieces = parts(kind, target, is_temporary=target in temporary)
        groups[tuple(Part("", part.type) if part.type else part for part in pieces)].append(pieces)
    return tuple(sorted({one for group in groups.values() for one in _patterns(group)}))


def _patterns(group: list[_Pieces]) -> Iterable[str]:
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
        return [literal("".join(part.text for part in pieces)) for pieces in group]
    split: dict[tuple[str, ...], list[_Pieces]] = defaultdict(list)
    for pieces in group:
        split[tuple(part.text for index, part in enumerate(pieces) if index not in folded)].append(
            pieces
        )
    if len(split) == 1:
        return [pattern(group[0], folded)]
    return [one for part in split.values() for one in _patterns(part)]


def _least(part: Part) -> int:
    """A temporary name never comes again: one is enough."""
    return 1 if part.type == "temporary" else LEAST_DIFFERENT
