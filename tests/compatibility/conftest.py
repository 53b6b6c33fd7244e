"""Lends the compatibility suite the fixtures of the guard's tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "guard"))

from environments import (
    has_namespace,
    layer,
    pytest_generate_tests,
    python,
    start,
)

__all__ = ["has_namespace", "layer", "pytest_generate_tests", "python", "start"]
