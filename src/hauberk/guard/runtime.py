"""Where the event comes in: AWS's runtime client, between its receipt and the handler.

Sees:         every invocation that `awslambdaric` handles, as the bytes it received; what its client tells the
              Runtime API by Python's own HTTP client, which passes
Does not see: runtimes of others; a handler that is called by the function's own tests
"""

from __future__ import annotations

import json
import os
import sys

from hauberk import _native
from hauberk.guard.fence import Blocked, Fence

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any, Callable

    Handler = Callable[[Any, Any], Any]


# What the client tells by `http.client`; since version 3 by a method of its own.
TOLD_BY = ("post_init_error", "restore_next", "report_restore_error")
CALLED_BY = ("call_rapid",)


def arm(bootstrap: Any) -> None:
    """Look at each event before `awslambdaric` hands it to the handler."""
    gate = _native.EventGate(bootstrap.handle_event_request, _refuse)
    _native.put(bootstrap, "handle_event_request", gate)
    kind = sys.modules["awslambdaric.lambda_runtime_client"].LambdaRuntimeClient
    _native.know_client("awslambdaric", clients=_codes(kind, TOLD_BY), ways=_codes(kind, CALLED_BY))
    restore_next = getattr(kind, "restore_next", None)
    if (
        restore_next is not None
        and os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"
    ):
        kind.restore_next = _renewing(restore_next)


def _renewing(restore_next: Any) -> Any:
    """Wait for the restore, and draw anew what else all would share that are restored from the snapshot."""

    def wait(client: Any) -> Any:
        answer = restore_next(client)
        with Fence("restore"):
            _native.renew("restored from a snapshot")
        return answer

    return wait


def _codes(kind: Any, names: tuple[str, ...]) -> list[Any]:
    return [getattr(kind, name).__code__ for name in names if hasattr(kind, name)]


def _refuse(reason: str, response: str | None) -> Handler:
    def handler(event: Any, context: Any) -> Any:
        if response is None:
            raise Blocked(f"blocked by Hauberk: {reason}")
        return json.loads(response)

    return handler
