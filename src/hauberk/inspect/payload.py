"""Lines that hold a payload and the place in an event where it arrives."""

import json

from hauberk.inspect.lines import LineError
from hauberk.inspect.slot import SLOTS, WHOLE, event_with

CONTEXTS = (WHOLE, *SLOTS)


def event_of_payload(line: bytes) -> bytes:
    """Make the event of `{"payload": ..., "context": ...}`; raises LineError where it is none."""
    try:
        row = json.loads(line)
        return event_with(row["payload"], row.get("context", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        shown = line[:80].decode(errors="replace")
        raise LineError(f'not {{"payload": ..., "context": ...}}: {shown}') from error


def oddity_of_payload(line: bytes) -> str | None:
    """Say what is odd about a line that an event was made of."""
    context = json.loads(line).get("context") or "direct_invoke"
    if context in CONTEXTS:
        return None
    known = ", ".join(CONTEXTS)
    return f"no context is called {context!r}, taken for direct_invoke; write one of {known}"
