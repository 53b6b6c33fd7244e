"""What is run, and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class LocalError(Exception):
    """This machine cannot run the function; the message says what to do."""


class InputError(LocalError):
    """What the caller gave cannot be used, on this machine or another."""


class EventError(InputError):
    """Lambda would have refused the event before any function saw it."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function and its configuration; `code` and `layers` are folders or zip files.

    `runtime` is as Lambda calls it, or `python` or `nodejs` for whatever version runs here.
    `concurrency` is how many invocations a managed instance takes at once, 0 where it is none;
    `restores` how many environments are restored from one SnapStart snapshot, 0 where none is taken.
    """

    code: Path
    handler: str = "app.handler"
    runtime: str = "python"
    name: str = "function"
    layers: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 30
    memory_mb: int = 512
    python: Path | None = None
    node: Path | None = None
    runtime_packages: Path | None = None
    hosts: Mapping[str, str] = field(default_factory=dict)
    concurrency: int = 0
    restores: int = 0

    @property
    def pollers(self) -> int:
        """How many processes or threads ask for events at once."""
        return max(1, self.concurrency, self.restores)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one invocation gave; `init_ms` and `init_cpu_ms` only where the process was started."""

    request_id: str
    payload: bytes
    error: str | None
    log: str
    duration_ms: float
    init_ms: float | None
    max_rss_kb: int
    cpu_ms: float
    init_cpu_ms: float | None


def is_name(text: str) -> bool:
    """Would Lambda take this for a function's name?"""
    return _NAME.fullmatch(text) is not None


def name_of(code: Path) -> str:
    """Make a name that Lambda takes of the name of a folder or zip file."""
    return "-".join(_NAME.findall(code.resolve().stem))[:64] or "function"
