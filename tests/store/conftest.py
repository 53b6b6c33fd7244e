"""Lends the tests of this folder its stores, the log lines of the learner's, and an engine."""

import contextlib
import sys
from pathlib import Path

import pytest

from hauberk.store.engine import connected

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1] / "learn")]


@pytest.fixture(scope="session")
def connection(tmp_path_factory):
    """One engine for all."""
    with contextlib.closing(connected(tmp_path_factory.mktemp("spill"))) as opened:
        yield opened
