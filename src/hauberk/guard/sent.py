"""What is on its way to a host: does it hold the function's own credentials?

Sees:         what Python's `ssl` encrypts, and so httpx, aiohttp and clients of their own; on Python 3.9 what
              http.client sends, which later ones tell the audit hook
Does not see: what native code encrypts by itself (pycurl, grpc)
"""

from __future__ import annotations

from hauberk import _native
from hauberk.guard.fence import Fence

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any

MOST = 1 << 20
REFUSED = 111  # ECONNREFUSED


def arm(ssl: Any) -> None:
    """Watch the two methods through which all is encrypted, on sockets and without."""
    for kind, name in ((ssl.SSLSocket, "send"), (ssl.SSLObject, "write")):
        _native.put(kind, name, _native.WatchedMethod(getattr(kind, name), _before))


def arm_http(client: Any) -> None:
    """Watch the method through which http.client sends all."""
    connection = client.HTTPConnection
    _native.put(connection, "send", _native.WatchedMethod(connection.send, _before_connection))


def _before(self: Any, data: Any, *_: Any, **__: Any) -> None:
    _judge(self.server_hostname, data)


def _before_connection(self: Any, data: Any) -> None:
    _judge(getattr(self, "_tunnel_host", None) or self.host, data)


def _judge(host: Any, data: Any) -> None:
    reason = None
    with Fence("sent"):
        if isinstance(host, str) and isinstance(data, (bytes, bytearray, memoryview)):
            reason = _native.admit_sent(host, bytes(memoryview(data).cast("B")[:MOST]))
    if reason is not None:
        raise ConnectionRefusedError(REFUSED, f"blocked by Hauberk: {reason}")
