"""What events that a person chose tell of events like them: whether these would do something that is not on the list.

Events are taken in the order in which they were run. What the first half did not show and the second half did is
counted; of that count, which is Poisson, Garwood's upper bound is given (1936). It is a statement about events like
those that were run, and about no others: test events are no traffic.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hauberk.learn.code.of_code import EXPLAINING
from hauberk.learn.code.with_code import Weighed
from hauberk.learn.complete.gamma import CONFIDENCE, quantile
from hauberk.learn.fold.folded import Folded
from hauberk.learn.profile.observe import Partial
from hauberk.learn.records.record import ActivityRecord
from hauberk.model.activity import Activity


@dataclass(frozen=True, slots=True)
class Vouched:
    """How many events were run, and of the later half, how many did something that none before did."""

    events: int
    later: int
    news: int

    @property
    def most_new(self) -> float:
        """The share of events like these that would do something unlisted, at most, with 95 % confidence."""
        return min(1.0, quantile(self.news + 1, CONFIDENCE) / self.later) if self.later else 1.0


def exercised(weighed: Weighed) -> tuple[int, int]:
    """Say how many of the acts that the code names were done, and how many it names."""
    named = [one for one in weighed.code.findings if one.sure in EXPLAINING]
    done = set(map(id, weighed.explained.by.values()))
    return sum(id(one) in done for one in named), len(named)


def vouched(news: Sequence[bool]) -> Vouched:
    """Say what the later half of events tells, by which of all of them did something new."""
    half = news[len(news) // 2 :]
    return Vouched(len(news), len(half), sum(half))


def news_of(
    partial: Partial, requests: Sequence[str], folded: Collection[Folded]
) -> tuple[bool, ...]:
    """Tell which invocations, in their order, did something that no pattern of an earlier one stands for."""
    pattern = {activity: at for at, one in enumerate(folded) for activity in one.activities}
    acts: dict[str, set[Activity]] = {}
    for one in partial.records:
        if isinstance(one.record, ActivityRecord):
            acts.setdefault(one.record.invocation.request_id, set()).add(one.record.activity)
    seen = {pattern[one] for one in acts.get("", ()) if one in pattern}  # of the inits
    news = []
    for request in requests:
        mine = {pattern[one] for one in acts.get(request, ()) if one in pattern}
        news.append(bool(mine - seen))
        seen |= mine
    return tuple(news)
