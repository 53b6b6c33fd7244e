"""One writer at a time: a lock that ends with its process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Wait until nobody else holds the lock, and hold it."""
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
