"""From how many callers something was seen, by the numbers of twelve bits that records have for them.

Numbers are kept as two sets of 64 bits, one of their lower and one of their upper halves: such sets add up in any
order, and as two numbers differ in one half at least, one caller is always told from several.
"""

import re
from collections.abc import Iterable
from functools import lru_cache, reduce
from typing import Any, NamedTuple

_NUMBER = re.compile(r"[0-9a-f]{3}")
HALF_BITS = 6
_HALF = (1 << HALF_BITS) - 1


class Callers(NamedTuple):
    """Whom the records of something tell of."""

    lower: int = 0  # one bit for each lower half
    upper: int = 0
    is_partial: bool = False  # some record tells of nobody

    @property
    def at_least(self) -> int:
        """There were so many callers, or more; counts up to 64."""
        return max(self.lower.bit_count(), self.upper.bit_count())

    @property
    def is_one(self) -> bool:
        """Whether every record tells of the same caller."""
        return self.at_least == 1 and not self.is_partial


NOBODY = Callers()


def callers_of(numbers: Iterable[int | None]) -> Callers:
    """Take the callers that records tell, None where one tells of nobody."""
    told = set(numbers)
    lower = upper = 0
    for one in told:
        if one is not None:
            lower |= 1 << (one & _HALF)
            upper |= 1 << (one >> HALF_BITS)
    return Callers(lower, upper, None in told)


def all_of(every: Iterable[Callers]) -> Callers:
    """Add up callers, in any order."""
    return reduce(_both, every, NOBODY)


def _both(one: Callers, other: Callers) -> Callers:
    return Callers(
        one.lower | other.lower, one.upper | other.upper, one.is_partial or other.is_partial
    )


def read_caller(value: Any) -> int | None:
    """Read what a record says of its caller; of old it had twelve digits, which only one environment knew."""
    return _number(value) if isinstance(value, str) else None


@lru_cache(1 << 12)
def _number(text: str) -> int | None:
    return int(text, 16) if _NUMBER.fullmatch(text) else None
