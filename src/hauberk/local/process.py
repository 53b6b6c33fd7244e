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


class Process:
    """A supervisor and the function's process below it; both end with `close`."""

    def __init__(
        self, plan: Plan, log: int, tell: Callable[[Refused | Started | Ended], None]
    ) -> None:
        self._nested = plan.isolation is Isolation.PROCESSES
        told, telling = os.pipe()
        program = (sys.executable, "-I", "-S", supervisor.__file__, str(telling))
        self._supervisor = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=(telling,),
            start_new_session=True,
        )
        os.close(telling)
        self._listener = threading.Thread(target=_listen, args=(told, tell), daemon=True)
        self._listener.start()
        if self._supervisor.stdin is not None:
            self._supervisor.stdin.write(json.dumps(dataclasses.asdict(plan)).encode() + b"\n")
            self._supervisor.stdin.flush()

    def usage(self) -> Usage:
        """What the function's processes have used until now."""
        first = self._supervisor.pid
        if self._nested:
            first = next(supervisor.children(first), first)
        return usage_below(first)

    def close(self) -> None:
        """Ends the function's processes, and waits until they are gone."""
        if self._supervisor.stdin is not None:
            self._supervisor.stdin.close()
        self._supervisor.wait()
        self._listener.join()


def _listen(told: int, tell: Callable[[Refused | Started | Ended], None]) -> None:
    last: Refused | Started | Ended | None = None
    with open(told) as lines:
        for line in lines:
            last = _message(json.loads(line))
            tell(last)
    if last is None or isinstance(last, Started):  # closed, or killed by someone
        tell(Ended(signal.SIGKILL, Usage(0, 0)))


def _message(said: dict[str, Any]) -> Refused | Started | Ended:
    if "refused" in said:
        return Refused(said["refused"])
    if "started" in said:
        return Started(said["started"])
    ended = said["ended"]
    return Ended(ended["status"], Usage(ended["cpu_s"], ended["max_rss_kb"]))
