"""Databases without SQL: does an input bring operators into a filter, or change a script?

Sees:         pymongo's filters, pipelines, conditions of updates and deletes (motor's and mongoengine's, too);
              redis' scripts
Does not see: bulk writes of pymongo; commands of redis that are one text with blanks in it
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

    return _native.admit_text("filter", json.dumps(held, default=str).encode())


def _blocked_script(arguments: tuple[Any, ...]) -> str | None:
    with Fence("nosql"):
        if len(arguments) > 1 and str(arguments[0]).upper() in SCRIPTS:
            script = arguments[-1] if arguments[0] == "FUNCTION LOAD" else arguments[1]
            return _native.admit_text("code", held(script), "any")
    return None
