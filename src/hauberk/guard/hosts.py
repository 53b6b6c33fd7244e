"""Which addresses a host has: the verdict about the host is theirs.

Sees:         `socket.getaddrinfo`, `gethostbyname` and `gethostbyname_ex`, and so all Python code that resolves
Does not see: names that native code resolves; the audit hook sees the look-up itself, not its answer
"""

from __future__ import annotations

from hauberk import _native
from hauberk.guard.fence import Fence

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any, Callable


def arm(socket: Any) -> None:
    """Remember the answer of each look-up that was admitted."""
    import _socket

    _native.know_client(ways=[socket.create_connection.__code__])
    _watch(_socket, "getaddrinfo", lambda found: [entry[4][0] for entry in found])
    for name, addresses in (
        ("gethostbyname", lambda found: [found]),
        ("gethostbyname_ex", lambda found: list(found[2])),
    ):
        _watch(_socket, name, addresses)
        _native.put(socket, name, getattr(_socket, name))


def _watch(module: Any, name: str, addresses: Callable[[Any], list[Any]]) -> None:
    def after(found: Any, arguments: tuple[Any, ...], named: dict[str, Any] | None) -> None:
        with Fence("host"):
            host = arguments[0] if arguments else (named or {}).get("host")
            if isinstance(host, bytes):
                host = host.decode("utf-8", "replace")
            # Nothing was judged where nothing was named; an address is told from a name by the core.
            if isinstance(host, str):
                _native.resolved(host, [text for text in addresses(found) if isinstance(text, str)])

    _native.put(module, name, _native.WatchedFunction(getattr(module, name), None, after))
