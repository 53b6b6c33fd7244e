"""What the code of a function tells of what it may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from hauberk.model.kind import Kind

PROGRAM_FOLDERS = (
    "/var/lang/bin",
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/opt/bin",
)  # Lambda's PATH


class Sure(StrEnum):
    """How much of a target the code tells, from all of it to nothing."""

    EXACT = "exact"  # it stands in the code or the variables
    TYPED = "typed"  # but for parts of a known type: a number, a date, a UUID, a name that tempfile makes
    NAMED = "named"  # a URL stands there, but no call was found that takes it
    PARTLY = "partly"  # parts of it are known at run time only
    OPEN = "open"  # all of it is


class Site(NamedTuple):
    """A place in the package, `app.py:12`, or a variable: `$TABLE`."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One act that a call in the code is; its target is a pattern, a program's may be its name alone."""

    kind: Kind
    operation: str
    target: str
    sure: Sure
    sites: tuple[Site, ...]  # in order
    unknown: tuple[
        str, ...
    ] = ()  # where its unknown parts come from, as far as that is told: `$TABLE`

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns of what the guard may record of it: a program's name is looked for, `/bin` may be `/usr/bin`."""
        if self.kind is not Kind.PROCESS or self.target.startswith("*"):
            return (self.target,)
        if "/" not in self.target:
            return tuple(f"{folder}/{self.target}" for folder in PROGRAM_FOLDERS)
        is_merged = self.target.startswith("/bin/")
        return (self.target, f"/usr{self.target}") if is_merged else (self.target,)

    @property
    def act(self) -> tuple[Kind, str, str]:
        """What it is, wherever it stands."""
        return self.kind, self.operation, self.target


@dataclass(frozen=True, slots=True, order=True)
class Unread:
    """A place that says more than was read; the kind is empty where it may be any."""

    site: Site
    what: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class CodeProfile:
    """All that was read of one function's package.

    `modules` are the files that were read, with their SHA-256; `bundled` the packages in it that were not followed,
    with the SHA-256 of their files' names and sizes; `imports`, by file, the packages that are not followed.
    """

    handler: str
    findings: tuple[Finding, ...]  # in order
    unread: tuple[Unread, ...]  # in order
    modules: Mapping[str, str]
    bundled: Mapping[str, str]
    imports: Mapping[str, tuple[str, ...]]
