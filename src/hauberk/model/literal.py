"""Patterns that match one text alone."""

import re

_SIGNS = re.compile(r"[*?\\]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def literal(text: str) -> str:
    """Write the pattern that matches `text` only."""
    return _SIGNS.sub(r"\\\g<0>", text)


def the_one(pattern: str) -> str | None:
    """Give the text that `pattern` alone matches; None where it may match more."""
    text = _ESCAPED.sub(r"\1", pattern)
    return text if literal(text) == pattern else None
