"""Lends the tests of this folder an engine."""

import contextlib

import pytest

from hauberk.store.engine import connected


@pytest.fixture(scope="session")
def connection(tmp_path_factory):
    """One engine for all."""
    with contextlib.closing(connected(tmp_path_factory.mktemp("spill"))) as opened:
        yield opened
