"""One execution environment: started at its first invocation, and again after its process ended."""

from __future__ import annotations

import secrets
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from hauberk.local import report
from hauberk.local.event import event_bytes
from hauberk.local.failure import explain
from hauberk.local.function import Answer, Function, LocalError
from hauberk.local.log import Log
from hauberk.local.process import Refused
from hauberk.local.report import Phase, Report
from hauberk.local.run import Outcome, Run
from hauberk.local.runtime_api import Invocation
from hauberk.local.sandbox import Isolation, sandbox
from hauberk.local.variables import function_arn, region
from hauberk.model.escaped import escaped

INIT_LIMIT_S = 10  # Lambda's, of the first try; the second has the function's timeout


@dataclass(frozen=True, slots=True)
class Begun:
    """A start of the process for an invocation: when its last init ran, and how that went."""

    phase: Phase
    init: Outcome

    @property
    def within_s(self) -> float:
        """How much of the invocation's own time the init took."""
        return self.init.duration_s if self.phase is Phase.INVOKE else 0.0


class Environment:
    """Runs a function, one invocation at a time or several, as its `concurrency` says; a context manager.

    `namespace` says whether it has a root of its own, where Lambda's paths are true; None is for
    where the machine allows it. `follow` gets the log as it comes, `tell` what is to say of it.
    """

    def __init__(
        self,
        function: Function,
        *,
        namespace: bool | None = None,
        follow: Callable[[bytes], None] | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._function = function
        self._isolations = _isolations(namespace)
        self._sandbox = sandbox(function)
        self._log = Log(follow)
        self._tell = tell or _to_standard_error
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._was_begun = False

    def __enter__(self) -> Environment:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the function's processes and removes its folders."""
        with self._lock:
            self._stop()
            self._log.close()
            self._sandbox.close()

    def invoke(self, event: object) -> Answer:
        """The function's answer to `event`: JSON as bytes, or what JSON can be made of."""
        checked = event_bytes(event)
        with self._lock:
            return self._invoke(checked, str(uuid.uuid4()))

    def invoke_all(self, events: Iterable[object]) -> list[Answer]:
        """The answers to `events`, in their order: at once where the environment takes several.

        What is written at once is one log, which the last answer has.
        """
        checked = [event_bytes(event) for event in events]
        with self._lock:
            if self._function.pollers == 1:
                return [self._invoke(event, str(uuid.uuid4())) for event in checked]
            return self._invoke_at_once(checked)

    def _invoke_at_once(self, events: list[bytes]) -> list[Answer]:
        run, begun = self._ready()
        left_s = self._function.timeout_s - (begun.within_s if begun else 0)
        offered = [self._invocation(event, str(uuid.uuid4()), left_s) for event in events]
        before_s = run.usage().cpu_s
        if begun is None or begun.init.failure is None:
            outcomes = run.invoke_all(offered, lambda name: self._log.line(report.start(name)))
        else:
            outcomes = {one.request_id: replace(begun.init, duration_s=0) for one in offered}
        answers = [
            self._answer(one.request_id, outcomes[one.request_id], before_s, begun, takes_log=False)
            for one in offered
        ]
        log = self._log.take().decode(errors="replace")
        return [*answers[:-1], *(replace(answer, log=log) for answer in answers[-1:])]

    def _invoke(self, event: bytes, request_id: str) -> Answer:
        if self._function.pollers > 1:
            return self._invoke_at_once([event])[0]
        run, begun = self._ready()
        self._log.line(report.start(request_id))
        if begun is not None and begun.init.failure is not None:
            return self._answer(request_id, replace(begun.init, duration_s=0), 0.0, begun)
        before_s = run.usage().cpu_s
        left_s = self._function.timeout_s - (begun.within_s if begun else 0)
        outcome = run.invoke(self._invocation(event, request_id, left_s))
        return self._answer(request_id, outcome, before_s, begun)

    def _ready(self) -> tuple[Run, Begun | None]:
        """The process, and how it was started where it was started for this invocation.

        The first init that fails is tried once more, in the time of the invocation. In it is also
        each init after a process that has ended.
        """
        if self._run is not None and not self._run.is_over():
            return self._run, None
        if not self._was_begun:
            self._was_begun = True
            self._log.line(report.init_start(self._told(), region(self._function)))
            run, init = self._init(Phase.INIT, INIT_LIMIT_S)
            if run.no_limit:
                self._tell(f"the memory size is not enforced here: {run.no_limit}")
            if init.failure is None:
                return run, Begun(Phase.INIT, init)
        run, init = self._init(Phase.INVOKE, self._function.timeout_s)
        return run, Begun(Phase.INVOKE, init)

    def _init(self, phase: Phase, limit_s: float) -> tuple[Run, Outcome]:
        self._stop()
        run, init = self._start(limit_s)
        if init.failure is not None:
            status = explain(init.failure, "", self._function.timeout_s).failure
            self._log.line(report.init_report(init.duration_s * 1000, phase, status))
        return run, init

    def _start(self, limit_s: float) -> tuple[Run, Outcome]:
        refusals: list[str] = []
        while self._isolations:
            isolation = self._isolations[0]
            self._check(isolation, refusals)
            self._run = Run(self._sandbox, isolation, self._log)
            init = self._run.init(limit_s)
            if not isinstance(init, Refused):
                return self._run, self._restored(self._run, init)
            self._stop()
            refusals.append(init.reason)
            self._isolations = self._isolations[1:]
        raise LocalError(
            f"this machine gives no mount namespace ({refusals[-1]}); run as root, allow user "
            "namespaces, or leave the function without Lambda's paths by --no-namespace"
        )

    def _restored(self, run: Run, init: Outcome) -> Outcome:
        """How it went on from the snapshot, where one is taken; else how the init went."""
        if not self._function.restores or init.failure is not None:
            return init
        self._log.line(report.restore_start(self._told(), region(self._function)))
        restored = run.restore(INIT_LIMIT_S)
        if isinstance(restored, Refused):
            return init
        self._log.line(report.restore_report(restored.duration_s * 1000))
        return replace(restored, duration_s=init.duration_s + restored.duration_s)

    def _told(self) -> str:
        return f"{self._sandbox.language.family}:{self._sandbox.language.version}"

    def _check(self, isolation: Isolation, refusals: list[str]) -> None:
        if isolation is not Isolation.NONE:
            return
        if self._function.hosts:
            raise LocalError(
                "`hosts` needs a mount namespace, which is not to be had here: "
                f"{(refusals or ['not wanted'])[-1]}; run as root or allow user namespaces"
            )
        if refusals:
            self._tell(f"no mount namespace ({refusals[-1]}): Lambda's paths are not true here")

    def _invocation(self, event: bytes, request_id: str, left_s: float) -> Invocation:
        root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
        trace_id = f"Root={root};Parent={secrets.token_hex(8)};Sampled=0"
        return Invocation(request_id, event, left_s, function_arn(self._function), trace_id)

    def _answer(
        self,
        request_id: str,
        outcome: Outcome,
        before_s: float,
        begun: Begun | None,
        *,
        takes_log: bool = True,
    ) -> Answer:
        explained = None
        if outcome.failure is not None:
            self._stop()
            explained = explain(outcome.failure, request_id, self._function.timeout_s)
            self._log.line(explained.lines)
        answer = outcome.answer
        payload = answer.payload if answer else explained.payload if explained else b""
        failed = answer.error_type is not None if answer else True
        init_ms = None if begun is None else begun.init.duration_s * 1000
        written = Report(
            request_id,
            (outcome.duration_s + (begun.within_s if begun else 0)) * 1000,
            self._function.memory_mb,
            outcome.usage.memory_kb,
            init_ms if begun is not None and begun.phase is Phase.INIT else None,
            explained.failure if explained else None,
        )
        self._log.line(report.end(request_id))
        self._log.line(str(written))
        return Answer(
            request_id=request_id,
            payload=payload,
            error="Unhandled" if failed else None,
            log=self._log.take().decode(errors="replace") if takes_log else "",
            duration_ms=written.duration_ms,
            init_ms=init_ms,
            max_rss_kb=outcome.usage.max_rss_kb,
            cpu_ms=max(0.0, outcome.usage.cpu_s - before_s) * 1000,
            init_cpu_ms=None if begun is None else begun.init.usage.cpu_s * 1000,
        )

    def _stop(self) -> None:
        if self._run is not None:
            self._run.close()
            self._run = None


def _to_standard_error(text: str) -> None:
    print(f"hauberk: {escaped(text)}", file=sys.stderr)


def _isolations(namespace: bool | None) -> tuple[Isolation, ...]:
    own_root = (Isolation.PROCESSES, Isolation.PATHS)
    if namespace is None:
        return (*own_root, Isolation.NONE)
    return own_root if namespace else (Isolation.NONE,)
