"""Which addresses a host has: the verdict about the host is theirs.

Sees:         `socket.getaddrinfo`, `gethostbyname` and `gethostbyname_ex`, and so all Python code that resolves
Does not see: names that native code resolves; the audit hook sees the look-up itself, not its answer
"""

from __future__ import annotations

import functools
from typing import Any, Callable

from hauberk import _native
from hauberk.guard.fence import Fence


def arm(socket: Any) -> None:
    """Remember the answer of each look-up that was admitted."""
    import _socket

    _watch(_socket, "getaddrinfo", lambda found: [entry[4][0] for entry in found])
    for name, addresses in (
        ("gethostbyname", lambda found: [found]),
        ("gethostbyname_ex", lambda found: list(found[2])),
    ):
        _watch(_socket, name, addresses)
        setattr(socket, name, getattr(_socket, name))


def _watch(module: Any, name: str, addresses: Callable[[Any], list[Any]]) -> None:
    original = getattr(module, name)

    @functools.wraps(original)
    def resolve(*arguments: Any, **named: Any) -> Any:
        found = original(*arguments, **named)
        with Fence("host"):
            host = _judged(module, arguments[0] if arguments else named.get("host"))
            if host:
                _native.resolved(host, [text for text in addresses(found) if isinstance(text, str)])
        return found

    setattr(module, name, resolve)


def _judged(module: Any, host: object) -> str:
    """Give the name that the audit hook judged; none where the look-up was of an address, or of nothing."""
    name = host.decode("utf-8", "replace") if isinstance(host, bytes) else host
    if not isinstance(name, str):
        return ""
    for family in (module.AF_INET, module.AF_INET6):
        try:
            module.inet_pton(family, name.removesuffix("."))
        except (OSError, ValueError):
            continue
        return ""
    return name
