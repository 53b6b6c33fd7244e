"""One process of a function, from its start to its end, seen from outside."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hauberk.local import supervisor
from hauberk.local.memory import MemoryLimit
from hauberk.local.process_tree import Usage, usage_below
from hauberk.local.sandbox import Isolation, Plan


@dataclass(frozen=True, slots=True)
class Refused:
    """The machine does not allow the isolation of the plan."""

    reason: str


@dataclass(frozen=True, slots=True)
class Started:
    """The runtime is being started."""

    at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The runtime has ended, with all it started; `status` as wait(2) gives it."""

    status: int
    usage: Usage
    was_out_of_memory: bool = False


News = Refused | Started | Ended


class Process:
    """A supervisor and the function's process below it, with a limit of memory where one is given.

    All of them end with `close`.
    """

    def __init__(
        self,
        plan: Plan,
        log: int,
        tell: Callable[[News], None],
        memory: MemoryLimit | None = None,
    ) -> None:
        self._nested = plan.isolation is Isolation.PROCESSES
        self._memory = memory
        self._tell = tell
        told, telling = os.pipe()
        descriptors = (telling,) if memory is None else (telling, memory.door)
        self._supervisor = subprocess.Popen(
            (sys.executable, "-I", "-S", supervisor.__file__, *map(str, descriptors)),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=descriptors,
            start_new_session=True,
        )
        os.close(telling)
        self._listener = threading.Thread(target=self._listen, args=(told,), daemon=True)
        self._listener.start()
        if self._supervisor.stdin is not None:
            self._supervisor.stdin.write(json.dumps(dataclasses.asdict(plan)).encode() + b"\n")
            self._supervisor.stdin.flush()

    def usage(self) -> Usage:
        """What the function's processes have used until now."""
        first = self._supervisor.pid
        if self._nested:
            first = next(supervisor.children(first), first)
        return self._with_group(usage_below(first))

    def close(self) -> None:
        """Ends the function's processes, and waits until they are gone."""
        if self._supervisor.stdin is not None:
            self._supervisor.stdin.close()
        self._supervisor.wait()
        self._listener.join()
        if self._memory is not None:
            self._memory.close()
            self._memory = None

    def _listen(self, told: int) -> None:
        last: News | None = None
        with open(told) as lines:
            for line in lines:
                last = self._news(json.loads(line))
                self._tell(last)
        if last is None or isinstance(last, Started):  # closed, or killed by someone
            self._tell(Ended(signal.SIGKILL, Usage(0, 0)))

    def _news(self, said: dict[str, Any]) -> News:
        if "refused" in said:
            return Refused(said["refused"])
        if "started" in said:
            return Started(said["started"])
        status = said["ended"]["status"]
        usage = Usage(said["ended"]["cpu_s"], said["ended"]["max_rss_kb"])
        killed = status & 0x7F == signal.SIGKILL
        exceeded = killed and self._memory is not None and self._memory.has_ended_one()
        return Ended(status, self._with_group(usage), exceeded)

    def _with_group(self, usage: Usage) -> Usage:
        if self._memory is None:
            return usage
        return dataclasses.replace(usage, group_kb=self._memory.peak_kb(usage.max_rss_kb))
