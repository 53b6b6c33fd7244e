"""Functions that run as the product runs them: AWS's runtime client, Lambda's paths, our layer."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from contract import KEY, is_record, policy, record_schema  # noqa: F401 - what the tests of the guard need besides
from hauberk.local import Answer, Environment, Function
from hauberk.local.attach import attach
from pythons import EVERY

# The Pythons on which most of the guard is tested: the oldest, this one, the newest.
oldest_and_newest = pytest.mark.pythons(EVERY[0], None, EVERY[-1])
LAMBDAS_LINE = re.compile(r"^(INIT_START|START|END|REPORT) .*\n|^INIT_REPORT .*\n", re.M)


@dataclass(frozen=True)
class Seen:
    """What one invocation gave."""

    answer: Answer

    @property
    def payload(self) -> bytes:
        return self.answer.payload

    @property
    def value(self) -> Any:
        assert self.answer.error is None, self.answer.log
        return json.loads(self.answer.payload)

    @property
    def error(self) -> str:
        """The error type that the caller sees."""
        assert self.answer.error is not None, self.answer.payload
        return str(json.loads(self.answer.payload)["errorType"])

    @property
    def message(self) -> str:
        assert self.answer.error is not None, self.answer.payload
        return str(json.loads(self.answer.payload)["errorMessage"])

    @cached_property
    def record_lines(self) -> list[str]:
        return [line for line in self.answer.log.split("\n") if is_record(line)]

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The guard's records, each of which obeys the schema."""
        found = [json.loads(line) for line in self.record_lines]
        for line, record in zip(self.record_lines, found, strict=True):
            record_schema().validate(record)
            assert len(line.encode()) <= 4000
        return found

    @property
    def own_log(self) -> str:
        """What the function's own process wrote: neither Lambda's lines nor the guard's."""
        lines = LAMBDAS_LINE.sub("", self.answer.log).split("\n")
        return "\n".join(line for line in lines if not is_record(line))

    def of_type(self, record_type: str) -> list[dict[str, Any]]:
        return [record for record in self.records if record["type"] == record_type]

    @property
    def activities(self) -> list[dict[str, Any]]:
        return self.of_type("activity")

    @property
    def detections(self) -> list[dict[str, Any]]:
        return self.of_type("detection")

    @property
    def statuses(self) -> list[dict[str, Any]]:
        return self.of_type("status")


# The last words of a process that dies: the runtime's time stamps, and the frames below the
# handler, where the guard starts the runtime. No answer holds either.
STAMP = re.compile(r"\[\d{13}\]|\d{4}-\d\d-\d\dT[\d:.]+Z")
BELOW = re.compile(
    r'^  File "(<string>|<frozen runpy>|[^"]*/runpy\.py|[^"]*/hauberk/[^"]*)", .*\n(    .*\n)*',
    re.M,
)


def last_words(log: str) -> str:
    """A process's log without what differs from one run to the next, or by the guard's frames."""
    return STAMP.sub("[time]", BELOW.sub("", log))


class Running:
    """One environment, with a folder that both the function and the test see."""

    def __init__(self, environment: Environment, world: str, outside: Path) -> None:
        self.environment = environment
        self.world = world
        self.outside = outside
        self.first: Seen | None = None
        self._is_closed = False

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self.environment.close()

    def invoke(self, event: object) -> Seen:
        return Seen(self.environment.invoke(event))

    def invoke_raw(self, event: bytes, request_id: str | None = None) -> Seen:
        """As the Runtime API hands the bytes over, whatever they are; Invoke itself asks for JSON."""
        return Seen(self.environment._invoke(event, request_id or str(uuid.uuid4())))


def protected(function: Function, layer: Path, settings: Mapping[str, str] | None) -> Function:
    """`function` with the guard; as it is where `settings` is None."""
    return function if settings is None else attach(function, layer, settings)
