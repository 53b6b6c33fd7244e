"""The only place that swallows our own exceptions."""

from __future__ import annotations

from hauberk import _native


class Blocked(Exception):
    """An invocation was blocked before its handler; the caller sees this as the function's error."""


class Fence:
    """Lets the function go on when we fail, and writes a `fault` record."""

    def __init__(self, part: str) -> None:
        self._part = part

    def __enter__(self) -> None:
        """Start."""

    def __exit__(self, kind: object, fault: BaseException | None, traceback: object) -> bool:
        """Swallow an exception of ours; interrupts and exits are not ours."""
        if not isinstance(fault, Exception):
            return False
        _native.fault(f"{self._part}: {type(fault).__name__}: {fault}")
        return True
