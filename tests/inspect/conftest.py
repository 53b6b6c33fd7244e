"""Lends the tests of this folder their rows."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
