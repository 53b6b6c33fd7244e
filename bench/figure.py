"""What is reported: figures with their unit, and what they may be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bench.paired import Difference


class Judgement(StrEnum):
    """How a figure stands to its budget."""

    AIM = "aim met"
    WITHIN = "within"
    UNSURE = "unsure"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Budget:
    """The most a figure may be, and what it should be."""

    most: float
    aim: float

    def judge(self, value: float, low: float, high: float) -> Judgement:
        """How `value`, which is surely between `low` and `high`, stands to this budget."""
        if low <= self.most < high:
            return Judgement.UNSURE
        if value > self.most:
            return Judgement.OVER
        return Judgement.AIM if value <= self.aim else Judgement.WITHIN


COLD_CPU = Budget(15, 10)  # ms
WARM_CPU = Budget(100, 50)  # µs
WORK_CPU = Budget(2, 1)  # ms
MEMORY = Budget(5, 3)  # MB
LAYER = Budget(8, 5)  # MB
LOG = Budget(0, 0)  # bytes


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of one function, without and with the guard."""

    part: str
    measure: str
    function: str
    guard: str
    unit: str
    difference: Difference
    budget: Budget | None = None

    @property
    def judgement(self) -> Judgement | None:
        """How the added median stands to the budget."""
        if self.budget is None:
            return None
        found = self.difference
        return self.budget.judge(found.added.median, found.added_low, found.added_high)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure that needs no pairs: it is what it is."""

    name: str
    value: float
    unit: str
    budget: Budget | None = None

    @property
    def judgement(self) -> Judgement | None:
        """How the value stands to the budget."""
        return self.budget.judge(self.value, self.value, self.value) if self.budget else None


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one run, and where they come from."""

    date: str
    machine: str
    software: str
    conditions: tuple[str, ...]
    duration_s: float
    comparisons: tuple[Comparison, ...]
    quantities: tuple[Quantity, ...]

    @property
    def over(self) -> tuple[Comparison | Quantity, ...]:
        """The figures that are over their budget."""
        figures: list[Comparison | Quantity] = [*self.comparisons, *self.quantities]
        return tuple(one for one in figures if one.judgement is Judgement.OVER)
