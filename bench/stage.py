"""Where one function runs, in a process of its own with Lambda's paths as its root.

All environments of a function run on its one stage, one at a time. The stage serves the Runtime
API from its only thread, so nothing runs beside the function while it is measured.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Any, cast

from bench import process
from bench.process import Memory
from bench.runtime_api import BenchError, RuntimeApi
from hauberk.local.function import Function
from hauberk.local.sandbox import Isolation, Plan, Sandbox, sandbox
from hauberk.local.supervisor import PR_SET_PDEATHSIG, Refused, build_root, libc, unshare


@dataclass(frozen=True, slots=True)
class Machine:
    """How the stages use the machine: cores of server and function, a CPU-limited group."""

    server_core: int | None
    function_core: int | None
    group: int | None


@dataclass(frozen=True, slots=True)
class Cold:
    """A start: from the start of the process to its first `next`, and to its first answer."""

    next_wall_ns: int
    next_cpu_ns: int
    answer_wall_ns: int
    answer_cpu_ns: int
    log_bytes: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class Warm:
    """Some invocations: wall time of each, CPU time of all, bytes logged by all."""

    wall_ns: tuple[int, ...]
    cpu_ns: int
    log_bytes: int


class Stage:
    """The parent's end: each method asks the stage's process and waits for its answer."""

    def __init__(self, function: Function, event: bytes, machine: Machine, *, rooted: bool) -> None:
        self._box = sandbox(function)
        self._asking, answering = Pipe()
        self._process = os.fork()
        if self._process == 0:
            _serve(answering, self._asking, _Actor(self._box, event, machine, rooted=rooted))
        answering.close()
        try:
            self._answer()
        except BaseException:
            self.close()
            raise

    def start(self, *, limited: bool = False) -> Cold:
        """Starts an environment and has it answer its first event."""
        return cast(Cold, self._ask("start", limited))

    def invoke(self, times: int) -> Warm:
        """Has the environment answer more events."""
        return cast(Warm, self._ask("invoke", times))

    def memory(self) -> Memory:
        """What memory the environment holds."""
        return cast(Memory, self._ask("memory"))

    def stop(self) -> int:
        """Ends the environment; the CPU time of its whole life, in ns."""
        return cast(int, self._ask("stop"))

    def close(self) -> None:
        """Ends the stage."""
        with contextlib.suppress(OSError):  # it may have ended by itself
            self._asking.send(("quit",))  # a later stage holds a copy of this end: it stays open
        self._asking.close()
        os.waitpid(self._process, 0)
        self._box.close()

    def _ask(self, *question: object) -> object:
        self._asking.send(question)
        return self._answer()

    def _answer(self) -> object:
        try:
            answer = self._asking.recv()
        except EOFError:
            raise BenchError("the stage has ended; its error is above") from None
        if isinstance(answer, BenchError):
            raise answer
        return answer


class _Actor:
    """The stage's own end."""

    def __init__(self, box: Sandbox, event: bytes, machine: Machine, *, rooted: bool) -> None:
        self._box = box
        self._event = event
        self._machine = machine
        self._isolation = Isolation.PATHS if rooted else Isolation.NONE
        self._process: int | None = None
        self._log = -1

    def enter(self) -> None:
        """Builds the root and listens."""
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if self._machine.server_core is not None:
            os.sched_setaffinity(0, {self._machine.server_core})
        self._api = RuntimeApi()
        self._plan: Plan = self._box.plan(self._isolation, self._api.address)
        if self._isolation is Isolation.NONE:
            return
        unshare(processes=False)
        build_root(dataclasses.asdict(self._plan))

    def start(self, limited: bool) -> Cold:
        self._log = os.memfd_create("log")
        group = self._machine.group if limited else None
        began_ns = time.monotonic_ns()
        self._process = process.start(self._plan, self._log, self._machine.function_core, group)
        next_ns = self._api.wait_for_next()
        next_cpu_ns = process.cpu_ns(self._process)
        answer, _, answered_ns = self._api.give(self._event)
        self._api.wait_for_next()
        return Cold(
            next_wall_ns=next_ns - began_ns,
            next_cpu_ns=next_cpu_ns,
            answer_wall_ns=answered_ns - began_ns,
            answer_cpu_ns=self._cpu_ns(),
            log_bytes=self._log_bytes(),
            answer=answer,
        )

    def invoke(self, times: int) -> Warm:
        log_bytes, cpu_ns = self._log_bytes(), self._cpu_ns()
        wall_ns = []
        for _ in range(times):
            _, sent_ns, answered_ns = self._api.give(self._event)
            wall_ns.append(answered_ns - sent_ns)
            self._api.wait_for_next()
        return Warm(tuple(wall_ns), self._cpu_ns() - cpu_ns, self._log_bytes() - log_bytes)

    def memory(self) -> Memory:
        return process.memory(self._running())

    def stop(self) -> int:
        used_ns = process.end(self._running())
        self._process = None
        self._api.hang_up()
        os.close(self._log)
        return used_ns

    def told(self) -> str:
        """The last that the function wrote."""
        with contextlib.suppress(OSError):
            return os.pread(self._log, 4000, max(0, self._log_bytes() - 4000)).decode()
        return ""

    def _running(self) -> int:
        if self._process is None:
            raise BenchError("no environment runs")
        return self._process

    def _cpu_ns(self) -> int:
        running = self._running()
        return process.cpu_ns(running) + process.ended_children_ns(running)

    def _log_bytes(self) -> int:
        return os.fstat(self._log).st_size


def _serve(answering: Connection[Any, Any], asking: Connection[Any, Any], actor: _Actor) -> None:
    asking.close()
    try:
        for answer in _answers(answering, actor):
            answering.send(answer)
    finally:
        with contextlib.suppress(BenchError):
            actor.stop()
        os._exit(0)


def _answers(answering: Connection[Any, Any], actor: _Actor) -> Iterator[object]:
    try:
        actor.enter()
        yield None
        while (question := answering.recv()) != ("quit",):
            name, *arguments = question
            yield getattr(actor, name)(*arguments)
    except (BenchError, Refused, OSError) as error:
        yield BenchError(f"{error}\n{actor.told()}")
