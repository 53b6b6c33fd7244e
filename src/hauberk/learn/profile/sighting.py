"""When and how often the entries of a list were used, and by which code, as records tell.

Does not see: uses of what was listed already, which write no record; of several entries that an activity is in, any but
the first.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from hauberk.learn.profile.callers import NOBODY, Callers, all_of
from hauberk.learn.profile.profile import MOST_SITES, FunctionProfile, Seen
from hauberk.model.kind import Kind
from hauberk.policy.compile import entry_line
from hauberk.policy.decision import Entries
from hauberk.policy.file import Entry


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen of one entry."""

    invocations: int
    first_ms: int | None  # since 1970
    last_ms: int | None
    sites: tuple[str, ...]
    callers: Callers = NOBODY


def sightings(
    view: FunctionProfile, allowlist: Mapping[Kind, tuple[Entry, ...]]
) -> dict[tuple[Kind, str], Sighting]:
    """Say of each entry, by its kind and line, what was seen of it; asked of the judge that runs in the function."""
    found: dict[tuple[Kind, str], list[Seen]] = defaultdict(list)
    for kind, entries in allowlist.items():
        lines = Entries(kind, [entry_line(kind, one.operation, one.target) for one in entries])
        for seen in view.seen:
            if seen.activity.kind is kind and not seen.is_attacked_only:
                line = lines.first(seen.activity)
                if line is not None:
                    found[kind, line].append(seen)
    return {key: _together(every) for key, every in found.items()}


def _together(every: list[Seen]) -> Sighting:
    first = [one.first_ms for one in every if one.first_ms is not None]
    last = [one.last_ms for one in every if one.last_ms is not None]
    sites = sorted({site for one in every for site in one.sites if site})
    return Sighting(
        sum(one.invocations for one in every),
        min(first, default=None),
        max(last, default=None),
        tuple(sites[:MOST_SITES]),
        all_of(one.callers for one in every),
    )
