"""Quantiles of the gamma distribution: what a count of rare events leaves possible.

The upper bound of a Poisson mean after `n` events is the quantile of shape `n + 1` (Garwood 1936),
which is half the quantile of χ² with `2n + 2` degrees of freedom.
"""

from functools import lru_cache
from math import exp, lgamma, log, sqrt

CONFIDENCE = 0.95  # of every bound that is stated
_PRECISION = 1e-12


def below(shape: float, value: float) -> float:
    """Give the chance that a gamma variable of this shape, and scale 1, is at most `value`."""
    if value <= 0:
        return 0.0
    scale = exp(-value + shape * log(value) - lgamma(shape))
    if value < shape + 1:
        return scale * _series(shape, value)
    return 1 - scale * _fraction(shape, value)


@lru_cache(4096)
def quantile(shape: float, confidence: float) -> float:
    """Give the value that a gamma variable of this shape exceeds with chance `1 - confidence`."""
    low, high = 0.0, shape + 12 * sqrt(shape) + 12
    for _ in range(60):
        middle = (low + high) / 2
        if below(shape, middle) < confidence:
            low = middle
        else:
            high = middle
    return high


def _series(shape: float, value: float) -> float:
    total = term = 1 / shape
    while term > total * _PRECISION:
        shape += 1
        term *= value / shape
        total += term
    return total


def _fraction(shape: float, value: float) -> float:
    """Lentz's way through the continued fraction of the upper part."""
    base = value + 1 - shape
    ratio, inverse = 1e300, 1 / base
    result = inverse
    for index in range(1, 10_000):
        step = -index * (index - shape)
        base += 2
        inverse = 1 / (step * inverse + base)
        ratio = base + step / ratio
        change = inverse * ratio
        result *= change
        if abs(change - 1) < _PRECISION:
            break
    return result
