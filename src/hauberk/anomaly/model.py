"""The model: of each trait, in how many invocations and in how many hours it was seen.

All of it are counts and one flag. `merge` adds the counts: any order of the same parts gives the same model, and
parts that share no hour give what the whole would have given. What is done a thousand times in an hour counts as one.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from hauberk.anomaly.invocation import Invoked
from hauberk.anomaly.trait import MEASURED, TAILS, Family, Trait, context, did, traits

LEAST_SLOPE = 0.1  # no step is taken as less likely than a tenth of that below it
# Where one thing was seen near attacks alone in so many hours, and in such a share of all, as in functions that the
# internet scans, that tells nothing. How many things are done near attacks strangers choose.
ENOUGH_HOURS, MOST_NEAR = 8, 0.25


class Seen(NamedTuple):
    """How often, and whether in any sandbox without a detection."""

    invocations: int = 0
    hours: int = 0
    is_calm: bool = False


@dataclass(frozen=True)
class Model:
    """What is usual of one function."""

    whole: Seen
    traits: Mapping[Trait, Seen]

    def of(self, trait: Trait) -> Seen:
        """Of what a trait is rare or common: of the invocations that did what it is about, or of all.

        Of two things the one that is done more seldom counts: with a rare one anything is rare.
        """
        if trait.family is Family.ACT:
            return self.whole
        mine = self.traits.get(context(trait), Seen())
        if trait.family is not Family.AFTER:
            return mine
        return min(mine, self.traits.get(did(trait.value), Seen()), key=lambda one: one.hours)

    def share(self, trait: Trait) -> float:
        """The share of the hours in its context that had something as rare, or rarer; 1 where that is new itself."""
        if trait not in self._shares:
            self._shares[trait] = self._share(trait)
        return self._shares[trait]

    def _share(self, trait: Trait) -> float:
        if trait.family is not Family.ACT and context(trait) not in self.traits:
            return 1.0  # which the trait of the act itself says
        hours = self._hours(trait)
        if trait.family in TAILS and hours <= 1:
            return self._beyond(trait)
        is_alone = trait.family in TAILS or trait.family is Family.AFTER
        rare = hours if is_alone else self._rare_hours(trait, max(hours, 1))
        rare -= hours == 1  # what one hour alone showed counts as not seen
        return min(1.0, (rare + 0.5) / (self.of(trait).hours + 1))

    def _beyond(self, trait: Trait) -> float:
        """The share of a step that was never reached: it falls off as steeply as the last that were, or more.

        In as many hours again half a one with the first such step is expected, or less where the last two that were
        reached lie as far apart; each further one is as much rarer as the steepest of these slopes says.
        """
        least, times = TAILS[trait.family]
        of = self.of(trait).hours
        unseen, step = 1, int(trait.value) // times
        while step >= least and self._reached(trait, step, of) <= 1:
            unseen, step = unseen + 1, step // times
        reached = self._reached(trait, step, of)
        below = max(self._reached(trait, step // times, of), reached)
        slope = (reached + 1) / (below + 1)
        first = min(0.5, reached * slope)
        further = max(LEAST_SLOPE, min(slope, (first + 1) / (reached + 1)))
        return min(1.0, first / (of + 1) * further ** (unseen - 1))

    def _reached(self, trait: Trait, step: int, of: int) -> int:
        """The hours with a step; below the lowest it is all that have what it is a number of."""
        if step < TAILS[trait.family].least:
            return of
        return self._hours(trait._replace(value=str(step)))

    def most(self, trait: Trait) -> int | None:
        """The highest step below this one that was seen; none where this one was, or it is no number's."""
        if trait.family not in MEASURED or trait in self.traits:
            return None
        least, times = TAILS[trait.family]
        step = int(trait.value)
        while step >= least and trait._replace(value=str(step)) not in self.traits:
            step //= times
        return step if step >= least else 0

    def _hours(self, trait: Trait) -> int:
        seen = self.traits.get(trait, Seen())
        return seen.hours if seen.is_calm or self._trusts_near else 0

    def _rare_hours(self, trait: Trait, most: int) -> int:
        counts, sums = self._ranks.get(trait[:2], ((), ()))
        at = bisect_right(counts, most)
        return sums[at - 1] if at else 0

    @cached_property
    def _trusts_near(self) -> bool:
        near = max((one.hours for one in self.traits.values() if not one.is_calm), default=0)
        return near >= ENOUGH_HOURS and near > MOST_NEAR * self.whole.hours

    @cached_property
    def _ranks(self) -> Mapping[tuple[Family, str], tuple[tuple[int, ...], tuple[int, ...]]]:
        """Of each context, how many hours its values have, and how many those up to each have together."""
        groups: dict[tuple[Family, str], list[int]] = {}
        for trait in self.traits:
            groups.setdefault(trait[:2], []).append(self._hours(trait))
        return {
            context: (tuple(sorted(hours)), tuple(accumulate(sorted(hours))))
            for context, hours in groups.items()
        }

    @cached_property
    def _shares(self) -> dict[Trait, float]:
        return {}  # what was asked already: most traits come again and again


NOTHING = Model(Seen(), {})


class _Count:
    """Counts while invocations come in; hours are bits, from a first one on."""

    __slots__ = ("hours", "invocations", "is_calm")

    def __init__(self) -> None:
        self.invocations = 0
        self.hours = 0
        self.is_calm = False

    def add(self, bit: int, *, is_calm: bool) -> None:
        self.invocations += 1
        self.hours |= bit
        self.is_calm |= is_calm

    def seen(self) -> Seen:
        return Seen(self.invocations, self.hours.bit_count(), self.is_calm)


def observed(invocations: Iterable[Invoked], *, since_hour: int = 0) -> Model:
    """Count invocations of one function; those with a detection teach nothing. None is before `since_hour`."""
    whole = _Count()
    counts: dict[Trait, _Count] = {}
    for one in invocations:
        if one.is_attacked:
            continue
        bit, is_calm = 1 << max(one.hour - since_hour, 0), not one.is_near
        whole.add(bit, is_calm=is_calm)
        for trait in traits(one):
            count = counts.get(trait)
            if count is None:
                count = counts[trait] = _Count()
            count.add(bit, is_calm=is_calm)
    return Model(whole.seen(), {trait: count.seen() for trait, count in sorted(counts.items())})


def merge(one: Model, other: Model) -> Model:
    """Add two models of one function. Associative and commutative; `NOTHING` changes none."""
    return Model(
        _sum(one.whole, other.whole),
        {
            trait: _sum(one.traits.get(trait, Seen()), other.traits.get(trait, Seen()))
            for trait in sorted({*one.traits, *other.traits})
        },
    )


def _sum(one: Seen, other: Seen) -> Seen:
    return Seen(
        one.invocations + other.invocations, one.hours + other.hours, one.is_calm or other.is_calm
    )
