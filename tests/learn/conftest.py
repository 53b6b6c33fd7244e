"""Lends the tests of this folder their log lines."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
