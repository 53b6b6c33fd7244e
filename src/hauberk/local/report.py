"""The lines Lambda itself writes into a function's log, in its text format."""

from __future__ import annotations

import math
import signal
import time
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Failure:
    """How a phase failed: Lambda's status (`error`, `timeout`) and error type."""

    status: str
    error_type: str = ""

    def __str__(self) -> str:
        kind = f"\tError Type: {self.error_type}" if self.error_type else ""
        return f"\tStatus: {self.status}{kind}"


class Phase(StrEnum):
    """When an init runs: before the first invocation, or in the time of one."""

    INIT = "init"
    INVOKE = "invoke"


def init_start(runtime: str, region: str) -> str:
    """The line before the runtime starts; `runtime` is as `python:3.11.7`."""
    arn = f"arn:aws:lambda:{region}::runtime:local"
    return f"INIT_START Runtime Version: {runtime}.local\tRuntime Version ARN: {arn}\n"


def restore_start(runtime: str, region: str) -> str:
    """The line before an environment goes on from its snapshot."""
    return "RESTORE" + init_start(runtime, region).removeprefix("INIT")


def restore_report(restore_ms: float) -> str:
    """The line after a restore."""
    return f"RESTORE_REPORT Restore Duration: {restore_ms:.2f} ms\n"


def init_report(init_ms: float, phase: Phase, failure: Failure) -> str:
    """The line after an init that failed."""
    return f"INIT_REPORT Init Duration: {init_ms:.2f} ms\tPhase: {phase}{failure}\n"


def start(request_id: str) -> str:
    """The line before an invocation."""
    return f"START RequestId: {request_id} Version: $LATEST\n"


def end(request_id: str) -> str:
    """The line after an invocation."""
    return f"END RequestId: {request_id}\n"


@dataclass(frozen=True, slots=True)
class Report:
    """What the last line of an invocation says."""

    request_id: str
    duration_ms: float
    memory_mb: int
    memory_kb: int
    init_ms: float | None
    failure: Failure | None

    def __str__(self) -> str:
        billed_ms = math.ceil(self.duration_ms + (self.init_ms or 0))  # init too, since 2025
        fields = [
            f"REPORT RequestId: {self.request_id}",
            f"Duration: {self.duration_ms:.2f} ms",
            f"Billed Duration: {billed_ms} ms",
            f"Memory Size: {self.memory_mb} MB",
            f"Max Memory Used: {math.ceil(self.memory_kb / 1024)} MB",
        ]
        if self.init_ms is not None:
            fields.append(f"Init Duration: {self.init_ms:.2f} ms")
        return "\t".join(fields) + str(self.failure or "\t") + "\n"


def timed_out(timeout_s: float) -> str:
    """What is said of an invocation that took too long."""
    return f"Task timed out after {timeout_s:.2f} seconds"


def timeout_line(request_id: str, timeout_s: float) -> str:
    """The line about an invocation that took too long."""
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    return f"{stamp}.{int(now % 1 * 1000):03d}Z {request_id} {timed_out(timeout_s)}\n\n"


def exited(wait_status: int) -> str:
    """What is said of a runtime that ended with `wait_status`, as wait(2) gives it."""
    if signal_number := wait_status & 0x7F:
        name = (signal.strsignal(signal_number) or str(signal_number)).lower()
        return f"Runtime exited with error: signal: {name}"
    if code := wait_status >> 8:
        return f"Runtime exited with error: exit status {code}"
    return "Runtime exited without providing a reason"


def exit_lines(request_id: str, wait_status: int, error_type: str) -> str:
    """The lines about a runtime that ended during an invocation."""
    return f"RequestId: {request_id} Error: {exited(wait_status)}\n{error_type}\n"
