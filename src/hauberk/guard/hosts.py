"""Which addresses a host has: the verdict about the host is theirs.

Sees:         `socket.getaddrinfo`, `gethostbyname` and `gethostbyname_ex`, and so all Python code that resolves
Does not see: names that native code resolves; the audit hook sees the look-up itself, not its answer
"""

from __future__ import annotations

from hauberk import _native

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any


def arm(socket: Any) -> None:
    """Have the core remember the answer of each look-up that was admitted."""
    import _socket

    _native.know_client("socket", ways=[socket.create_connection.__code__])
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        _native.put(_socket, name, _native.watch_lookup(getattr(_socket, name)))
    for name in ("gethostbyname", "gethostbyname_ex"):  # the other is a function of Python's
        _native.put(socket, name, getattr(_socket, name))
