"""Functions that run as the product runs them: AWS's runtime client, Lambda's paths, our layer."""

from __future__ import annotations

import json
import re
import tempfile
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from hauberk.local import Answer, Environment, Function
from hauberk.local.attach import attach
from hauberk.policy import compile_policy, read
from pythons import EVERY

SPEC = Path(__file__).parents[2] / "spec"
KEY = Ed25519PrivateKey.generate()
# The Pythons on which most of the guard is tested: the oldest, this one, the newest.
oldest_and_newest = pytest.mark.pythons(EVERY[0], None, EVERY[-1])
LAMBDAS_LINE = re.compile(r"^(INIT_START|START|END|REPORT) .*\n|^INIT_REPORT .*\n", re.M)


@cache
def record_schema() -> Draft202012Validator:
    schemas = {file.name: json.loads(file.read_text()) for file in SPEC.glob("*.schema.json")}
    resources = [(name, Resource.from_contents(schema)) for name, schema in schemas.items()]
    return Draft202012Validator(
        schemas["record.schema.json"], registry=Registry().with_resources(resources)
    )


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


def is_record(line: str) -> bool:
    return line.startswith("{") and '"HAUBERK1"' in line


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


def policy(
    *,
    mode: str = "prevent",
    function: str = "function",
    key: Ed25519PrivateKey = KEY,
    document: Mapping[str, Any] | None = None,
    **settings: Any,
) -> str:
    """The value of HAUBERK_POLICY for a function with these settings in its `hauberk.yaml`."""
    yaml_document = {
        "hauberk": 1,
        "functions": {function: {"mode": mode, **settings}},
        **(document or {}),
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "hauberk.yaml")
        file.write_text(yaml.safe_dump(yaml_document))
        return compile_policy(read(file), function, key=key, now=int(time.time())).variable
