"""What Lambda says, to the caller and in the log, when the function's process fails."""

from __future__ import annotations

from dataclasses import dataclass

from hauberk.local import report
from hauberk.local.process import Ended
from hauberk.local.report import Failure
from hauberk.local.run import TimedOut
from hauberk.local.runtime_api import InitFailed, error_payload


@dataclass(frozen=True, slots=True)
class Explained:
    """A failure in Lambda's words: the answer to the caller, log lines, the report's status."""

    payload: bytes
    lines: str
    failure: Failure


def explain(why: InitFailed | Ended | TimedOut, request_id: str, timeout_s: float) -> Explained:
    """The failure of the invocation `request_id`, or of the init it waited for."""
    if isinstance(why, InitFailed):
        return Explained(why.payload, "", Failure("error", why.error_type))
    if isinstance(why, Ended):
        error_type = "Runtime.OutOfMemory" if why.was_out_of_memory else "Runtime.ExitError"
        what, failure = report.exited(why.status), Failure("error", error_type)
        lines = report.exit_lines(request_id, why.status, error_type)
    else:
        what, error_type = report.timed_out(timeout_s), "Sandbox.Timedout"
        lines, failure = report.timeout_line(request_id, timeout_s), Failure("timeout")
    message = f"RequestId: {request_id} Error: {what}"
    return Explained(error_payload(error_type, message), lines, failure)
