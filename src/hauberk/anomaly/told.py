"""What records tell, sandbox by sandbox; read as often as it is asked for, so that nothing need be kept."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from hauberk.anomaly.invocation import Sandbox


@dataclass(frozen=True, slots=True)
class Told:
    """Sandboxes that are believed, the hours (since 1970) in which each function told of anything, and what is not.

    Functions that are heard have records that are believed, if of no activity.
    """

    sandboxes: Callable[[], Iterator[Sandbox]]  # those of one function together
    hours: Callable[[], dict[str, frozenset[int]]]
    heard: Callable[[], frozenset[str]] = frozenset
    unbelieved: int = 0
    trusted: int = 0
    unreadable: Mapping[str, int] = field(default_factory=dict[str, int])  # lines, by the reason
