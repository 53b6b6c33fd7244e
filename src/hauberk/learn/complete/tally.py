"""What is counted of a kind: values, and how often each was seen, in sightings at least six hours apart.

A burst counts once, and a sandbox writes a value once. Values seen one to four times are *seldom*.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

HOURS_A_WEEK = 168
APART_HOURS = 6
LONGEST_PAUSE_HOURS = 24  # a longer time without any record may be a log that is missing
LEAST_WEEKS = 1 / 7  # a day has hours of its own
SELDOM = 4

Blocks = frozenset[int]


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of one kind: values, seldom ones, of these those seen once, and the weeks that were watched."""

    values: int
    seldom: int
    once: int
    weeks: float


def sightings(blocks: Iterable[int]) -> int:
    """Count the sightings that are six hours apart."""
    return sum(1 for _ in apart(blocks))


def apart(blocks: Iterable[int]) -> Iterator[int]:
    """Give the hours of sightings that are six hours apart."""
    last = None
    for block in sorted(blocks):
        if last is None or block - last >= APART_HOURS:
            last = block
            yield block


def watched_weeks(blocks: Iterable[int]) -> float:
    """Give the time that records cover; of a pause without any, no more than a day."""
    return sum(covered(sorted(blocks))) / HOURS_A_WEEK


def covered(ordered: Sequence[int]) -> Iterator[int]:
    """Give how many hours each hour with records adds to the time that is watched."""
    if ordered:
        yield 1
    for earlier, later in pairwise(ordered):
        yield min(later - earlier, LONGEST_PAUSE_HOURS)


def tally(values: Iterable[Blocks], watched: Blocks) -> Tally:
    """Count values of one kind by the hours in which each was seen."""
    counts = [sightings(blocks) for blocks in values if blocks]
    return tallied(counts, watched_weeks(watched))


def tallied(counts: Sequence[int], weeks: float) -> Tally:
    """Count values by how often each was seen."""
    seldom = sum(count <= SELDOM for count in counts)
    return Tally(len(counts), seldom, sum(count == 1 for count in counts), weeks)
