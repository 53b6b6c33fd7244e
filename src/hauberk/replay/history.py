"""What was recorded, each thing once with how often: all that a replay needs of a log or a store."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hauberk.model.activity import Activity
from hauberk.policy.decision import Suspicion

MOST_REQUESTS = 3  # request ids that are shown of one thing


class Recorded(NamedTuple):
    """A thing that a function did, or that a detector said of it, and how often."""

    function: str
    what: Activity | Suspicion
    records: int
    invocations: int
    attacked: int  # of the records, those in invocations with a detection

    @property
    def protection(self) -> str:
        """Which protection answers for it: the kind of an activity has its own."""
        return self.what.kind.value if isinstance(self.what, Activity) else self.what.protection


Requests = Callable[[Iterable[Recorded]], Mapping[Recorded, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class History:
    """All that is believed; what is not, and why. `requests` looks up the first few request ids of things."""

    recorded: Iterable[Recorded]
    requests: Requests
    records: int
    unbelieved: int
    trusted: int
    unreadable: Mapping[str, int]
    not_kept: int  # detections that are counted only
