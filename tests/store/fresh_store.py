"""Stores of their own for tests, over one engine."""

import contextlib
import tempfile
from pathlib import Path

from hauberk.store.store import Store


@contextlib.contextmanager
def store(connection, rows_at_once=100_000):
    """An empty store."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("segments", "pieces"):
            (Path(folder) / part).mkdir()
        yield Store(Path(folder), connection, rows_at_once)


def unheard(done, of):
    """Nobody looks on."""
    assert done >= 0 <= of
