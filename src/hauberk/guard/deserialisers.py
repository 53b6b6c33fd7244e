"""Names that deserialisers other than pickle ask for, by tags in what they read.

Sees:         PyYAML's python tags (`!!python/name:`, `!!python/object/apply:`), jsonpickle's classes and functions;
              dill, cloudpickle and joblib are pickle's, whose asking the audit hook sees
Does not see: PyYAML's `!!python/module:`, which gives a module and runs nothing of it; readers of their own
"""

from __future__ import annotations

from hauberk import _native
from hauberk.guard.fence import Fence

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any


def arm_yaml(constructor: Any) -> None:
    """Watch how constructors find what a tag names; those of older versions have one class for all."""
    kind = getattr(constructor, "FullConstructor", None) or constructor.Constructor

    def before(self: Any, name: Any, mark: Any, *_: Any, **__: Any) -> None:
        reason = _blocked(name)
        if reason is not None:
            context = "while constructing a Python object"
            problem = f"blocked by Hauberk: {reason}"
            raise constructor.ConstructorError(context, mark, problem, mark)

    _native.put(kind, "find_python_name", _native.WatchedMethod(kind.find_python_name, before))


def arm_jsonpickle(unpickler: Any) -> None:
    """Watch how jsonpickle finds classes and functions."""

    def before(name: Any, *_: Any, **__: Any) -> None:
        reason = _blocked(name)
        if reason is not None:
            raise ValueError(f"blocked by Hauberk: {reason}")

    _native.put(unpickler, "loadclass", _native.WatchedFunction(unpickler.loadclass, before))


def _blocked(name: Any) -> str | None:
    with Fence("code"):
        if isinstance(name, str) and name:
            return _native.admit_name(name if "." in name else f"builtins.{name}")
    return None
