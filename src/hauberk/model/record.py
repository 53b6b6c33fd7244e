"""Lines of the log that Hauberk writes."""

from enum import Enum
from typing import NamedTuple

WORD = "HAUBERK1"
MOST_BYTES = 4000
NO_ENVIRONMENT = "0" * 32  # of a guard that could not start


class RecordType(str, Enum):
    """What a record is about."""

    ACTIVITY = "activity"
    DETECTION = "detection"
    STATUS = "status"
    INPUTS = "inputs"
    USAGE = "usage"

    def __str__(self) -> str:
        return str(self.value)


class State(str, Enum):
    """What a status says of the guard."""

    ARMED = "armed"
    FAULT = "fault"
    REFUSED = "refused"
    GAP = "gap"

    def __str__(self) -> str:
        return str(self.value)


class PolicyState(str, Enum):
    """Which policy is in force."""

    BUILT_IN = "built-in"
    SIGNED = "signed"
    STALE = "stale"
    REFUSED = "refused"

    def __str__(self) -> str:
        return str(self.value)


class Occurrence(NamedTuple):
    """Where and when a record was written: what all records share."""

    timestamp: str
    id: str
    environment: str
    function: str
    version: str
    request_id: str
