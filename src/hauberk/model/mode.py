"""What the guard does about an attack."""

from enum import Enum


class Mode(str, Enum):
    """Of a function, and of each protection in it."""

    OFF = "off"
    DETECT = "detect"
    PREVENT = "prevent"

    def __str__(self) -> str:
        return str(self.value)


class Batch(str, Enum):
    """What becomes of a batch that holds a blocked record."""

    WHOLE = "whole"
    REPORT_ITEM_FAILURES = "report-item-failures"

    def __str__(self) -> str:
        return str(self.value)


class OnError(str, Enum):
    """What becomes of an invocation when the policy cannot be used."""

    OPEN = "open"
    BLOCK = "block"

    def __str__(self) -> str:
        return str(self.value)
