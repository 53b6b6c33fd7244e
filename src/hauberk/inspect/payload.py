"""Lines that hold a payload and the place in an event where it arrives."""

import json

from hauberk.inspect.lines import LineError
from hauberk.inspect.slot import event_with


def event_of_payload(line: bytes) -> bytes:
    """Make the event of `{"payload": ..., "context": ...}`; raises LineError where it is none."""
    try:
        row = json.loads(line)
        return event_with(row["payload"], row.get("context", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        shown = line[:80].decode(errors="replace")
        raise LineError(f'not {{"payload": ..., "context": ...}}: {shown}') from error
