"""The exclusion that lets one detection pass and as little else as can be said: one function, one kind, one value.

Does not see: what a record does not show. Where a text is cut off or masked, any run of characters stands for that.
"""

import re
from typing import Any

from hauberk.model.activity import Activity
from hauberk.model.kind import listed_operation
from hauberk.model.literal import literal
from hauberk.policy.decision import Suspicion
from hauberk.policy.pattern import path_pattern
from hauberk.policy.problem import PolicyError, Problem
from hauberk.replay.detected import Detected

_DENIED = "denied-"
_CALLER = "malicious-source"
_LEFT_OUT = re.compile(r"…|‹redacted›|\ufffd")  # noqa: RUF001
_RUNS = re.compile(r"\*\*[*]+")


def exclusion_of(one: Detected) -> dict[str, Any]:
    """Write what an exclusion says of a detection. Raises PolicyError where none can."""
    scope = {"function": one.function}
    if one.detector.startswith(_DENIED):
        what = "a rule of yours denies it, and no exclusion is before a rule"
        remedy = "narrow the rule or take it out: `hauberk rule list`"
        raise PolicyError("detection", [Problem(0, what, remedy)])
    if isinstance(one.what, Activity):
        return {**_of_activity(one.what), "scope": scope}
    return {**_of_suspicion(one.what), "scope": scope}


def is_whole(one: Detected) -> bool:
    """Whether the record shows all that the exclusion is about."""
    if isinstance(one.what, Activity):
        return True
    return one.what.is_whole and not _LEFT_OUT.search(one.what.path)


def _of_activity(what: Activity) -> dict[str, Any]:
    listed = listed_operation(what.kind, what.operation)
    operation = {} if listed == "*" else {"operation": listed}
    return {"kind": what.kind.value, **operation, "patterns": [literal(what.target)]}


def _of_suspicion(what: Suspicion) -> dict[str, Any]:
    is_of_caller = what.detector == _CALLER  # wherever its address stands
    path = {"path": _shown(path_pattern(what.path))} if what.path and not is_of_caller else {}
    return {"detector": what.detector, **path, "patterns": [_shown(literal(what.matched)) or "**"]}


def _shown(pattern: str) -> str:
    """Any run of characters stands for what the record does not show."""
    return _RUNS.sub("**", _LEFT_OUT.sub("**", pattern))
