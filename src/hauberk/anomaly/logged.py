"""What logs tell, sandbox by sandbox: of environments that are believed, as the learner believes them."""

from collections import defaultdict
from collections.abc import Iterator

from hauberk.anomaly.invocation import Sandbox, Step, by_time, used
from hauberk.anomaly.told import Told
from hauberk.learn.profile.believe import HOUR_MS, believe, environment_of, teaching
from hauberk.learn.profile.observe import Partial
from hauberk.learn.records.record import ActivityRecord, DetectionRecord, Environment, UsageRecord


def told(partial: Partial, *, trust_unannounced: bool = False) -> Told:
    """See what logs tell."""
    found = _sandboxes(partial, trust_unannounced=trust_unannounced)
    profile = believe(partial, trust_unannounced=trust_unannounced)
    hours: dict[str, set[int]] = defaultdict(set)
    for one in found:
        hours[one.function] |= {(step.at_ms or 0) // HOUR_MS for step in one.steps}

    def sandboxes() -> Iterator[Sandbox]:
        return iter(found)

    return Told(
        sandboxes,
        lambda: {name: frozenset(seen) for name, seen in hours.items()},
        lambda: frozenset(profile.functions),
        profile.unbelieved,
        profile.trusted,
        profile.unreadable,
    )


def _sandboxes(partial: Partial, *, trust_unannounced: bool) -> tuple[Sandbox, ...]:
    teaches = teaching(partial, trust_unannounced=trust_unannounced)
    mine = [one for one in partial.records if environment_of(one) in teaches]
    attacked = {
        one.record.invocation
        for one in mine
        if isinstance(one.record, (ActivityRecord, DetectionRecord)) and one.record.attacked
    }
    steps: dict[Environment, list[Step]] = defaultdict(list)
    for one in mine:
        record = one.record
        if isinstance(record, (ActivityRecord, UsageRecord)):
            step = Step(
                one.at_ms,
                record.invocation.request_id,
                record.activity,
                record.invocation in attacked,
                used(record.measure, record.step) if isinstance(record, UsageRecord) else None,
            )
            steps[environment_of(one)].append(step)
    return tuple(
        Sandbox(environment.function, environment.token, by_time(found))
        for environment, found in sorted(steps.items())
    )
