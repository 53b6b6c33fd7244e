"""Where the event comes in: AWS's runtime client, between its receipt and the handler.

Sees:         every invocation that `awslambdaric` handles, as the bytes it received
Does not see: runtimes of others; a handler that is called by the function's own tests
"""

from __future__ import annotations

import json

from hauberk import _native
from hauberk.guard.fence import Blocked, Fence

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any, Callable

    Handler = Callable[[Any, Any], Any]


def arm(bootstrap: Any) -> None:
    """Look at each event before `awslambdaric` hands it to the handler."""
    handle = bootstrap.handle_event_request

    def handle_event_request(client: Any, handler: Handler, *rest: Any, **named: Any) -> None:
        with Fence("event"):
            handler = _admitted(handler, *_request(rest, named))
        handle(client, handler, *rest, **named)
        _native.end()

    bootstrap.handle_event_request = handle_event_request


def _request(rest: tuple[Any, ...], named: dict[str, Any]) -> tuple[str, bytes]:
    """Give the request id and the event's bytes; they are second and third after the client in all versions."""
    request_id = rest[0] if rest else named["invoke_id"]
    body = rest[1] if len(rest) > 1 else named["event_body"]
    return request_id, body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(
        body
    )


def _admitted(handler: Handler, request_id: str, event: bytes) -> Handler:
    """Give the handler, or what answers in its place."""
    refusal = _native.begin(event, request_id)
    if refusal is None:
        return handler
    reason, response = refusal
    return _refuse(reason, response)


def _refuse(reason: str, response: str | None) -> Handler:
    def handler(event: Any, context: Any) -> Any:
        if response is None:
            raise Blocked(f"blocked by Hauberk: {reason}")
        return json.loads(response)

    return handler
