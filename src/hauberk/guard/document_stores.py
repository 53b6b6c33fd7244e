"""Databases without SQL: does an input bring operators into a filter, or change a script?

Sees:         pymongo's filters, pipelines, conditions of updates and deletes, in bulk too (motor's, mongoengine's);
              redis' scripts
Does not see: commands of redis that are one text with blanks in it; documents that are inserted are values
"""

from __future__ import annotations

import sys

from hauberk import _native
from hauberk.guard.fence import Fence
from hauberk.guard.held import held

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any

UNAUTHORIZED = 13  # MongoDB's number
INSERTS = (0, "insert")  # pymongo's words, of a collection's writes and of a client's
CONDITIONS = ("filter", "query", "pipeline", "updates", "deletes", "update")
SCRIPTS = ("EVAL", "EVAL_RO", "SCRIPT LOAD", "FUNCTION LOAD")


def arm_pymongo(message: Any) -> None:
    """Watch where commands become messages."""
    error = sys.modules["pymongo.errors"].OperationFailure

    def before(flags: Any, command: Any, *_: Any, **__: Any) -> None:
        reason = None
        with Fence("nosql"):
            held = [command[name] for name in CONDITIONS if name in command]
            reason = _blocked_filter(held) if held else None
        if reason is not None:
            raise error(f"blocked by Hauberk: {reason}", UNAUTHORIZED)

    _native.put(message, "_op_msg", _native.WatchedFunction(message._op_msg, before))


def arm_pymongo_bulk(module: Any) -> None:
    """Watch where writes that were gathered are sent: before the first of them is."""
    error = sys.modules["pymongo.errors"].OperationFailure

    def before(self: Any, *_: Any, **__: Any) -> None:
        reason = None
        with Fence("nosql"):
            held = [one for kind, one in self.ops if kind not in INSERTS]
            reason = _blocked_filter(held) if held else None
        if reason is not None:
            raise error(f"blocked by Hauberk: {reason}", UNAUTHORIZED)

    for kind in vars(module).values():
        own = vars(kind) if isinstance(kind, type) and kind.__module__ == module.__name__ else {}
        if "execute" in own:
            _native.put(kind, "execute", _native.WatchedMethod(own["execute"], before))


def arm_redis(client: Any) -> None:
    """Watch the commands of clients and pipelines."""
    error = sys.modules["redis.exceptions"].NoPermissionError

    def before(self: Any, *arguments: Any, **_: Any) -> None:
        reason = _blocked_script(arguments)
        if reason is not None:
            raise error(f"blocked by Hauberk: {reason}")

    for kind in (client.Redis, client.Pipeline):
        watched = _native.WatchedMethod(kind.execute_command, before)
        _native.put(kind, "execute_command", watched)


def _blocked_filter(held: list[Any]) -> str | None:
    import json

    return _native.admit_text("filter", json.dumps(held, default=_spelled).encode())


def _spelled(value: Any) -> Any:
    """A document of another class than `dict`, or a value of BSON."""
    return dict(value) if hasattr(value, "keys") else str(value)


def _blocked_script(arguments: tuple[Any, ...]) -> str | None:
    with Fence("nosql"):
        if len(arguments) > 1 and str(arguments[0]).upper() in SCRIPTS:
            script = arguments[-1] if arguments[0] == "FUNCTION LOAD" else arguments[1]
            return _native.admit_text("code", held(script), "any")
    return None
