"""An event as Lambda's Invoke takes it."""

from __future__ import annotations

import json

from hauberk.local.function import EventError, InputError

EVENT_LIMIT = 6 * 1024 * 1024  # bytes, Lambda's for a synchronous invocation


def event_bytes(event: object) -> bytes:
    """`event` as JSON; bytes are passed on as they are when they are JSON that Lambda takes."""
    if not isinstance(event, bytes):
        return _within_limit(json.dumps(event).encode())
    _within_limit(event)
    if not event:
        return b"{}"
    try:
        json.loads(event.decode(), parse_constant=_refuse_constant)
    except RecursionError:
        return event  # deep, not wrong: the function decides
    except UnicodeDecodeError as error:
        raise EventError(
            f"the event is not JSON: no UTF-8 at byte {error.start:,}; save it as UTF-8"
        ) from error
    except ValueError as error:
        raise EventError(f"the event is not JSON: {error}; Lambda takes UTF-8 JSON only") from error
    return event


def named_event(content: bytes, where: str) -> bytes:
    """Take the event that is in a file, which has to hold one. Raises InputError with the file's name."""
    if not content.strip():
        raise InputError(
            f"{where}: nothing is in it; write the event as JSON, an empty one as {{}}"
        )
    try:
        return event_bytes(content)
    except EventError as error:
        raise InputError(f"{where}: {error}") from error


def _within_limit(event: bytes) -> bytes:
    if len(event) <= EVENT_LIMIT:
        return event
    raise EventError(
        f"the event is {len(event):,} bytes; Lambda takes up to {EVENT_LIMIT:,}: "
        "put the data into S3 and its address into the event"
    )


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
