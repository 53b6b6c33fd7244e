"""One act on the world for each name; `path` is a place of its own in the folder the test sees."""

import asyncio
import ctypes
import http.client
import importlib
import io
import multiprocessing.util
import os
import pathlib
import pickle
import pty
import pwd
import socket
import sqlite3
import struct
import subprocess
import sys

WORLD = os.environ["WORLD"]
LOOPBACK = "127.0.0.1"


class Mark:
    """A class of the function's own, which a pickle may ask for."""

    def __init__(self, path):
        open(path, "w").close()


def handler(event, context):
    act = ACTS[event["act"]]
    return act(os.path.join(WORLD, event["act"]), event.get("port"))


def fork_and_exec(path, _):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.execv("/usr/bin/touch", ["touch", path])
        except PermissionError as error:
            os.write(writer, str(error).encode())
        os._exit(13)
    os.close(writer)
    os.waitpid(child, 0)
    if error := os.read(reader, 1000):
        raise PermissionError(error.decode())


def terminal(path, _):
    parent = os.getpid()
    try:
        pty.spawn(["/usr/bin/touch", path])
    except PermissionError:
        if os.getpid() != parent:
            os._exit(13)  # it was stopped too late
        raise


def posix_spawn(path, _):
    child = os.posix_spawn("/usr/bin/touch", ["touch", path], os.environ)
    os.waitpid(child, 0)


def posix_spawnp(path, _):
    os.waitpid(os.posix_spawnp("touch", ["touch", path], os.environ), 0)


async def subprocess_of_asyncio(path):
    process = await asyncio.create_subprocess_exec("touch", path)
    await process.wait()


async def connection_of_asyncio(port):
    _, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.close()


def inherited(path, _):
    """As multiprocessing's spawned children and its resource tracker are started."""
    child = multiprocessing.util.spawnv_passfds(b"/usr/bin/touch", [b"touch", path.encode()], ())
    os.waitpid(child, 0)


def raw_open(path, _):
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))


def listed(path, _):
    return os.listdir(path)


def scanned(path, _):
    with os.scandir(path) as entries:
        return [entry.name for entry in entries]


def moved(path, _):
    os.rename(path, path + "_to")


def connected(family, kind=socket.SOCK_STREAM):
    def connect(path, port):
        with socket.socket(family, kind) as client:
            client.connect((LOOPBACK, port) if family == socket.AF_INET else path)

    return connect


def connect_ex(_, port):
    with socket.socket() as client:
        client.connect_ex((LOOPBACK, port))


def sent(_, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"hello", (LOOPBACK, port))


def sent_message(_, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendmsg([b"hello"], [], 0, (LOOPBACK, port))


def bound(_, port):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((LOOPBACK, port))
    server.listen()
    KEPT.append(server)


def socket_of_kernel(*_):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15) as made:
        return made.fileno() >= 0


def bound_unix(path, _):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)


def fetched(_, port):
    client = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    client.connect()
    client.close()


def unpickled(path, _):
    pickle.loads(b"capp\nMark\n(V" + path.encode() + b"\ntR.")


def unpickled_by_python(path, _):
    pickle._loads(b"capp\nMark\n(V" + path.encode() + b"\ntR.")


def imported(path, _):
    sys.path.insert(0, path)
    try:
        return importlib.import_module("_native").__name__
    finally:
        sys.path.remove(path)


def stated(path, _):
    return os.stat(path).st_size


def replaced_link(path, _):
    os.replace(path, path + "_to")


def routes(path, _):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as kernel:
        kernel.settimeout(5)
        kernel.send(struct.pack("=LHHLLB11x", 28, 26, 0x301, 1, 0, socket.AF_INET))  # RTM_GETROUTE
        return len(kernel.recv(1 << 16))


KEPT = []
ACTS = {
    "open_write": lambda path, _: open(path, "w").close(),
    "open_append": lambda path, _: open(path, "a").close(),
    "open_read": lambda path, _: open(path).read(),
    "open_code": lambda path, _: io.open_code(path).read().decode(),
    "raw_open": raw_open,
    "pathlib_write": lambda path, _: pathlib.Path(path).write_text("text") and None,
    "pathlib_touch": lambda path, _: pathlib.Path(path).touch(),
    "listdir": listed,
    "scandir": scanned,
    "remove": lambda path, _: os.remove(path),
    "pathlib_unlink": lambda path, _: pathlib.Path(path).unlink(),
    "rmdir": lambda path, _: os.rmdir(path),
    "mkdir": lambda path, _: os.mkdir(path),
    "truncate": lambda path, _: os.truncate(path, 0),
    "setxattr": lambda path, _: os.setxattr(path, "user.tag", b"text"),
    "removexattr": lambda path, _: os.removexattr(path, "user.tag"),
    "mkfifo": lambda path, _: os.mkfifo(path),
    "mknod": lambda path, _: os.mknod(path),
    "utime": lambda path, _: os.utime(path, (1, 1)),
    "chmod": lambda path, _: os.chmod(path, 0o600),
    "chown": lambda path, _: os.chown(path, os.getuid(), os.getgid()),
    "rename": moved,
    "replace": replaced_link,
    "link": lambda path, _: os.link(path, path + "_to"),
    "symlink": lambda path, _: os.symlink(path, path + "_to"),
    "sqlite_connect": lambda path, _: sqlite3.connect(path).execute("CREATE TABLE t (a)") and None,
    "popen_list": lambda path, _: subprocess.run(["touch", path], check=True) and None,
    "popen_shell": lambda path, _: subprocess.run(f"touch {path}", shell=True) and None,
    "popen_inherits": lambda path, _: subprocess.call(["/usr/bin/touch", path], close_fds=False),
    "popen_of_os": lambda path, _: os.popen(f"touch {path}").read(),
    "popen_of_asyncio": lambda path, _: asyncio.run(subprocess_of_asyncio(path)),
    "system": lambda path, _: os.system(f"touch {path}"),
    "posix_spawn": posix_spawn,
    "posix_spawnp": posix_spawnp,
    "fork_exec": fork_and_exec,
    "pty_spawn": terminal,
    "inherited": inherited,
    "libc_system": lambda path, _: ctypes.CDLL(None).system(f"touch {path}".encode()),
    "foreign_function": lambda *_: bool(ctypes.CDLL(None).system),
    "stat": stated,
    "read_link": lambda path, _: os.readlink(path),
    "read_attribute": lambda path, _: os.getxattr(path, "user.tag").decode(),
    "read_environ": lambda *_: os.environ["LAMBDA_TASK_ROOT"],
    "ask_for_user": lambda *_: pwd.getpwuid(0).pw_name,
    "ask_for_routes": routes,
    "connect": connected(socket.AF_INET),
    "connect_ex": connect_ex,
    "connect_unix": connected(socket.AF_UNIX),
    "connect_asyncio": lambda _, port: asyncio.run(connection_of_asyncio(port)),
    "create_connection": lambda _, port: socket.create_connection((LOOPBACK, port)).close(),
    "http_client": fetched,
    "sendto": sent,
    "sendmsg": sent_message,
    "bind": bound,
    "bind_unix": bound_unix,
    "socket_of_kernel": socket_of_kernel,
    "getaddrinfo": lambda *_: bool(socket.getaddrinfo("localhost", 80)),
    "gethostbyname": lambda *_: socket.gethostbyname("localhost"),
    "gethostbyname_ex": lambda *_: socket.gethostbyname_ex("localhost")[2],
    "gethostbyaddr": lambda *_: socket.gethostbyaddr("localhost")[2],
    "getnameinfo": lambda *_: socket.getnameinfo(
        ("203.0.113.9", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
    ),
    "unpickle": unpickled,
    "unpickle_python": unpickled_by_python,
    "dlopen": lambda path, _: bool(ctypes.CDLL(path)._handle),
    "import_extension": imported,
}
