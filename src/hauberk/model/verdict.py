"""A policy's answer."""

from enum import Enum
from typing import NamedTuple


class Action(str, Enum):
    """What a verdict asks for."""

    ALLOW = "allow"
    ALERT = "alert"
    BLOCK = "block"

    def __str__(self) -> str:
        return str(self.value)


class Verdict(NamedTuple):
    """What is to be done about an activity, and why."""

    action: Action
    reason: str
