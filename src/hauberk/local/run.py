"""A function's process with its Runtime API: one init, then one invocation at a time."""

from __future__ import annotations

import contextlib
import queue
import time
from dataclasses import dataclass

from hauberk.local.cgroup import NoGroup
from hauberk.local.log import Log
from hauberk.local.memory import MemoryLimit, memory_limit
from hauberk.local.process import Ended, Process, Refused, Started
from hauberk.local.process_tree import Usage
from hauberk.local.runtime_api import (
    Answered,
    Delivered,
    InitFailed,
    Invocation,
    Message,
    Polled,
    RuntimeApi,
)
from hauberk.local.sandbox import Isolation, Sandbox

EXIT_LIMIT_S = 2  # how long a runtime that has reported a failed init may take to end


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The time was over first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an init or an invocation went; after a failure the process is of no more use."""

    duration_s: float
    usage: Usage
    answer: Answered | None
    failure: InitFailed | Ended | TimedOut | None


class Run:
    """Starts the process; `close` ends it. `no_limit` says why its memory has none, where it has none."""

    def __init__(self, box: Sandbox, isolation: Isolation, log: Log) -> None:
        self._said: queue.SimpleQueue[Message | Refused | Started | Ended] = queue.SimpleQueue()
        self._api = RuntimeApi(self._said.put)
        self.no_limit = ""
        with contextlib.ExitStack() as undo:
            undo.callback(self._api.close)
            plan = box.plan(isolation, self._api.address)
            memory = self._memory(box.function.memory_mb)
            if memory is not None:
                undo.callback(memory.close)
            self._process = Process(plan, log.write_end, self._said.put, memory)
            undo.pop_all()

    def init(self, limit_s: float) -> Outcome | Refused:
        """Waits until the function is loaded, or is not going to be."""
        failed: InitFailed | None = None
        began = time.monotonic()
        until = began + limit_s
        while True:
            said = self._next(until)
            if isinstance(said, Refused):
                return said
            if isinstance(said, Polled):
                return Outcome(said.at - began, self.usage(), None, None)
            if isinstance(said, Started):
                began, until = said.at, said.at + limit_s
            elif isinstance(said, InitFailed):
                failed, until = said, time.monotonic() + EXIT_LIMIT_S
            elif said is None or isinstance(said, Ended):
                return self._failed(began, said, failed or said)

    def invoke(self, invocation: Invocation) -> Outcome:
        """Has the function answer, and waits until it is ready for more."""
        answer: Answered | None = None
        began = time.monotonic()
        until = began + invocation.timeout_s
        self._api.offer(invocation)
        while True:
            said = self._next(until)
            if isinstance(said, Polled):
                return Outcome(said.at - began, self.usage(), answer, None)
            if isinstance(said, Delivered):
                began, until = said.at, said.at + invocation.timeout_s
            elif isinstance(said, Answered):
                answer = said
            elif said is None or isinstance(said, Ended):
                return self._failed(began, said, said, answer)

    def is_over(self) -> bool:
        """Has the process ended since the last invocation?"""
        while said := self._next(0):
            if isinstance(said, Ended):
                return True
        return False

    def usage(self) -> Usage:
        """What the function's processes have used until now."""
        return self._process.usage()

    def close(self) -> None:
        """Ends the function's processes."""
        self._process.close()
        self._api.close()

    def _memory(self, limit_mb: int) -> MemoryLimit | None:
        try:
            return memory_limit(limit_mb)
        except NoGroup as reason:
            self.no_limit = str(reason)
            return None

    def _next(self, until: float) -> Message | Refused | Started | Ended | None:
        try:
            return self._said.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            return None

    def _failed(
        self,
        began: float,
        end: Ended | None,
        why: InitFailed | Ended | None,
        answer: Answered | None = None,
    ) -> Outcome:
        usage = self.usage() if end is None else end.usage
        return Outcome(time.monotonic() - began, usage, answer, why or TimedOut())
