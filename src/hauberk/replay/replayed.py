"""The replay: every recorded thing put to a policy, and what the policy says counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hauberk.model.activity import Activity
from hauberk.model.verdict import Action
from hauberk.policy.decision import Decider, Decision
from hauberk.replay.history import History, Recorded

MOST_WITH_REQUESTS = 200


class Told(NamedTuple):
    """A thing that would be blocked or alerted, why, and the first requests that did it."""

    recorded: Recorded
    decision: Decision
    requests: tuple[str, ...]


class Deciding(NamedTuple):
    """What decided: the judge's reason and the entry, and of which function and protection."""

    function: str
    protection: str
    action: Action
    reason: str
    entry: str


class Weight(NamedTuple):
    """How many different things, and how many records of them."""

    things: int
    records: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a policy would have said of all that was recorded."""

    deciding: Mapping[Deciding, Weight]
    told: tuple[Told, ...]  # blocked before alerted, the most frequent first
    unsure: int  # records whose answer hangs on a text that they show in part
    elsewhere: Mapping[str, int]  # records of functions that the policy does not name

    def total(self, action: Action) -> Weight:
        """Weigh all that ends so."""
        weights = [weight for one, weight in self.deciding.items() if one.action is action]
        return Weight(sum(one.things for one in weights), sum(one.records for one in weights))


@dataclass(frozen=True, slots=True)
class OfFunction:
    """What would have been said of one function."""

    deciding: Mapping[Deciding, Weight]
    told: tuple[Told, ...]

    def records(self) -> Mapping[tuple[str, Action], int]:
        """Count the records of each protection that end so."""
        counts: Counter[tuple[str, Action]] = Counter()
        for one, weight in self.deciding.items():
            counts[one.protection, one.action] += weight.records
        return counts


def by_function(answer: Replayed) -> dict[str, OfFunction]:
    """Part a replay, in one go: a fleet has many functions."""
    deciding: dict[str, dict[Deciding, Weight]] = {}
    told: dict[str, list[Told]] = {}
    for one, weight in answer.deciding.items():
        deciding.setdefault(one.function, {})[one] = weight
    for each in answer.told:
        told.setdefault(each.recorded.function, []).append(each)
    return {
        name: OfFunction(deciding[name], tuple(told.get(name, ()))) for name in sorted(deciding)
    }


def replay(
    history: History, deciders: Mapping[str, Decider], *, only: str | None = None
) -> Replayed:
    """Put a history to the policies of functions, of all or of `only` one."""
    things: Counter[Deciding] = Counter()
    records: Counter[Deciding] = Counter()
    elsewhere: Counter[str] = Counter()
    told: list[tuple[Recorded, Decision]] = []
    unsure = 0
    for one in history.recorded:
        if only is not None and one.function != only:
            continue
        decider = deciders.get(one.function)
        if decider is None:
            elsewhere[one.function] += one.records
            continue
        decision = _decided(decider, one)
        key = Deciding(one.function, one.protection, *decision[:3])
        things[key] += 1
        records[key] += one.records
        unsure += 0 if decision.is_sure else one.records
        if decision.action is not Action.ALLOW:
            told.append((one, decision))
    return Replayed(
        deciding={key: Weight(things[key], records[key]) for key in sorted(things, key=str)},
        told=tuple(_told(history, told)),
        unsure=unsure,
        elsewhere=dict(sorted(elsewhere.items())),
    )


def _decided(decider: Decider, one: Recorded) -> Decision:
    if isinstance(one.what, Activity):
        return decider.decide(one.what)
    return decider.suspect(one.what)


def _told(history: History, told: list[tuple[Recorded, Decision]]) -> Iterator[Told]:
    told.sort(key=_weight)
    requests = history.requests([one for one, _ in told[:MOST_WITH_REQUESTS]])
    for one, decision in told:
        yield Told(one, decision, requests.get(one, ()))


def _weight(one: tuple[Recorded, Decision]) -> tuple[bool, int, str, str]:
    recorded, decision = one
    return (
        decision.action is not Action.BLOCK,
        -recorded.records,
        recorded.function,
        str(recorded.what),
    )
