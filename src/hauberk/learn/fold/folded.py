"""All that was seen of a function, folded, with the evidence of each pattern."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hauberk.learn.complete.completeness import Completeness, carry_over, completeness
from hauberk.learn.complete.lives import Lives, life
from hauberk.learn.complete.prior import LEAST_FUNCTIONS, Fleet
from hauberk.learn.complete.tally import LEAST_WEEKS, Tally, watched_weeks
from hauberk.learn.evidence import Evidence, FunctionEvidence, Release, tally_of, together
from hauberk.learn.fold.drawn import Drawn, drawn
from hauberk.learn.fold.fold import Fold, drawn_ports, folds
from hauberk.model.activity import Activity
from hauberk.model.kind import ARGUMENTS, Kind, listed_operation
from hauberk.model.literal import literal

_BEFORE = -1  # all that a function's first version did
_MOST_OF_ONE = 8  # versions of one function that tell of others', where enough functions do


@dataclass(frozen=True, slots=True)
class Folded:
    """One pattern for one operation, the activities it stands for, and what was seen of them."""

    kind: Kind
    operation: str  # as an entry has it: `*` for the start of a process
    fold: Fold
    activities: frozenset[Activity]
    seen: Evidence


def folded(whole: FunctionEvidence, temporary: frozenset[Activity]) -> tuple[Folded, ...]:
    """Fold each kind and operation by itself; `temporary` is what the module tempfile named."""
    names = drawn(
        whole.seen, temporary.intersection(whole.seen), whole.by_programs.intersection(whole.seen)
    )
    groups: dict[tuple[Kind, str], dict[str, Activity]] = defaultdict(dict)
    for activity in whole.seen:
        groups[activity.kind, listed_operation(activity.kind, activity.operation)][
            activity.target
        ] = activity
    return tuple(
        Folded(kind, operation, fold, mine, together(whole.seen[one] for one in mine))
        for (kind, operation), by_target in sorted(groups.items())
        for fold in _folds(
            (kind, operation),
            {target: whole.seen[one].invocations for target, one in by_target.items()},
            names,
            whole.sandboxes,
        )
        for mine in (frozenset(by_target[target] for target in fold.targets),)
    )


def _folds(
    act: tuple[Kind, str], counts: Mapping[str, int], names: Drawn, sandboxes: int
) -> tuple[Fold, ...]:
    if act == (Kind.PROCESS, ARGUMENTS):  # shapes: what varies is no part of them
        return tuple(Fold(literal(one), (one,), "") for one in sorted(counts))
    bound = drawn_ports(counts) if act == (Kind.ADDRESS, "bind") else ()
    taken = {target for one in bound for target in one.targets}
    rest = {target: count for target, count in counts.items() if target not in taken}
    return (*bound, *folds(act[0], rest, names, sandboxes=sandboxes))


def tallies(
    every: tuple[Folded, ...], weeks: float, told: frozenset[Activity] = frozenset()
) -> Mapping[Kind, Tally]:
    """Count the patterns of each kind by how often they were seen, but for those that the code told before."""
    left = [one for one in every if not one.activities <= told]
    return {kind: tally_of((one.seen for one in left if one.kind is kind), weeks) for kind in Kind}


def known(
    every: tuple[Folded, ...],
    whole: FunctionEvidence,
    fleet: Fleet,
    told: frozenset[Activity] = frozenset(),
    *,
    least_weeks: float = LEAST_WEEKS,
) -> Mapping[Kind, Completeness]:
    """Say of each kind how complete it is; of a new version, what of the older ones stands.

    `told` is what stands on the list by the code, seen or not: nothing of it would have been an alarm.
    """
    held, fresh = tallies(every, whole.weeks, told), news(every, whole, told)
    found: dict[Kind, Completeness] = {}
    for kind in Kind:
        prior = fleet.prior(kind, whole.weeks)
        if kind in whole.reopened:
            anew = fresh[kind]
            brings = fleet.of_news(kind, anew.weeks, prior)
            found[kind] = carry_over(held[kind], anew, prior, least_weeks, of_news=brings)
        else:
            found[kind] = completeness(held[kind], prior, least_weeks)
    return found


def each_by_itself(every: tuple[Folded, ...], whole: FunctionEvidence) -> tuple[Folded, ...]:
    """Give every activity as one that does not fold."""
    return tuple(
        Folded(
            one.kind,
            one.operation,
            Fold(act.target, (act.target,), ""),
            frozenset([act]),
            whole.seen[act],
        )
        for one in every
        for act in sorted(one.activities)
    )


def fleet_of(every: Iterable[tuple[tuple[Folded, ...], FunctionEvidence]]) -> Fleet:
    """Count what functions did, and what their latest versions brought, of each function as many."""
    pairs = tuple(every)
    most = max(_MOST_OF_ONE, -(-LEAST_FUNCTIONS // max(len(pairs), 1)))
    return Fleet(
        tuple(tallies(mine, whole.weeks) for mine, whole in pairs),
        tuple(one for mine, whole in pairs for one in _brought(mine, whole.releases)[-most:]),
    )


def _brought(
    every: tuple[Folded, ...], releases: tuple[Release, ...]
) -> list[Mapping[Kind, Lives]]:
    """Give each pattern to the version that was the first to do something of it; none to a function's first."""
    first = {act: at for at, release in enumerate(releases) for act in release.fresh}
    lives: list[dict[Kind, list[tuple[int, ...]]]] = [{kind: [] for kind in Kind} for _ in releases]
    for one in every:
        at = min(first.get(act, _BEFORE) for act in one.activities)
        if at != _BEFORE:
            fresh = releases[at].fresh
            seen = together(fresh[act] for act in one.activities & fresh.keys())
            lives[at][one.kind].append(life(seen) or (min(releases[at].hours),))
    return [
        {kind: Lives(found, sorted(release.hours)) for kind, found in mine.items()}
        for mine, release in zip(lives, releases, strict=True)
    ]


def news(
    every: tuple[Folded, ...], whole: FunctionEvidence, told: frozenset[Activity] = frozenset()
) -> Mapping[Kind, Tally]:
    """Count as `tallies` does what only the newest version did."""
    anew = tuple(one for one in every if one.activities <= whole.fresh)
    return tallies(anew, watched_weeks(whole.fresh_hours), told)
