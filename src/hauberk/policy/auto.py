"""How far `hauberk learn` moves a kind whose list is complete, and what stays a person's."""

from collections.abc import Mapping
from enum import StrEnum

from hauberk.model.kind import Kind
from hauberk.model.mode import Mode
from hauberk.model.protection import Protection

STRICTNESS = (Mode.OFF, Mode.DETECT, Mode.PREVENT)


class Auto(StrEnum):
    """What becomes of a kind that is complete."""

    OFF = "off"
    PROPOSE = "propose"
    ALERT = "alert"
    PREVENT = "prevent"


def protections(
    mode: Mode, own: Mapping[Protection, Mode], promoted: Mapping[Kind, Mode]
) -> dict[Protection, Mode]:
    """Give the modes of protections: what a person set, else the stricter of promotion and the function's mode."""
    raised = {Protection(kind.value): _stricter(mode, to) for kind, to in promoted.items()}
    return {**raised, **own}


def _stricter(one: Mode, other: Mode) -> Mode:
    if one is Mode.OFF:  # a function that a person switched off stays off
        return one
    return max(one, other, key=STRICTNESS.index)
