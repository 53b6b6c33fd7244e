"""What to do about a gap, and which gaps nothing can be done about."""

# What no function of its runtime has more of: shown, and no reason to fail.
LIMITS = ("system-calls", "event", "children.restored")

_WRAPPER = (
    "start the function by the wrapper, AWS_LAMBDA_EXEC_WRAPPER=/opt/hauberk/wrapper, with the layer "
    "whole: the second wall is preloaded by it alone"
)
_SINKS = (
    ("children", _WRAPPER),
    ("process.native", _WRAPPER),
    ("address.native", _WRAPPER),
    (
        "sources.",
        "put the list where the policy says, or compile the policy with the list as it is",
    ),
    ("", "its fault is told as a problem; use another version of what it is about, or report it"),
)
_STATES = {
    "refused": "the built-in policy is in force: compile and set the policy anew",
    "stale": "set a later `expires` and compile the policy anew",
    "tampered": "treat the function as broken into: look at what its code and its packages do, renew its credentials",
    "fault": "this is a fault of Hauberk, and what it was about was let pass: please report it with this line",
    "dropped": "its log has no room: the function or the platform reads it too slowly; what was lost is not known",
    "gap": "what was not inspected is still judged by the allowlist",
}


def of_sink(name: str) -> str:
    """What to do about a sink that has a gap."""
    return next(remedy for start, remedy in _SINKS if name.startswith(start))


def of_state(state: str) -> str:
    """What to do about what a status says."""
    return _STATES.get(state, _STATES["gap"])


def of_waiting(name: str) -> str:
    """Why a sink that waits is none to care about."""
    return f"armed as soon as the function imports {name.partition('.')[2]}"
