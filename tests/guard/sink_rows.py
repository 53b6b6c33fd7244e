"""Each call that the audit hook watches: how it is recorded, refused, and seen to have happened."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from protected import Seen

LOOPBACK = "127.0.0.1"
TAG = "user.tag"  # an extended attribute


@dataclass
class Place:
    """Where one act happens, as the test sees it."""

    path: Path
    secret: str
    library: Path
    listener: socket.socket | None = None
    port: int | None = None
    changed_ns: int = field(default=0)


# --- What is there before. ---


def nothing(place: Place) -> None:
    """The act makes what it needs."""


def a_file(place: Place) -> None:
    place.path.write_text(place.secret)
    place.path.chmod(0o644)
    place.changed_ns = place.path.stat().st_ctime_ns


def a_tagged_file(place: Place) -> None:
    a_file(place)
    os.setxattr(place.path, TAG, b"text")


def a_folder(place: Place) -> None:
    place.path.mkdir()
    (place.path / place.secret).touch()


def an_empty_folder(place: Place) -> None:
    place.path.mkdir()


def a_library(place: Place) -> None:
    shutil.copy(place.library, place.path)


def an_extension(place: Place) -> None:
    place.path.mkdir()
    shutil.copy(place.library, place.path)


def _listen(place: Place, kind: socket.SocketKind) -> None:
    place.listener = socket.socket(socket.AF_INET, kind)
    place.listener.bind((LOOPBACK, 0))
    place.listener.setblocking(False)
    if kind == socket.SOCK_STREAM:
        place.listener.listen()
    place.port = place.listener.getsockname()[1]


def a_listener(place: Place) -> None:
    _listen(place, socket.SOCK_STREAM)


def a_receiver(place: Place) -> None:
    _listen(place, socket.SOCK_DGRAM)


def a_unix_listener(place: Place) -> None:
    place.listener = socket.socket(socket.AF_UNIX)
    folder = os.open(place.path.parent, os.O_RDONLY)  # the whole path may be too long for a socket
    place.listener.bind(f"/proc/self/fd/{folder}/{place.path.name}")
    os.close(folder)
    place.listener.setblocking(False)
    place.listener.listen()


def a_free_port(place: Place) -> None:
    """None that the system draws for others meanwhile."""
    for port in random.sample(range(15_000, 30_000), 100):
        with socket.socket() as chooser, contextlib.suppress(OSError):
            chooser.bind((LOOPBACK, port))
            place.port = port
            return


# --- Whether it happened, seen from outside. ---


def exists(place: Place, seen: Seen) -> bool:
    return os.path.lexists(place.path)


def target_exists(place: Place, seen: Seen) -> bool:
    return os.path.lexists(f"{place.path}_to")


def is_gone(place: Place, seen: Seen) -> bool:
    return not os.path.lexists(place.path)


def is_empty(place: Place, seen: Seen) -> bool:
    return place.path.stat().st_size == 0


def changed(place: Place, seen: Seen) -> bool:
    return place.path.stat().st_ctime_ns != place.changed_ns


def is_tagged(place: Place, seen: Seen) -> bool:
    return TAG in os.listxattr(place.path)


def is_untagged(place: Place, seen: Seen) -> bool:
    return not is_tagged(place, seen)


def told(place: Place, seen: Seen) -> bool:
    return place.secret.encode() in seen.payload


def answered(place: Place, seen: Seen) -> bool:
    return seen.answer.error is None


def arrived(place: Place, seen: Seen) -> bool:
    """A connection or datagram on loopback is in its queue before the call returns."""
    assert place.listener is not None
    try:
        if place.listener.type == socket.SOCK_DGRAM:
            place.listener.recv(100)
        else:
            place.listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def listens(place: Place, seen: Seen) -> bool:
    with socket.socket() as client:
        return client.connect_ex((LOOPBACK, place.port)) == 0


def is_mapped(place: Place, seen: Seen) -> bool:
    """Some process has mapped the library, whatever path it knows it by."""
    file = place.path if place.path.is_file() else place.path / place.library.name
    wanted = re.compile(rf" {file.stat().st_ino} +\S*{re.escape(file.name)}$", re.M)
    for maps in Path("/proc").glob("[0-9]*/maps"):
        try:
            if wanted.search(maps.read_text()):
                return True
        except OSError:
            continue  # ended, or of another user
    return False


ERRORS = {  # what a call of this audit event raises when it is blocked; PermissionError else
    "socket.connect": "ConnectionRefusedError",
    "socket.sendto": "ConnectionRefusedError",
    "socket.sendmsg": "ConnectionRefusedError",
    "socket.getaddrinfo": "gaierror",
    "socket.gethostbyname": "gaierror",
    "socket.gethostbyaddr": "gaierror",
    "socket.getnameinfo": "gaierror",
    "pickle.find_class": "UnpicklingError",
    "import": "ImportError",
}
FILE, FOLDER = "{path}", "{path}/{library}"
TOUCH, BY_SHELL = ("{touch}",), ("{sh}", "{touch}")
PEER, UNIX = "127.0.0.1:{port}", "unix:{path}"


class Row(NamedTuple):
    """One act: the audit event that shows it (none: it is redirected), its activities, and its proof."""

    act: str
    event: str
    operation: str
    targets: str | tuple[str, ...]
    before: Callable[[Place], None] = nothing
    happened: Callable[[Place, Seen], bool] = exists

    @property
    def error(self) -> str:
        return ERRORS.get(self.event, "PermissionError")


ROWS: dict[str, tuple[Row, ...]] = {
    "file": (
        Row("open_write", "open", "write", FILE),
        Row("open_append", "open", "write", FILE),
        Row("open_read", "open", "read", FILE, a_file, told),
        Row("open_code", "open", "read", FILE, a_file, told),
        Row("raw_open", "open", "write", FILE),
        Row("pathlib_write", "open", "write", FILE),
        Row("pathlib_touch", "open", "write", FILE),
        Row("listdir", "os.listdir", "list", FILE, a_folder, told),
        Row("scandir", "os.scandir", "list", FILE, a_folder, told),
        Row("remove", "os.remove", "delete", FILE, a_file, is_gone),
        Row("pathlib_unlink", "os.remove", "delete", FILE, a_file, is_gone),
        Row("rmdir", "os.rmdir", "delete", FILE, an_empty_folder, is_gone),
        Row("mkdir", "os.mkdir", "write", FILE),
        Row("truncate", "os.truncate", "write", FILE, a_file, is_empty),
        Row("utime", "os.utime", "write", FILE, a_file, changed),
        Row("chmod", "os.chmod", "chmod", FILE, a_file, changed),
        Row("chown", "os.chown", "chmod", FILE, a_file, changed),
        Row("rename", "os.rename", "rename", (FILE, FILE + "_to"), a_file, target_exists),
        Row("replace", "os.rename", "rename", (FILE, FILE + "_to"), a_file, target_exists),
        Row("link", "os.link", "link", (FILE, FILE + "_to"), a_file, target_exists),
        Row("symlink", "os.symlink", "link", (FILE, FILE + "_to"), nothing, target_exists),
        Row("setxattr", "os.setxattr", "write", FILE, a_file, is_tagged),
        Row("removexattr", "os.removexattr", "write", FILE, a_tagged_file, is_untagged),
        Row("mkfifo", "", "write", FILE),
        Row("mknod", "", "write", FILE),
        Row("sqlite_connect", "sqlite3.connect", "write", FILE),
    ),
    "process": (
        Row("popen_list", "subprocess.Popen", "start", TOUCH),
        Row("popen_shell", "subprocess.Popen", "start", BY_SHELL),
        Row("popen_inherits", "subprocess.Popen", "start", TOUCH),
        Row("popen_of_os", "subprocess.Popen", "start", BY_SHELL),
        Row("popen_of_asyncio", "subprocess.Popen", "start", TOUCH),
        Row("system", "os.system", "start", BY_SHELL),
        Row("posix_spawn", "os.posix_spawn", "start", TOUCH),
        Row("posix_spawnp", "os.posix_spawn", "start", TOUCH),
        Row("fork_exec", "os.exec", "start", TOUCH),
        Row("pty_spawn", "pty.spawn", "start", TOUCH),
        Row("inherited", "", "start", TOUCH),
    ),
    "address": (
        Row("connect", "socket.connect", "connect", PEER, a_listener, arrived),
        Row("connect_ex", "socket.connect", "connect", PEER, a_listener, arrived),
        Row("connect_asyncio", "socket.connect", "connect", PEER, a_listener, arrived),
        Row("create_connection", "socket.connect", "connect", PEER, a_listener, arrived),
        Row("http_client", "socket.connect", "connect", PEER, a_listener, arrived),
        Row("connect_unix", "socket.connect", "connect", UNIX, a_unix_listener, arrived),
        Row("sendto", "socket.sendto", "send", PEER, a_receiver, arrived),
        Row("sendmsg", "socket.sendmsg", "send", PEER, a_receiver, arrived),
        Row("bind", "socket.bind", "bind", PEER, a_free_port, listens),
        Row("bind_unix", "socket.bind", "bind", UNIX),
        Row("socket_of_kernel", "socket.__new__", "open", "socket:netlink:15", nothing, answered),
    ),
    "host": (
        Row("getaddrinfo", "socket.getaddrinfo", "resolve", "localhost", nothing, answered),
        Row("gethostbyname", "socket.gethostbyname", "resolve", "localhost", nothing, answered),
        Row("gethostbyname_ex", "socket.gethostbyname", "resolve", "localhost", nothing, answered),
        Row("gethostbyaddr", "socket.gethostbyaddr", "resolve", "localhost", nothing, answered),
        Row("getnameinfo", "socket.getnameinfo", "resolve", "203.0.113.9", nothing, answered),
    ),
    "code": (
        Row("unpickle", "pickle.find_class", "unpickle", "app.Mark"),
        Row("unpickle_python", "pickle.find_class", "unpickle", "app.Mark"),
        Row("dlopen", "ctypes.dlopen", "load", FILE, a_library, is_mapped),
        Row("foreign_function", "ctypes.dlsym", "call", "system", nothing, answered),
        Row("import_extension", "import", "load", FOLDER, an_extension, is_mapped),
    ),
}


class Miss(NamedTuple):
    """A known blind spot: the kind whose empty allowlist it slips past, and why."""

    act: str
    kind: str
    why: str
    before: Callable[[Place], None] = nothing
    happened: Callable[[Place, Seen], bool] = exists


def a_link(place: Place) -> None:
    os.symlink("elsewhere", place.path)


MISSES = (
    Miss("stat", "file", "os.stat has no audit event", a_file, answered),
    Miss("read_link", "file", "os.readlink has no audit event", a_link, answered),
    Miss(
        "read_attribute",
        "file",
        "os.getxattr is no read of what a file holds",
        a_tagged_file,
        answered,
    ),
    Miss("read_environ", "file", "os.environ is a dict", nothing, answered),
    Miss("ask_for_user", "file", "libc opens /etc/passwd by itself", nothing, answered),
    Miss(
        "ask_for_routes",
        "address",
        "libc asks so for the machine's own addresses",
        nothing,
        answered,
    ),
)
