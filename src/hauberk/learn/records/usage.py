"""How often things are done in one invocation, and how many bytes are sent, as records tell it: steps of a ladder."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from hauberk.learn.records.message import Unreadable


class Measure(StrEnum):
    """What is counted in an invocation."""

    TIMES = "times"
    BYTES = "bytes"


class Ladder(NamedTuple):
    """The lowest step that is told, and how many times higher each next one is."""

    least: int
    times: int


LADDERS = {Measure.TIMES: Ladder(8, 2), Measure.BYTES: Ladder(64 << 10, 4)}
FIRST = 1  # of what a list allows the first time is told as well
_MOST = 1 << 62


def read_step(document: Mapping[str, Any]) -> tuple[Measure, int]:
    """Read what a record tells, or raise `Unreadable`."""
    given = [one for one in Measure if one in document]
    if len(given) != 1:
        raise Unreadable("no number, or several")
    (measure,) = given
    step = document[measure]
    if type(step) is not int or not is_step(measure, step):
        raise Unreadable("not a step")
    return measure, step


def is_step(measure: Measure, number: int) -> bool:
    """Whether the guard tells of this number."""
    if number == FIRST:
        return measure is Measure.TIMES
    least, times = LADDERS[measure]
    above, rest = divmod(number, least)
    is_power = (
        above > 0 and not above & (above - 1) and (above.bit_length() - 1) % (times // 2) == 0
    )
    return not rest and is_power and number <= _MOST
