"""Patterns that match one text alone."""

import re

_SIGNS = re.compile(r"[*?\\]")


def literal(text: str) -> str:
    """Write the pattern that matches `text` only."""
    return _SIGNS.sub(r"\\\g<0>", text)
