"""A function's log: what its processes write, and Lambda's own lines between."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable


class Log:
    """Reads a pipe that the function's processes write to; loses and changes nothing.

    A write(2) into the pipe is over before the process does anything else, so once the runtime
    asks for its next event, all that the invocation wrote is in the pipe, and `drain` gets it.
    """

    def __init__(self, follow: Callable[[bytes], None] | None) -> None:
        self._follow = follow
        self._lock = threading.Lock()
        self._pieces: list[bytes] = []
        self._read, self.write_end = os.pipe()
        os.set_blocking(self._read, False)
        self._stop, self._stopped = os.pipe()
        self._thread = threading.Thread(target=self._read_on, daemon=True)
        self._thread.start()

    def line(self, text: str) -> None:
        """Adds a line of Lambda's own after all that was written until now."""
        with self._lock:
            self._drain()
            if self._pieces and not self._pieces[-1].endswith(b"\n"):
                self._keep(b"\n")
            self._keep(text.encode())

    def take(self) -> bytes:
        """All that was written since the last time."""
        with self._lock:
            self._drain()
            taken = b"".join(self._pieces)
            self._pieces.clear()
        return taken

    def close(self) -> None:
        """Stops reading."""
        os.close(self._stopped)
        self._thread.join()
        for descriptor in (self._read, self.write_end, self._stop):
            os.close(descriptor)

    def _read_on(self) -> None:
        poll = select.poll()
        poll.register(self._read, select.POLLIN)
        poll.register(self._stop, select.POLLIN)
        while True:
            if self._stop in dict(poll.poll()):
                return
            with self._lock:
                self._drain()

    def _drain(self) -> None:
        while True:
            try:
                piece = os.read(self._read, 1 << 16)
            except BlockingIOError:
                return
            self._keep(piece)

    def _keep(self, piece: bytes) -> None:
        self._pieces.append(piece)
        if self._follow is not None:
            self._follow(piece)
