"""Where techniques run: one function under each policy, and the places that they act on."""

from __future__ import annotations

import glob
import shutil
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from peer import Peer
from protected import Running, Seen, policy
from rows import CASES
from technique import ALLOWED, REFUSED, Place, Row, Step, filled

HERE = Path(__file__).parent
KINDS = ("process", "file", "address", "host", "code")
SHELL: Step = ("process", "start {bin}/sh")
# How a runtime whose Python is a script goes on to start it: that of 3.14, where it was fetched.
RUNTIME: tuple[Step, ...] = (
    ("process", "start /var/lang/lib/**"),
    ("process", "start /var/lang/libexec/**"),
)
LISTED = {
    "process": ("start {world}/allowed/**",),
    "file": ("* {world}/allowed/**", "* {world}/allowed"),
    "address": ("* 127.0.2.0/24", "* unix:{world}/allowed/**"),
    "host": ("resolve *.allowed.example",),
    "code": ("load {world}/allowed/**", "unpickle allowed.*"),
}
INDEX = {row.name: index for index, (_, row) in enumerate(CASES, 1)}
OFF = {"firewall": "off", "flow": "off"}  # the techniques themselves are the event's
# What a technique needs besides its act, which is what is asked about.
UNASKED = {one: {"mode": "off"} for one in ("injected-code", "written-then-executed")}


@dataclass(frozen=True)
class Native:
    """What is compiled for the suite; None where this machine has no C compiler."""

    library: Path | None
    static: Path | None


def compiled(folder: Path) -> Native:
    """Compiles the library and the static program that techniques use."""

    def made(name: str, source: str, *flags: str) -> Path | None:
        to = folder / name
        command = ["cc", "-O1", *flags, "-o", str(to), str(HERE / "native" / source), "-ldl"]
        has_compiler = shutil.which("cc") is not None
        ran = has_compiler and subprocess.run(command, capture_output=True, check=False)
        return to if ran and ran.returncode == 0 else None

    library = made("library.so", "library.c", "-shared", "-fPIC")
    return Native(library, made("program", "program.c", "-static"))


def address_of(row: Row, place: str) -> str:
    return f"127.0.{1 if place == REFUSED else 2}.{INDEX[row.name]}"


def host_of(row: Row, place: str) -> str:
    return f"{row.name.replace('_', '-')}.{place}.example"


def hosts() -> dict[str, str]:
    """The names that techniques look up; the others' queries go to the peer."""
    found = [row for kind, row in CASES if kind == "host" and row.name.endswith("look_up")]
    found += [row for kind, row in CASES if row.name == "look_up_below_socket"]
    return {host_of(row, at): address_of(row, at) for row in found for at in (REFUSED, ALLOWED)}


class Stage:
    """A function on one Python, under each policy, and the other side that it can reach."""

    def __init__(
        self, start: Callable[..., Running], code: Path, native: Native, peer: Peer, wall_less: Path
    ) -> None:
        self._start = start
        self._code = code
        self._native = native
        self.peer = peer
        self._wall_less = wall_less
        self.environment = cache(self._environment)

    def _environment(self, use: str, kind: str | None = None) -> Running:
        settings, layer = None, None
        if use != "unprotected":
            lists = self._lists(use, kind)
            mode = "detect" if use.startswith("detect") else "prevent"
            is_bare = use in ("detect-without-wall", "strict")
            layer = self._wall_less if is_bare else None
            rest = {"protections": OFF, "detectors": UNASKED}
            settings = {"HAUBERK_POLICY": policy(mode=mode, allowlist=lists, **rest)}
            if use == "without-kernel":
                settings["HAUBERK_KERNEL"] = "off"
        running = self._start(self._code, settings, own_layer=layer, hosts=hosts(), timeout_s=20)
        for place in (REFUSED, ALLOWED):
            (running.outside / place).mkdir()
        return running

    def _lists(self, use: str, kind: str | None) -> dict[str, list[dict[str, str]]]:
        if use != "kernel":
            kinds = KINDS if kind is None else (kind,)
            return {one: self._allowlist(one, means=use != "strict") for one in kinds}
        # What the kernel can hold: ports, folders that are there, and that no program is listed.
        if kind == "file":
            return {"file": [{"operation": "*", "target": "/tmp/world/allowed/**"}]}
        port = {"operation": "*", "target": "127.0.2.0/24:1"}
        return {"process": [], "address": [port], "host": []}

    def _allowlist(self, kind: str, *, means: bool) -> list[dict[str, str]]:
        entries = {text.format(world="/tmp/world") for text in LISTED[kind]}
        if means:
            entries.update(" ".join(step) for step in self._means(kind))
        split = (entry.split(" ", 1) for entry in sorted(entries))
        return [{"operation": operation, "target": target} for operation, target in split]

    def _means(self, kind: str) -> set[tuple[str, str]]:
        steps = (SHELL, *RUNTIME) if kind == "process" else ()
        found = {self.step(CASES[0][1], step, REFUSED) for step in steps}
        for _, row in CASES:
            for step in (*row.means, row.earlier):
                if step is not None and step[0] == kind:
                    found.update(self.step(row, step, place) for place in (REFUSED, ALLOWED))
        return found

    def step(self, row: Row, step: Step, place: str) -> tuple[str, str]:
        """The operation and target of a step for a place."""
        loaders = glob.glob("/lib64/ld-linux-*.so.*") + glob.glob("/lib/ld-linux-*.so.*")
        loader = Path(loaders[0])
        fields: dict[str, Any] = {
            "address": address_of(row, place),
            "port": self.peer.port,
            "host": host_of(row, place),
            "bin": Path("/usr/bin").resolve(),
            "loader": loader.parent.resolve() / loader.name,
        }
        return filled(step[1], row.name, place, "/tmp/world", fields)

    def place(self, running: Running, row: Row, at: str) -> Place:
        """Prepares what a technique acts on."""
        path = running.outside / at / row.name
        made = Place(
            path, f"secret{uuid.uuid4().hex}", address_of(row, at), host_of(row, at), self.peer
        )
        for ending in ("mark", "done", "program", "secret", "socket"):
            made.file(ending).unlink(missing_ok=True)
        self.peer.forget(made.address, made.host, str(made.file("socket")))
        made.file("secret").write_text(made.secret)
        program = made.file("program")
        program.write_text(': > "${0%.program}.mark"\n'.join(("#!/bin/sh\n", "")))
        program.chmod(0o755)
        for thing in row.holds:
            self._hold(thing, made, running)
        return made

    def _hold(self, thing: str, place: Place, running: Running) -> None:
        if thing == "socket":
            self.peer.listen_at(place.file("socket"), place.address)
        elif thing == "link":
            link = place.file("link")
            link.unlink(missing_ok=True)
            link.symlink_to(f"{running.world}/{place.path.parent.name}/{place.path.name}.mark")
        else:
            self._copy(thing, place)

    def _copy(self, thing: str, place: Place) -> None:
        sources = {
            "binary": Path(str(shutil.which("touch"))),
            "library": self._native.library,
            "static": self._native.static,
        }
        source = sources[thing]
        if source is None:
            pytest.skip("no C compiler here that makes what this technique needs")
        shutil.copy(source, place.file("so" if thing == "library" else thing))

    def act(
        self,
        running: Running,
        row: Row,
        at: str,
        technique: str | None = None,
        *,
        is_there: bool = True,
    ) -> Seen:
        """Runs the technique, after the one that must come before it; skips where it is not to be had."""
        event = {
            "place": at,
            "name": row.name,
            "address": address_of(row, at),
            "port": self.peer.port,
        }
        if technique is None and row.first:
            running.invoke({**event, "technique": row.first})
        seen = running.invoke({**event, "technique": technique or row.name})
        running.first = running.first or seen
        assert seen.answer.error is None, f"the function did not go on: {seen.answer.log}"
        if is_there and "unavailable" in seen.value:
            pytest.skip(seen.value["unavailable"])
        return seen


def walls(running: Running) -> dict[str, str]:
    """Which wall holds what, as the environment's first record says."""
    assert running.first is not None
    return dict(running.first.statuses[0]["walls"])


def without_wall(layer: Path, to: Path) -> Path:
    """A copy of the layer that has no second wall."""
    shutil.copytree(layer, to)
    (to / "hauberk/lib/libhauberk_wall.so").unlink(missing_ok=True)
    (to / "hauberk/sizes").unlink(missing_ok=True)  # it would tell, and not arm the guard
    return to


def matches(record: dict[str, Any], kind: str, act: tuple[str, str]) -> bool:
    """Whether a record is of this act; the target may be a pattern of the shell's kind."""
    is_kind = record.get("kind") == kind and record.get("operation") == act[0]
    return is_kind and fnmatchcase(str(record.get("target")), act[1])


def outcome(seen: Seen) -> str:
    """How the call ended for the function: the error's type, or what it gave."""
    told = seen.value
    return str(told["error"]) if "error" in told else str(told["value"])
