"""Attaches the guard to a Python process of a function's own tests; on PYTHONPATH, so that Python imports it first.

The process is a sandbox, and each call of the handler an invocation, as is the import of the handler's module. What
the tests themselves do stands outside. Records go to a file of their own; what the tests print stays as it is.
"""

import contextlib
import functools
import importlib
import importlib.machinery
import json
import os
import sys
import uuid
from typing import Any

SETTINGS = "HAUBERK_TESTED"  # JSON; `local/tested.py` writes it
FOLDER = os.path.dirname(os.path.abspath(__file__))


def attach(settings: "dict[str, Any]") -> Any:
    """Arm the guard as on Lambda, and leave neither a variable nor a descriptor; give the gate's client."""
    before = dict(os.environ)
    kept = os.dup(2)
    path = os.path.join(settings["log"], f"{os.getpid()}-{uuid.uuid4().hex}.log")
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.dup2(log, 2)
        os.environ.update(settings["variables"])
        boot = os.path.join(settings["layer"], "hauberk", "boot.py")
        parts = {"__name__": "hauberk_launch", "__file__": boot}
        code: Any = importlib.machinery.SourceFileLoader("hauberk_launch", boot).get_code(
            "hauberk_launch"
        )
        exec(code, parts)  # noqa: S102  as the layer's `.pth` does
        attach_or_say: Any = parts["attach_or_say"]
        attach_or_say()
        return _client()
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(log)
        os.environ.clear()
        os.environ.update(before)


def _client() -> Any:
    """Our stand-in for AWS's client, which the tests do not see: they may import the true one."""
    place = os.path.join(FOLDER, "client")
    sys.path.insert(0, place)
    try:
        return importlib.import_module("awslambdaric.bootstrap")
    finally:
        sys.path.remove(place)
        for name in [one for one in sys.modules if one.partition(".")[0] == "awslambdaric"]:
            del sys.modules[name]


class Finder:
    """Waits for the handler's file, under whatever name the tests import it."""

    def __init__(self, file: str, name: str, client: Any) -> None:
        self.file = os.path.realpath(file)
        self.name = name
        self.client = client

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Find what Python's own finder finds, and only where that is the handler's file."""
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or os.path.realpath(spec.origin) != self.file:
            return None
        spec.loader = Loader(name, spec.origin, self)
        return spec


class Loader(importlib.machinery.SourceFileLoader):
    """Runs the handler's module as an invocation, and has each call of the handler be one."""

    def __init__(self, name: str, path: str, finder: Finder) -> None:
        super().__init__(name, path)
        self.finder = finder

    def exec_module(self, module: Any) -> None:
        """Run it, and put the gate before its handler."""
        client = self.finder.client
        invoke(client, lambda: importlib.machinery.SourceFileLoader.exec_module(self, module), {})
        handler = getattr(module, self.finder.name, None)
        if callable(handler):
            setattr(module, self.finder.name, gated(client, handler))


def gated(client: Any, handler: Any) -> Any:
    """The handler behind the gate, with the objects that a test gives and gets."""

    @functools.wraps(handler)
    def called(*arguments: Any, **named: Any) -> Any:
        event = arguments[0] if arguments else named.get("event")
        return invoke(client, lambda: handler(*arguments, **named), event)

    return called


def invoke(client: Any, call: Any, event: Any) -> Any:
    """Make a call an invocation."""
    body = "{}"
    with contextlib.suppress(TypeError, ValueError, RecursionError):
        body = json.dumps(event)
    return client.call(lambda *_: call(), str(uuid.uuid4()), body)


def go_on() -> None:
    """Import the `sitecustomize` that we stand before, if there is one."""
    sys.path[:] = [one for one in sys.path if os.path.abspath(one or ".") != FOLDER]
    ours = sys.modules.pop("sitecustomize", None)
    try:
        importlib.import_module("sitecustomize")
    except ModuleNotFoundError:
        if ours is not None:
            sys.modules["sitecustomize"] = ours


if SETTINGS in os.environ and __name__ == "sitecustomize":
    _settings = json.loads(os.environ[SETTINGS])
    _bootstrap = attach(_settings)
    _finder: Any = Finder(_settings["file"], _settings["handler"], _bootstrap)
    sys.meta_path.insert(0, _finder)
    go_on()
