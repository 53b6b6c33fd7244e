"""A function's process with its Runtime API: one init, a restore where there is one, then invocations."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable
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
    Snapshotted,
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
        self._pollers = box.function.pollers
        self._is_snapshot = box.function.restores > 0
        self._api = RuntimeApi(self._said.put, self._pollers, is_snapshot=self._is_snapshot)
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
        """Waits until the function is loaded in all its processes, or is not going to be."""
        return self._ready(Snapshotted if self._is_snapshot else Polled, limit_s)

    def restore(self, limit_s: float) -> Outcome | Refused:
        """Lets the function go on from where its snapshot would have been taken."""
        self._api.restore()
        return self._ready(Polled, limit_s)

    def _ready(self, when: type[Polled | Snapshotted], limit_s: float) -> Outcome | Refused:
        failed: InitFailed | None = None
        missing = self._pollers
        began = time.monotonic()
        until = began + limit_s
        while True:
            said = self._next(until)
            if isinstance(said, Refused):
                return said
            if isinstance(said, when):
                missing -= 1
                if missing == 0:
                    return Outcome(said.at - began, self.usage(), None, None)
            elif isinstance(said, Started):
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

    def invoke_all(
        self, invocations: list[Invocation], begun: Callable[[str], None]
    ) -> dict[str, Outcome]:
        """Has the function answer as many at once as it takes; says which has `begun`.

        One that takes too long is the end of all that are under way.
        """
        waiting = {one.request_id: one for one in invocations}
        began: dict[str, float] = {}
        outcomes: dict[str, Outcome] = {}
        for one in invocations:
            self._api.offer(one)
        while waiting:
            said = self._next(self._first_deadline(waiting, began))
            if isinstance(said, Delivered):
                began[said.request_id] = said.at
                begun(said.request_id)
            elif isinstance(said, Answered) and said.request_id in waiting:
                del waiting[said.request_id]
                took_s = time.monotonic() - began[said.request_id]
                outcomes[said.request_id] = Outcome(took_s, self.usage(), said, None)
            elif said is None or isinstance(said, Ended):
                now = time.monotonic()
                for request_id in waiting:
                    since = began.get(request_id, now)
                    outcomes[request_id] = self._failed(since, said, said)
                return outcomes
        return outcomes

    def _first_deadline(self, waiting: dict[str, Invocation], began: dict[str, float]) -> float:
        due = [began[name] + one.timeout_s for name, one in waiting.items() if name in began]
        return min(due, default=time.monotonic() + max(one.timeout_s for one in waiting.values()))

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
