"""How often everything is measured: enough for figures to publish, or for a first look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Pairs of environments, and invocations in each."""

    cold_pairs: int
    sdk_pairs: int
    limited_pairs: int
    warm_pairs: int
    warm_blocks: int
    warm_block: int
    work_pairs: int
    work_block: int
    soak_pairs: int
    soak_invocations: int = 10_000


FULL = Size(
    cold_pairs=50,
    sdk_pairs=30,
    limited_pairs=30,
    warm_pairs=12,
    warm_blocks=10,
    warm_block=100,
    work_pairs=12,
    work_block=5,
    soak_pairs=3,
)
QUICK = Size(
    cold_pairs=5,
    sdk_pairs=3,
    limited_pairs=3,
    warm_pairs=3,
    warm_blocks=4,
    warm_block=50,
    work_pairs=3,
    work_block=2,
    soak_pairs=1,
)
