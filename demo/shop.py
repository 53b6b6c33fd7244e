"""The shop's function in a local Lambda, with the guard or without it."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from demo.api_gateway import Call
from demo.records import detections
from demo.setting import Setting
from demo.story import Reply
from hauberk.local import Environment, Function, LocalError
from hauberk.local.attach import attach

CODE = Path(__file__).parent / "function"
NAME = "orders"


@dataclass(frozen=True, slots=True)
class Guard:
    """Hauberk's layer, and the variables that tell it what to do."""

    layer: Path
    variables: dict[str, str]


@dataclass(frozen=True, slots=True)
class LocalShop:
    """The function, running."""

    environment: Environment

    def ask(self, call: Call) -> Reply:
        """The answer to one request."""
        answer = self.environment.invoke(call.event())
        found = detections(answer.log, answer.request_id)
        return Reply(answer.payload, _body(answer.payload), found)


@contextmanager
def opened(setting: Setting, guard: Guard | None, log: Path) -> Iterator[LocalShop]:
    """Runs the function; its log goes to the file `log`."""
    if "TMPDIR" in setting.environment:
        _empty(Path(setting.environment["TMPDIR"]))
    function = Function(
        CODE, name=NAME, environment=setting.environment, timeout_s=10, hosts=setting.hosts
    )
    if guard is not None:
        function = attach(function, guard.layer, guard.variables)
    with (
        log.open("wb", buffering=0) as file,
        Environment(
            function, namespace=setting.isolated, follow=_writer(file), tell=_nobody
        ) as environment,
    ):
        yield LocalShop(environment)


def _nobody(_: str) -> None:
    """What this machine does not allow is told where it matters: by the demonstration itself."""


def isolation_is_allowed(folder: Path) -> bool:
    """Does this machine let a function have a root of its own? Asked with an empty function."""
    code = folder / "empty"
    code.mkdir()
    (code / "app.py").write_text("def handler(event, context): return event\n")
    with Environment(Function(code), namespace=True, tell=_nobody) as environment:
        try:
            environment.invoke({})
        except LocalError:
            return False
    return True


def _empty(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()


def _writer(file: FileIO) -> Callable[[bytes], None]:
    def write(text: bytes) -> None:
        file.write(text)

    return write


def _body(payload: bytes) -> str:
    try:
        answer = json.loads(payload)
    except ValueError:
        return ""
    return str(answer.get("body", "")) if isinstance(answer, dict) else ""
