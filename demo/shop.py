"""The shop's function in a local Lambda, with the guard or without it."""

import json
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.api_gateway import Call
from demo.records import detections
from demo.setting import Setting
from demo.story import Reply
from hauberk.local import Environment, Function

CODE = Path(__file__).parent / "function"
NAME = "orders"
WRAPPER = "/opt/hauberk/wrapper"


@dataclass(frozen=True, slots=True)
class Guard:
    """The layer, and the variables that tell it what to do."""

    layer: Path
    mode: str = "detect"
    policy: str = ""

    def variables(self) -> dict[str, str]:
        """What is added to the function's environment variables."""
        chosen = {"HAUBERK_POLICY": self.policy} if self.policy else {"HAUBERK_MODE": self.mode}
        return {"AWS_LAMBDA_EXEC_WRAPPER": WRAPPER, **chosen}


@dataclass(frozen=True, slots=True)
class LocalShop:
    """The function, running."""

    environment: Environment

    def ask(self, call: Call) -> Reply:
        """The answer to one request."""
        answer = self.environment.invoke(call.event())
        return Reply(
            answer.payload, _body(answer.payload), detections(answer.log, answer.request_id)
        )


@contextmanager
def opened(setting: Setting, guard: Guard | None, log: Path) -> Iterator[LocalShop]:
    """Runs the function; its log goes to the file `log`."""
    function = Function(
        CODE,
        name=NAME,
        layers=(guard.layer,) if guard else (),
        environment={**setting.environment, **(guard.variables() if guard else {})},
        timeout_s=10,
        hosts=setting.hosts,
    )
    with (
        log.open("wb", buffering=0) as file,
        Environment(function, namespace=setting.isolated, follow=file.write) as environment,
    ):
        yield LocalShop(environment)


def layer(distribution: Path) -> Path:
    """The layer for this machine in the folder where `make layer` puts it."""
    machine = {"aarch64": "arm64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    return distribution / f"hauberk-python-{machine}.zip"


def _body(payload: bytes) -> str:
    try:
        answer = json.loads(payload)
    except ValueError:
        return ""
    return str(answer.get("body", "")) if isinstance(answer, dict) else ""
