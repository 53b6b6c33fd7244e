"""Where the event comes in: AWS's runtime client, between its receipt and the handler.

Sees:         every invocation that `awslambdaric` handles, as the bytes it received
Does not see: runtimes of others; a handler that is called by the function's own tests
"""

from __future__ import annotations

import json

from hauberk import _native
from hauberk.guard.fence import Blocked

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any, Callable

    Handler = Callable[[Any, Any], Any]


def arm(bootstrap: Any) -> None:
    """Look at each event before `awslambdaric` hands it to the handler."""
    bootstrap.handle_event_request = _native.EventGate(bootstrap.handle_event_request, _refuse)


def _refuse(reason: str, response: str | None) -> Handler:
    def handler(event: Any, context: Any) -> Any:
        if response is None:
            raise Blocked(f"blocked by Hauberk: {reason}")
        return json.loads(response)

    return handler
