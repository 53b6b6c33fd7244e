"""Puts the guard in place, once a process. The guard's only wiring."""

from __future__ import annotations

import os
import sys

from hauberk import _native
from hauberk.guard import aws_wire, imports
from hauberk.guard.sinks import SINKS

TYPE_CHECKING = False  # not from `typing`: its import costs a cold start 3 ms
if TYPE_CHECKING:
    from typing import Any

# What of ours is here from the start; what is imported with a sink is kept then.
KEPT = (
    *("hauberk._native", "hauberk.guard.aws_wire", "hauberk.guard.fence"),
    *("hauberk.guard.imports", "hauberk.guard.runtime"),
)
AUDITED = ("process", "file", "host", "address", "code")

# What the sinks of this version do not see by themselves; the second wall, a preloaded library, does.
UNSEEN = {
    "process.native": "a process that native code starts is not seen",
    "address.native": "a connection that native code opens is not seen",
    "children": "what a child process does is not seen",
}
# What neither sees.
GAPS = {
    "system-calls": "gap: what machine code or a statically linked program asks of the kernel is not seen",
}


def start(root: str) -> None:
    """Arm the guard whose layer is at `root`, and say in one record what it covers."""
    _hide_wall(root)
    surroundings = _surroundings(root)
    if surroundings["policy"] is None and surroundings["mode"] == "off":
        return
    mode, problem, lists, told = _native.arm(surroundings)
    if mode == "off" and problem is None:
        return
    coverage = dict.fromkeys(AUDITED, "armed")
    coverage.update(GAPS)
    walled = _native.is_walled()
    coverage.update({name: "armed" if walled else f"gap: {what}" for name, what in UNSEEN.items()})
    coverage.update(lists)
    coverage.update(imports.watch(SINKS))
    _native.judge_requests(aws_wire.judge)
    for name in KEPT:
        _native.keep_module(sys.modules[name])
    message = f"{mode}: {problem}" if problem else f"{mode}: armed"
    if told:
        message += "; denied sources: " + ", ".join(told)
    gaps = [
        f"{name} denies nobody: {state[5:]}" for name, state in lists.items() if state != "armed"
    ]
    _native.announce(problem is not None, message, coverage, gaps)


def _hide_wall(root: str) -> None:
    """Show the function the variables that it was given. The process keeps the wall's, for its children.

    A wall that is cut off the loader has left out, and told of; it would again in each child.
    """
    shown: dict[Any, Any] = vars(os.environ)["_data"]
    variables: Any = shown if _native.is_walled() else os.environb
    variables.pop(b"HAUBERK_WALL", None)
    ours = os.fsencode(root) + b"/lib/libhauberk_wall.so"
    before = variables.get(b"LD_PRELOAD", b"").split(b":")
    if ours in before:
        before.remove(ours)
        variables.pop(b"LD_PRELOAD")
        if before:
            variables[b"LD_PRELOAD"] = b":".join(before)


def _surroundings(root: str) -> dict[str, Any]:
    get = os.environ.get
    roots = (
        get("LAMBDA_TASK_ROOT"),
        get("LAMBDA_RUNTIME_DIR"),
        "/opt",
        "/var/lang",
        sys.prefix,
        sys.base_prefix,
        os.path.dirname(root),
    )
    return {
        "policy": get("HAUBERK_POLICY") or None,
        "mode": get("HAUBERK_MODE") or "detect",
        "function": get("AWS_LAMBDA_FUNCTION_NAME", ""),
        "version": get("AWS_LAMBDA_FUNCTION_VERSION", ""),
        "region": get("AWS_REGION", ""),
        "runtime_api": get("AWS_LAMBDA_RUNTIME_API", ""),
        "variables": list(os.environb.items()),
        "roots": list({path.rstrip("/") for path in roots if path and path != "/"}),
        "trusted_keys": _trusted_keys(root),
        "environment": os.urandom(16).hex(),
        "seed": int.from_bytes(os.urandom(8), "little"),
        "stream": get("AWS_LAMBDA_LOG_STREAM_NAME") or None,
    }


def _trusted_keys(root: str) -> list[str]:
    try:
        with open(os.path.join(root, "trusted-keys"), encoding="ascii") as lines:
            return lines.read().split()
    except FileNotFoundError:
        return []
