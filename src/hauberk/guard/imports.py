"""Arms a sink as soon as the module it is about has been loaded, and imports none by itself; asks whether an input
chose the module.

Sees:         every module that is looked for, by `import` and by importlib
Does not see: modules that are loaded already
"""

from __future__ import annotations

import sys

from hauberk import _native
from hauberk.guard.fence import Fence

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Any, Callable

    Arm = Callable[[Any], None]


class Finder:
    """Stands first in `sys.meta_path`; finds nothing by itself, and acts on the modules that have a sink."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Find what the others find, and arm the sink after the module has run."""
        reason = _native.admit_module(name)
        if reason is not None:
            raise ImportError(f"blocked by Hauberk: {reason}", name=name)
        arm = _native.waiting_for(name)
        if arm is None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                with Fence(f"sink of {name}"):
                    _arm_after(spec, name, arm)
                return spec
        return None


def _arm_after(spec: ModuleSpec, name: str, arm: Arm) -> None:
    loader: Any = spec.loader
    run = loader.exec_module

    def exec_module(module: Any) -> None:
        del loader.exec_module
        run(module)
        # Not before: a spec may be looked at and never loaded.
        with Fence(f"sink of {name}"):
            arm(module)

    loader.exec_module = exec_module


def watch(sinks: dict[str, tuple[str, Arm]]) -> dict[str, str]:
    """Arm each sink now where its module is loaded, else when it will be; answer the coverage."""
    coverage: dict[str, str] = {}
    for module_name, (sink, arm) in sinks.items():
        module = sys.modules.get(module_name) or _built_in(module_name)
        if module is None:
            coverage.setdefault(sink, "waiting")
            continue
        coverage[sink] = "gap: the sink failed"
        with Fence(f"sink of {module_name}"):
            arm(module)
            coverage[sink] = "armed"
    finder: Any = Finder()
    sys.meta_path.insert(0, finder)
    _native.keep_finder(finder, {name: arm for name, (_, arm) in sinks.items()})
    return coverage


def _built_in(name: str) -> Any:
    """A module in the interpreter itself: it costs nothing to load, and has no loader of its own to wait at."""
    return __import__(name) if name in sys.builtin_module_names else None
