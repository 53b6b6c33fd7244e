"""What a row of the bypass suite says of a technique, and how its effect is seen from outside."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from peer import Peer
from protected import Seen

REFUSED, ALLOWED = "refused", "allowed"
Step = tuple[str, str]  # a kind, and an operation with its target


@dataclass(frozen=True)
class Place:
    """Where a technique acts, as the test sees it; the function sees the same by other paths."""

    path: Path
    secret: str
    address: str
    host: str
    peer: Peer

    def file(self, ending: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{ending}")


# --- Whether it happened, seen from outside. ---


def marked(place: Place, seen: Seen) -> bool:
    return os.path.lexists(place.file("mark"))


def marked_later(place: Place, seen: Seen) -> bool:
    """What goes on after the response tells when it is done."""
    limit = time.monotonic() + 5
    while time.monotonic() < limit and not place.file("done").exists():
        time.sleep(0.02)
    return marked(place, seen)


def told(place: Place, seen: Seen) -> bool:
    return place.secret.encode() in seen.payload


def told_environment(place: Place, seen: Seen) -> bool:
    return b"AWS_LAMBDA_RUNTIME_API=" in seen.payload


def told_map(place: Place, seen: Seen) -> bool:
    return b"[stack]" in seen.payload


def told_opinion(place: Place, seen: Seen) -> bool:
    return b"NO_CERTIFICATE_OR_CRL_FOUND" in seen.payload


def told_address(place: Place, seen: Seen) -> bool:
    return place.address.encode() in seen.payload


def is_gone(place: Place, seen: Seen) -> bool:
    return not place.file("secret").exists()


def tagged(place: Place, seen: Seen) -> bool:
    return "user.x" in os.listxattr(place.file("secret"))


def is_old(place: Place, seen: Seen) -> bool:
    return place.file("secret").stat().st_mtime == 1000


def is_private(place: Place, seen: Seen) -> bool:
    return not place.file("secret").stat().st_mode & 0o004


def told_socket(place: Place, seen: Seen) -> bool:
    return b"AF_NETLINK" in seen.payload


def told_port(place: Place, seen: Seen) -> bool:
    return b"port" in seen.payload


def reached(place: Place, seen: Seen) -> bool:
    return place.peer.has_seen(place.address)


def asked(place: Place, seen: Seen) -> bool:
    return place.peer.has_seen(place.host)


def connected(place: Place, seen: Seen) -> bool:
    return place.peer.has_seen(str(place.file("socket")))


class Row(NamedTuple):
    """One technique: the act that it is, its proof, and the wall that sees it."""

    name: str
    act: str
    effect: Callable[[Place, Seen], bool] = marked
    wall: str = "language"  # language, library, kernel, none
    fails: tuple[str, ...] = ("PermissionError",)  # how the call ends where it is refused
    earlier: Step | None = None  # what is refused before, where no wall sees the act
    means: tuple[Step, ...] = ()  # what it also does, and must be allowed for it
    first: str | None = None  # a technique of an invocation before
    look_alike: str | None = None  # an allowed technique, where the same one cannot be allowed
    holds: tuple[str, ...] = ()  # what lies in its place: library, binary, static, socket, link
    of_package: str | None = None  # runs where this package can be had
    held: bool = False  # whether the kernel's wall holds it, which tells nobody

    def acts(self, place: str, world: str, fields: dict[str, Any]) -> tuple[str, str]:
        """The operation and target for a place."""
        return filled(self.act, self.name, place, world, fields)


def filled(act: str, name: str, place: str, world: str, fields: dict[str, Any]) -> tuple[str, str]:
    """An operation and a target, with the names of one row and place."""
    path = f"{world}/{place}/{name}"
    endings = ("program", "binary", "static", "secret", "socket", "mark", "copy", "sh", "script")
    names = {ending: f"{path}.{ending}" for ending in endings}
    text = act.format(
        **names, library=f"{path}.so", folder=f"{world}/{place}", place=place, **fields
    )
    operation, target = text.split(" ", 1)
    return operation, target
