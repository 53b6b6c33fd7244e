"""What the code of a function says of what it was seen to do: what it explains, what may be listed before it is seen.

Only what the code names explains: a target that stands there whole, but for parts of a known type. Where it says
`/tmp/*` since the rest comes with an event, an attacker's file would be explained as well. What is dangerous is
explained by code that asks for just that, and is never listed before it was seen.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hauberk.learn.danger import danger
from hauberk.learn.fold.shape import SHARED_FOLDERS
from hauberk.model.activity import Activity
from hauberk.model.kind import ARGUMENTS, Kind, listed_operation
from hauberk.policy.decision import Entries
from hauberk.policy.file import Entry
from hauberk.scan import CodeProfile, Finding, Sure

ORIGIN = "code"
LISTED = (Sure.EXACT, Sure.TYPED)
EXPLAINING = (*LISTED, Sure.NAMED)

_COMMAND = " -c <code>"
_UNKNOWN = re.compile(r"(?<!\\)\*+")
_SAMPLED = re.compile(r"\\(.)|\*+|\?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Explained:
    """What the code explains of one function, and what it lists."""

    by: Mapping[Activity, Finding]  # what was seen, and what of the code explains it
    ready: Mapping[Kind, tuple[Entry, ...]]  # what may be listed before it is seen
    told: frozenset[Activity]  # what was seen of that
    met: frozenset[tuple[Kind, str, str]]  # kind, operation and pattern of what was seen of that
    possible: frozenset[Activity]  # what was seen and may be the code's, for all that it tells

    def of(self, kind: Kind) -> tuple[Entry, ...]:
        """Give what may be listed of a kind."""
        return self.ready.get(kind, ())


def explained(code: CodeProfile, seen: Iterable[Activity]) -> Explained:
    """Lay what was seen beside what the code tells."""
    every = tuple(sorted(seen))
    owner = _owner(every)
    rows = [(one, _patterns(one, owner)) for one in code.findings]
    named = [(one, found) for one, found in rows if one.sure in EXPLAINING and found]
    asked = [(one, found) for one, found in named if _is_dangerous(one, found)]
    calm = [row for row in named if row not in asked and row[0].sure in LISTED]
    told = _matched(every, [row for row in calm if _is_whole(row[0])])
    by = {**_matched(every, named, is_dangerous=False), **_matched(every, asked, is_dangerous=True)}
    by.update(_shells(every, dict(by)))
    dark = {one.kind for one in code.unread}
    may_be = _matched(every, [(one, tuple(map(_wide, one.patterns))) for one in code.findings])
    return Explained(
        by=dict(sorted(by.items())),
        ready=_entries(calm),
        told=frozenset(told),
        met=frozenset(
            (one.kind, listed_operation(one.kind, one.operation), each)
            for one in told.values()
            for each in _patterns(one, owner)
        ),
        possible=frozenset(one for one in every if one.kind in dark).union(may_be),
    )


def _matched(
    seen: Iterable[Activity],
    rows: list[tuple[Finding, tuple[str, ...]]],
    *,
    is_dangerous: bool | None = None,
) -> dict[Activity, Finding]:
    """Give what rows hold, by the judge that runs in the function; None: whether it is dangerous or not."""
    of_kind: dict[Kind, dict[str, Finding]] = defaultdict(dict)
    for one, patterns in rows:
        for pattern in patterns:
            of_kind[one.kind].setdefault(f"{one.operation} {pattern}", one)
    entries = {kind: Entries(kind, list(found)) for kind, found in of_kind.items()}
    asked = [one for one in seen if is_dangerous is None or bool(danger(one)) is is_dangerous]
    first = {one: entries[one.kind].first(one) for one in asked if one.kind in entries}
    return {one: of_kind[one.kind][entry] for one, entry in first.items() if entry}


def _shells(
    seen: Iterable[Activity], by: Mapping[Activity, Finding]
) -> Iterator[tuple[Activity, Finding]]:
    """Say of shells that the code asks for that they are given commands: that is what it asks them for."""
    for one in seen:
        program = one.target.removesuffix(_COMMAND)
        shell = Activity(Kind.PROCESS, "start", program)
        if one.operation == ARGUMENTS and one.target != program and shell in by:
            yield one, by[shell]


def _entries(rows: list[tuple[Finding, tuple[str, ...]]]) -> dict[Kind, tuple[Entry, ...]]:
    found: dict[Kind, dict[Entry, None]] = defaultdict(dict)
    for one, patterns in rows:
        for pattern in patterns if _is_whole(one) else ():
            found[one.kind][Entry(listed_operation(one.kind, one.operation), pattern, ORIGIN)] = (
                None
            )
    return {kind: tuple(entries) for kind, entries in found.items()}


def _wide(pattern: str) -> str:
    """Let what is unknown lead into other folders, as what an event says may."""
    return _UNKNOWN.sub("**", pattern)


def _is_whole(one: Finding) -> bool:
    """Whether a program is named by its path: by a name it may be in any of PATH's folders."""
    return one.kind is not Kind.PROCESS or "/" in one.target


def _patterns(one: Finding, owner: tuple[str, str]) -> tuple[str, ...]:
    """Give a finding's patterns, with the function's region and account; none where they name nothing by themselves."""
    if one.kind is Kind.API:
        owned = _owned(one.target, owner)
        return (owned,) if owned else ()
    return tuple(pattern for pattern in one.patterns if not _is_bare(one.kind, pattern))


def _owned(arn: str, owner: tuple[str, str]) -> str:
    fields = arn.split(":", 5)
    if len(fields) < 6:
        return arn
    for place, known in zip((3, 4), owner, strict=True):
        fields[place] = known if fields[place] == "*" else fields[place]
    return "" if "*" in fields[3:5] else ":".join(fields)


def _owner(seen: Iterable[Activity]) -> tuple[str, str]:
    """Give the region and the account of all that was called, where it is one; `*` where it is not."""
    arns = [one.target.split(":", 5) for one in seen if one.kind is Kind.API]
    found = [{arn[place] for arn in arns if len(arn) == 6 and arn[place]} for place in (3, 4)]
    region, account = (next(iter(one)) if len(one) == 1 else "*" for one in found)
    return region, account


def _is_bare(kind: Kind, pattern: str) -> bool:
    """Whether a name has no letter of its own, and is as long as it likes, in a folder that all share."""
    folder, _, name = pattern.rpartition("/")
    is_any = "*" in name and not any(one.isalnum() for one in name)
    return kind is Kind.FILE and is_any and folder in SHARED_FOLDERS


def _is_dangerous(one: Finding, patterns: tuple[str, ...]) -> bool:
    """Whether the code asks for what is dangerous, whatever stands for what is unknown of it."""
    return any(danger(Activity(one.kind, one.operation, _sample(pattern))) for pattern in patterns)


def _sample(pattern: str) -> str:
    return _SAMPLED.sub(lambda found: found[1] or "0", pattern)
