"""Processes that read parts of logs beside this one, and give what they read in the order of the parts.

A reader has nothing of this process but its end of a pipe: it holds no lock, and ends when this process does.
"""

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection, Pipe
from queue import SimpleQueue

from hauberk.learn.records.log import LogError
from hauberk.store.part import Part, Read, read

MOST = 8
_LEAST_BYTES = 8 << 20  # what is read here before another process is worth its start
_AHEAD = 2  # bundles for each reader, read or being read
_BUNDLE_BYTES = 1 << 19
_MOST_PARTS = 64

Result = tuple[Part, Read]


def available() -> int:
    """How many readers this machine has room for."""
    of_process = getattr(os, "sched_getaffinity", None)  # not on macOS
    cores = len(of_process(0)) if of_process else os.cpu_count() or 1
    return min(cores, MOST)


def read_by(workers: int, parts: Iterable[Part]) -> Generator[Result]:
    """Read parts by so many processes; by this one alone where there are few parts, or one worker is asked for."""
    parts, done = iter(parts), 0
    for part in parts:
        yield part, read(part)
        done += len(part.lines)
        if workers > 1 and done >= _LEAST_BYTES:
            break
    yield from _read_beside(workers, parts)


def _read_beside(workers: int, parts: Iterator[Part]) -> Generator[Result]:
    idle: SimpleQueue[_Reader | None] = SimpleQueue()
    for _ in range(workers):
        idle.put(None)
    threads = ThreadPoolExecutor(workers)
    pending: deque[Future[list[Result]]] = deque()
    try:
        for bundle in _bundles(parts):
            pending.append(threads.submit(_ask, idle, bundle))
            if len(pending) >= workers * _AHEAD:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    finally:
        threads.shutdown(cancel_futures=True)
        for _ in range(workers):
            if reader := idle.get():
                reader.close()


def _bundles(parts: Iterator[Part]) -> Iterator[list[Part]]:
    """Put small logs together: each question takes as long as some records."""
    bundle: list[Part] = []
    for part in parts:
        bundle.append(part)
        if sum(len(one.lines) for one in bundle) >= _BUNDLE_BYTES or len(bundle) == _MOST_PARTS:
            yield bundle
            bundle = []
    if bundle:
        yield bundle


def _ask(idle: "SimpleQueue[_Reader | None]", bundle: list[Part]) -> list[Result]:
    reader = idle.get()
    try:
        reader = reader or _Reader()
        return list(zip(bundle, reader.read(bundle), strict=True))
    finally:
        idle.put(reader)


class _Reader:
    """One such process."""

    def __init__(self) -> None:
        self._pipe, its = Pipe()
        with its:
            command = [sys.executable, "-P", "-m", __name__, str(its.fileno())]
            paths = os.pathsep.join(filter(None, sys.path))
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
                pass_fds=[its.fileno()],
            )

    def read(self, bundle: list[Part]) -> list[Read]:
        try:
            self._pipe.send(bundle)
            answers: list[Read] = self._pipe.recv()
        except (EOFError, OSError) as error:
            first, last = bundle[0], bundle[-1]
            end = last.first_line + max(last.lines.count(b"\n") - 1, 0)
            raise LogError(
                f"{first.name}, line {first.first_line:,}, to {last.name}, line {end:,}: the process that read this "
                f"ended with status {self._process.wait()}; run it again with --workers 1"
            ) from error
        return answers

    def close(self) -> None:
        self._pipe.close()
        self._process.wait()


def main() -> None:
    """Read what comes, until nobody is there who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asks ends this one
    with Connection(int(sys.argv[1])) as pipe:
        try:
            while True:
                pipe.send([read(part) for part in pipe.recv()])
        except (EOFError, OSError):  # who asked is gone, maybe within a word
            return


if __name__ == "__main__":
    main()
