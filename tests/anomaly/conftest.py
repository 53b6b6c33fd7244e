"""Lends the tests of this folder the learner's log lines."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "learn"))
