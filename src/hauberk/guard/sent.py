"""What http.client sends on Python 3.9: does it hold the function's own credentials? Later ones tell the audit hook."""

from __future__ import annotations

from hauberk import _native
from hauberk.guard.fence import Fence

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any

MOST = 1 << 20
REFUSED = 111  # ECONNREFUSED


def arm_http(client: Any) -> None:
    """Watch the method through which http.client sends all."""
    connection = client.HTTPConnection
    _native.put(connection, "send", _native.WatchedMethod(connection.send, _before_connection))


def _before_connection(self: Any, data: Any) -> None:
    host, reason = getattr(self, "_tunnel_host", None) or self.host, None
    with Fence("sent"):
        if isinstance(host, str) and isinstance(data, (bytes, bytearray, memoryview)):
            reason = _native.admit_sent(host, bytes(memoryview(data).cast("B")[:MOST]))
    if reason is not None:
        raise ConnectionRefusedError(REFUSED, f"blocked by Hauberk: {reason}")
