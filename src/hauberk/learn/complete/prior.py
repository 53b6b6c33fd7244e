"""What is thought of a kind before anything of it is seen: nothing, or what the other functions of a fleet show.

Of a fleet two things are learned. How steep its rare behaviours are: where most of what is seen seldom was seen once,
as of jobs that run once a month, more is still to come than the counts alone say. And how many seldom values a function
has: a distribution without a form of its own, found by a few steps of expectation and maximisation (Robbins 1955; Laird
1978), begun from a broad one, and mixed with that of `DOUBTERS` functions of which nothing is thought. A fleet of
some functions errs itself, so the bound is taken at a third of the error that it states. New versions are a fleet of
their own, those that came before a function's last one too: what they bring is less than what functions do.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import exp, lgamma, log, log2, sqrt
from typing import Protocol

from hauberk.learn.complete.gamma import CONFIDENCE, quantile
from hauberk.learn.complete.growth import SLOPE, STEEPEST, slope_for
from hauberk.learn.complete.tally import LEAST_WEEKS, Tally
from hauberk.model.kind import Kind

LEAST_FUNCTIONS = 40
DOUBTERS = 8
MOST_APART = 2.0  # functions that were watched half as long, or twice, are alike
_OF_FLEET = 1 - (1 - CONFIDENCE) / 3
_NORMAL = 1.645  # of 95 %, at one side
_PASSES = 20
_MEANS = tuple(2 ** (step / 8) for step in range(-40, 80))  # 0.03 to 900 seldom values
_MOST = 400  # from here on the function's own count says enough


@dataclass(frozen=True)
class Prior:
    """How steep what is rare is, and how likely each mean number of seldom values; no weights: nothing is known."""

    slope: float = SLOPE
    weights: tuple[float, ...] = ()

    def most(self, seldom: int) -> float:
        """Give the mean that one who showed so many seldom values has at most, with 95 % confidence (Garwood 1936)."""
        if not self.weights or seldom > _MOST:
            return quantile(1 + seldom, CONFIDENCE)
        total = 0.0
        for mean, chance in zip(_MEANS, _given(self.weights, seldom), strict=True):
            total += chance
            if total >= _OF_FLEET:
                return mean
        return _MEANS[-1]

    def expected(self, seldom: int) -> float:
        """Give the mean to expect of one who showed so many seldom values."""
        if not self.weights or seldom > _MOST:
            return 1.0 + seldom
        chances = _given(self.weights, seldom)
        return sum(mean * chance for mean, chance in zip(_MEANS, chances, strict=True))


FLAT = Prior()


class Brought(Protocol):
    """What a version brought of a kind."""

    def after(self, weeks: float) -> Tally:
        """Count what it had brought after so many weeks, or in all where it ran for less."""
        ...


@dataclass(frozen=True, slots=True)
class Fleet:
    """What was counted of each function's kinds, and of what versions brought that were not the first."""

    tallies: tuple[Mapping[Kind, Tally], ...] = ()
    news: tuple[Mapping[Kind, Brought], ...] = ()
    _of_news: dict[tuple[Kind, float], Prior] = field(
        default_factory=dict[tuple[Kind, float], Prior], init=False, repr=False, compare=False
    )

    def prior(self, kind: Kind, weeks: float) -> Prior:
        """Give what to think of a kind of one that was watched so long."""
        return prior_of((one[kind] for one in self.tallies), weeks)

    def of_news(self, kind: Kind, weeks: float, prior: Prior) -> Prior:
        """Give what to think of what a version brings that was watched so long; `prior` where too few tell.

        Others are asked what they had brought after that time.
        """
        about = _about(weeks)
        if (kind, about) not in self._of_news:
            brought = (one[kind].after(about) for one in self.news)
            self._of_news[kind, about] = prior_of(brought, weeks)
        found = self._of_news[kind, about]
        return prior if found is FLAT else found


def prior_of(fleet: Iterable[Tally], weeks: float) -> Prior:
    """Learn from one kind of many functions what to think of one that was watched so long; too few teach nothing."""
    if weeks < LEAST_WEEKS:
        return FLAT
    about = _about(weeks)
    least = max(LEAST_WEEKS, about / MOST_APART)
    alike = [one for one in fleet if least <= one.weeks <= about * MOST_APART]
    if len(alike) < LEAST_FUNCTIONS:
        return FLAT
    counts = Counter(min(one.seldom, _MOST) for one in alike)
    slope = _steepest(sum(one.once for one in alike), sum(one.seldom for one in alike))
    return Prior(slope, _weights(tuple(sorted(counts.items()))))


def _about(weeks: float) -> float:
    """Round so that functions of nearly the same time share a prior."""
    return 2 ** (round(2 * log2(weeks)) / 2) if weeks > 0 else 0.0


def _steepest(once: int, seldom: int) -> float:
    """Give the slope that the counts allow, at most: with the upper bound of a share (Wilson 1927)."""
    if not seldom:
        return STEEPEST
    share, doubt = once / seldom, _NORMAL * _NORMAL / seldom
    spread = _NORMAL * sqrt(share * (1 - share) / seldom + doubt / (4 * seldom))
    return slope_for((share + doubt / 2 + spread) / (1 + doubt))


@lru_cache(1024)
def _weights(counts: tuple[tuple[int, int], ...]) -> tuple[float, ...]:
    functions = sum(times for _, times in counts) + DOUBTERS
    broad = 1 / len(_MEANS)
    weights = (broad,) * len(_MEANS)
    for _ in range(_PASSES):
        found = [DOUBTERS * broad] * len(_MEANS)
        for seldom, times in counts:
            for at, chance in enumerate(_given(weights, seldom)):
                found[at] += times * chance
        weights = tuple(one / functions for one in found)
    return weights


@lru_cache(1 << 14)
def _given(weights: tuple[float, ...], seldom: int) -> tuple[float, ...]:
    """Say how likely each mean is of one who showed so many (Bayes)."""
    found = [weight * one for weight, one in zip(weights, _chances(seldom), strict=True)]
    total = sum(found)
    return tuple(one / total for one in found)


@lru_cache(1 << 11)
def _chances(seldom: int) -> tuple[float, ...]:
    """Give the chance of so many seldom values at each mean (Poisson)."""
    return tuple(exp(seldom * log(mean) - mean - lgamma(seldom + 1)) for mean in _MEANS)
