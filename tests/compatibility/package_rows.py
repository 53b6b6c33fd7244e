"""What runs below all walls: a use of each package, and an act of the same package that no list allows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import which

PORT, FILE, PROGRAM = "port", "file", "act"  # what of the event leads beyond the list
OS_ERROR, REFUSED, FAILED = "OSError", "PermissionError", "RuntimeError"


@dataclass(frozen=True)
class Row:
    """One use, what it does beyond its list, and how that ends for it."""

    name: str
    does: str
    beyond: str = ""  # none where the package does nothing but compute
    fails: str = ""
    packages: tuple[str, ...] = ()
    server: str | None = None
    program: str | None = None  # what must be installed
    is_as_on_lambda: bool = True  # not where it needs /dev/shm, which Lambda has not
    held: tuple[str, ...] = ("address.tcp", "file", "process")  # by the kernel, in prevent
    learned_from: int = 2  # invocations: 3 where what differs in each must fold
    is_reviewed: bool = False  # starts a shell: a person says that it may
    uses: str = ""

    @property
    def module(self) -> str:
        return self.uses or self.name

    @property
    def refused(self) -> tuple[str, str]:
        """The kind of what is refused, and its operation with its target."""
        return {
            PORT: ("address", "connect 127.0.0.1:{other_port}"),
            FILE: ("file", "read {world}/secret"),
            PROGRAM: ("process", f"start {_path('touch')}"),
        }[self.beyond]


def _path(program: str) -> str:
    found = Path(which(program) or f"/usr/bin/{program}")
    return str(found.parent.resolve() / found.name)


@dataclass(frozen=True)
class Place:
    """Where a use acts, by the names that the function has for it."""

    world: str
    other_port: int

    def filled(self, row: Row) -> tuple[str, str, str]:
        """The kind, operation and target of what is refused."""
        kind, act = row.refused
        operation, target = act.format(**vars(self)).split(" ", 1)
        return kind, operation, target


def package(name: str, does: str, *more: str, **fields: object) -> Row:
    """A row of a package of the index, with others of which the version matters."""
    return Row(name, does, packages=(name, *more), **fields)  # type: ignore[arg-type]


# The loader of a program that is listed starts any file that may be read; the program itself is held.
STARTS = ("address.tcp", "file", "process.programs")
program = partial(Row, beyond=FILE, fails=FAILED, uses="program", held=STARTS)

ROWS: tuple[Row, ...] = (
    package(
        "psycopg",
        "queries, COPY, a cursor of the server, asyncio",
        "psycopg-binary",
        beyond=PORT,
        fails="psycopg.OperationalError",
        server="postgres",
    ),
    package(
        "grpcio",
        "a call, a stream; a server of its own on a Unix socket",
        beyond=PORT,
        fails="grpc._channel._InactiveRpcError",
        server="grpc",
    ),
    package(
        "pycurl",
        "one request by name, two at once by address",
        beyond=PORT,
        fails="pycurl.error",
        server="http",
    ),
    package(
        "numpy", "linear algebra by threads, archives, mapped files", beyond=FILE, fails=REFUSED
    ),
    package("pandas", "CSV, groups, time zones", beyond=FILE, fails=REFUSED),
    package(
        "uvloop",
        "connections, a child, a Unix socket, a look-up",
        beyond=PROGRAM,
        fails=REFUSED,
        server="http",
        held=("file", "process.programs"),  # the addresses of a host are let pass with every port
    ),
    Row(
        "multiprocessing",
        "children by fork, spawn and forkserver; a manager",
        beyond=FILE,
        fails=REFUSED,
        held=STARTS,
        learned_from=3,
    ),
    Row(
        "multiprocessing, shared memory",
        "pools, queues, locks, shared memory; concurrent.futures",
        beyond=FILE,
        fails=REFUSED,
        uses="shared_memory",
        learned_from=3,
        held=STARTS,
        is_as_on_lambda=False,
    ),
    Row(
        "subprocess",
        "pipes, shells, environments, sessions, signals",
        beyond=PROGRAM,
        fails=REFUSED,
        held=STARTS,
        is_reviewed=True,
    ),
    package(
        "pillow",
        "six formats, EPS by Ghostscript, a viewer",
        beyond=PROGRAM,
        fails=REFUSED,
        program="gs",
        held=STARTS,
        is_reviewed=True,
    ),
    package(
        "playwright",
        "its Node.js, which starts Chromium: a page, script, a picture",
        beyond=PORT,
        fails="playwright._impl._errors.Error",
        server="http",
        program="chromium",
        held=("file", "process.programs"),
    ),
    package("lxml", "files that libxml2 opens, XSLT", beyond=FILE, fails=OS_ERROR),
    package("cryptography", "hashes, signatures, AES"),
    package("orjson", "JSON"),
    package("pydantic", "models", "pydantic-core"),
    program("ruby", "a child that reads a file", program="ruby"),
    program("php", "a child that reads a file", program="php"),
    program("perl", "a child that reads a file", program="perl"),
    program("node", "a child that reads a file", program="node"),
    program("ffmpeg", "a child that reads a file", program="ffmpeg"),
    program("imagemagick", "a child that converts a picture", program="convert-im6.q16"),
)
