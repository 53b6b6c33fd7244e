"""Sources of templates: is an input a part of their syntax?

Sees:         Jinja2 and Mako, sources that are texts; `str.format` is watched natively (`formatted.rs`)
Does not see: templates that are files; `string.Template`; other engines
"""

from __future__ import annotations

import sys

from hauberk import _native
from hauberk.guard.fence import Fence
from hauberk.guard.held import held

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any


def arm_jinja2(environment: Any) -> None:
    """Watch where all sources are compiled, and expressions without a template."""
    error = environment.TemplateSyntaxError
    kind = environment.Environment

    def template(self: Any, source: Any, name: Any = None, filename: Any = None, **_: Any) -> None:
        reason = None if filename is not None else _blocked(source)
        if reason is not None:
            raise error(f"blocked by Hauberk: {reason}", 1)

    def expression(self: Any, source: Any, *_: Any, **__: Any) -> None:
        reason = _blocked(f"{{{{{source}}}}}")
        if reason is not None:
            raise error(f"blocked by Hauberk: {reason}", 1)

    for method, look in (("compile", template), ("compile_expression", expression)):
        _native.put(kind, method, _native.WatchedMethod(getattr(kind, method), look))


def arm_mako(template: Any) -> None:
    """Watch where sources are compiled."""
    error = sys.modules["mako.exceptions"].SyntaxException

    def before(of: Any, text: Any, filename: Any) -> None:
        reason = None if filename is not None else _blocked(text)
        if reason is not None:
            raise error(f"blocked by Hauberk: {reason}", text, 1, 0, None)

    _native.put(template, "_compile_text", _native.WatchedFunction(template._compile_text, before))


def _blocked(source: Any) -> str | None:
    with Fence("template"):
        if isinstance(source, (str, bytes)):
            return _native.admit_text("template", held(source))
    return None
