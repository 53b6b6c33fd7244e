"""Calls of the standard library and of known packages that act on files, processes and hosts.

Sees:         what the tables name, by where their arguments are
Does not see: files and hosts of packages that are in no table (`pandas.read_csv`, a client of a service of its own)
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Container, Iterable, Mapping

from hauberk.model.kind import Kind
from hauberk.scan.act import Act, Acts, Blank, unknown
from hauberk.scan.databases import DRIVERS, ENGINES, of_driver, of_engine
from hauberk.scan.paths import drawn
from hauberk.scan.shell import of_command, program
from hauberk.scan.text import Text, joined, text_of
from hauberk.scan.urls import of_url
from hauberk.scan.value import Arguments, Flag, Items, Made, Values, either, text, texts

TASK = "/var/task"
_WRITES = re.compile("[wax+]")

# Where the path is, and what is done with it; `mode`: as an open with a mode.
_OPENS = ("open", "mode")
FILES: Mapping[str, tuple[tuple[int, tuple[str, ...], str], ...]] = {
    **dict.fromkeys(
        ("builtins.open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "tarfile.open",
         "gzip.GzipFile", "zipfile.ZipFile", "aiofiles.open"),
        ((0, ("file", "filename", "name"), "mode"),),
    ),
    **dict.fromkeys(("os.listdir", "os.scandir", "os.walk"), ((0, ("path", "top"), "list"),)),
    **dict.fromkeys(("os.remove", "os.unlink", "os.rmdir"), ((0, ("path",), "delete"),)),
    "shutil.rmtree": ((0, ("path",), "delete"), (0, ("path",), "list")),
    **dict.fromkeys(("os.mkdir", "os.makedirs"), ((0, ("name", "path"), "write"),)),
    **dict.fromkeys(
        ("os.rename", "os.replace", "shutil.move"), ((0, ("src",), "rename"), (1, ("dst",), "rename"))
    ),
    "os.link": ((0, ("src",), "link"), (1, ("dst",), "link")),
    "os.symlink": ((1, ("dst",), "link"),),
    "os.chmod": ((0, ("path",), "chmod"),),
    **dict.fromkeys(
        ("shutil.copy", "shutil.copy2"), ((0, ("src",), "read"), (1, ("dst",), "write"), (1, ("dst",), "chmod"))
    ),
    "shutil.copyfile": ((0, ("src",), "read"), (1, ("dst",), "write")),
    "shutil.unpack_archive": ((0, ("filename",), "read"),),
    "os.truncate": ((0, ("path",), "write"),),
    "linecache.getline": ((0, ("filename",), "read"),),
}  # fmt: skip
PATHS = {
    "open": "mode",
    "read_text": "read",
    "read_bytes": "read",
    "write_text": "write",
    "write_bytes": "write",
    "touch": "write",
    "mkdir": "write",
    "unlink": "delete",
    "rmdir": "delete",
    "iterdir": "list",
    "glob": "list",
    "rglob": "list",
    "rename": "rename",
    "replace": "rename",
    "chmod": "chmod",
}
# Where the program's arguments are; those of `shells` are a command line, those of `subprocess` where it asks for one.
SUBPROCESS = frozenset(
    f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen")
)
SHELLS = frozenset(
    ("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell")
)  # fmt: skip
PROGRAMS = {
    **dict.fromkeys(
        (f"os.exec{end}" for end in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")), 0
    ),
    **dict.fromkeys(
        (f"os.spawn{end}" for end in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")), 1
    ),
    "os.posix_spawn": 0,
    "os.posix_spawnp": 0,
    "asyncio.create_subprocess_exec": 0,
    "pty.spawn": 0,
}
# Where tempfile is given prefix, suffix and folder, and what it does with what it draws.
DRAWN = {
    "tempfile.mkstemp": ((1, 0, 2), ("write",)),
    "tempfile.mkdtemp": ((1, 0, 2), ("write",)),
    "tempfile.NamedTemporaryFile": ((5, 4, 6), ("write", "delete")),
    "tempfile.TemporaryDirectory": ((1, 0, 2), ("write", "list", "delete")),
}
_VERBS = ("get", "post", "put", "delete", "head", "patch", "options")
URLS: Mapping[str, int] = {
    **{f"{of}.{verb}": 0 for of in ("requests", "httpx") for verb in _VERBS},
    **{f"{of}.request": 1 for of in ("requests", "httpx", "urllib3", "aiohttp")},
    "urllib.request.urlopen": 0,
    "urllib.request.urlretrieve": 0,
    "httpx.stream": 1,
    "redis.from_url": 0,
    "redis.Redis.from_url": 0,
    "websockets.connect": 0,
}
CLIENTS = frozenset(
    ("requests.Session", "requests.session", "httpx.Client", "httpx.AsyncClient", "aiohttp.ClientSession",
     "urllib3.PoolManager")
)  # fmt: skip
HOSTS: Mapping[str, tuple[int | None, tuple[str, ...]]] = {
    **dict.fromkeys(("http.client.HTTPSConnection", "http.client.HTTPConnection"), (0, ("host",))),
    **dict.fromkeys(("smtplib.SMTP", "smtplib.SMTP_SSL", "ftplib.FTP", "ftplib.FTP_TLS"), (0, ("host",))),
    **dict.fromkeys(("socket.gethostbyname", "socket.getaddrinfo"), (0, ("host",))),
    **dict.fromkeys(("redis.Redis", "redis.StrictRedis"), (0, ("host",))),
    "pymongo.MongoClient": (0, ("host",)),
}  # fmt: skip
TEXT_AS_CODE = {
    "builtins.exec": "code that is a text",
    "builtins.eval": "code that is a text",
    "pickle.loads": "what a pickle asks for",
    "pickle.load": "what a pickle asks for",
    "runpy.run_path": "code of a file",
    "importlib.import_module": "a module whose name is not known",
    "builtins.__import__": "a module whose name is not known",
}


def of_call(name: str, arguments: Arguments) -> Acts:
    """Give what a call of an external function does."""
    read = next((read for names, read in _READ if name in names), _of_code)
    return read(name, arguments)


def of_method(made: Made, name: str, arguments: Arguments) -> Acts:
    """Give what a method of an external object does."""
    if made.type == "path" and name in PATHS:
        mode = arguments.get(0, "mode")
        return [one for path in texts(made.get("text")) for one in of_path(path, PATHS[name], mode)] + [
            one for path in texts(arguments.get(0, "target") if name in ("rename", "replace") else None)
            for one in of_path(path, "rename", None)
        ]  # fmt: skip
    if made.type in CLIENTS and (name in _VERBS or name in ("request", "stream", "urlopen")):
        position = 0 if name in _VERBS else 1
        return [one for url in texts(_url(arguments, position)) for one in of_url(url)]
    return []


def of_path(path: Text, act: str, mode: Values | None) -> Acts:
    """Give what an act on a path is; a relative one is the package's."""
    if act == "mode":
        act = _mode(mode)
    if path.start.startswith(":memory:") or (path.whole is not None and not path.whole):
        return []
    if not path.start:
        return [unknown(Kind.FILE, "a file that is not known", path)]
    if (
        ".." in "".join(one for one in path.pieces if isinstance(one, str)).split("/")
        and path.holes
    ):
        return [unknown(Kind.FILE, "a file that climbs from one that is not known", path)]
    at = Text((f"{TASK}/", *path.pieces)) if not path.start.startswith("/") else path
    if at.whole is not None:
        at = text_of(posixpath.normpath(posixpath.join("/", at.whole)))
    elif not at.start.startswith(TASK) and at.start == "/":
        return [unknown(Kind.FILE, "a file that is not known", path)]
    return [Act(Kind.FILE, act, _merged(at))]


def _url(arguments: Arguments, position: int) -> Values | None:
    given = arguments.get(position, "url")
    if given is None:
        return None
    return either(
        one.get("url") if isinstance(one, Made) and one.type == "request" else frozenset((one,))
        for one in given
    )


def _of_files(name: str, arguments: Arguments) -> Acts:
    mode = arguments.get(1, "mode")
    return [
        one
        for position, names, act in FILES[name]
        for path in texts(arguments.get(position, *names))
        for one in of_path(path, act, mode)
    ]


def _of_shell(name: str, arguments: Arguments) -> Acts:
    return [one for line in texts(arguments.get(0, "command", "cmd")) for one in of_command(line)]


def _of_program(name: str, arguments: Arguments) -> Acts:
    return _started(arguments.get(PROGRAMS[name], "path", "file", "argv"))


def _of_urls(name: str, arguments: Arguments) -> Acts:
    return [one for url in texts(_url(arguments, URLS[name])) for one in of_url(url)]


def _of_host(name: str, arguments: Arguments) -> Acts:
    position, names = HOSTS[name]
    return [one for host in texts(arguments.get(position, *names)) for one in of_url(host)]


def _of_drawn(name: str, arguments: Arguments) -> Acts:
    places, acts = DRAWN[name]
    paths = texts(drawn(arguments, *places))
    return [one for path in paths for act in acts for one in of_path(path, act, None)]


def _of_engine(name: str, arguments: Arguments) -> Acts:
    servers, files = of_engine(arguments)
    return [*servers, *_of_sqlite(files)]


def _of_database(name: str, arguments: Arguments) -> Acts:
    return _of_sqlite(texts(arguments.get(0, "database")))


def _of_sqlite(files: Iterable[Text]) -> Acts:
    """SQLite's file, and the journal beside it."""
    found = [one for one in files if one.whole != ":memory:"]
    journals = [
        (joined((one, text_of("-journal"))), act) for one in found for act in ("write", "delete")
    ]
    rows = [*((one, "write") for one in found), *journals]
    return [each for path, act in rows for each in of_path(path, act, None)]


def _mode(mode: Values | None) -> str:
    written = [one.whole or "" for one in texts(mode)]
    return "write" if any(_WRITES.search(one) for one in written) else "read"


def _subprocess(name: str, arguments: Arguments) -> Acts:
    given = arguments.get(0, "args")
    if arguments.get(None, "shell") == frozenset((Flag(True),)):
        return [one for line in texts(given) for one in of_command(line)]
    executable = arguments.get(None, "executable")
    return _started(executable or given)


def _started(given: Values | None) -> Acts:
    found: Acts = []
    for one in sorted(given or (), key=repr):
        if isinstance(one, Items):
            first = one.values[0] if one.values else frozenset()
            found += [program(each) for each in texts(first)]
        else:
            found.append(program(text(one)))
    return found


def _connected(name: str, arguments: Arguments) -> Acts:
    return [
        one
        for address in arguments.get(0, "address") or ()
        if isinstance(address, Items) and len(address.values) == 2
        for host in texts(address.values[0])
        for port in texts(address.values[1])
        for one in of_url(joined((text_of("tcp://"), host, text_of(":"), port)))
    ]


def _of_code(name: str, arguments: Arguments) -> Acts:
    if name == "ctypes.CDLL":
        found = texts(arguments.get(0, "name"))
        return [
            Act(Kind.CODE, "load", one) if one.start.startswith("/")
            else Blank(Kind.CODE, "a library that is not known")
            for one in found
        ]  # fmt: skip
    what = TEXT_AS_CODE.get(name)
    is_literal = all(one.whole is not None for one in texts(arguments.get(0)))
    return [Blank(None, what)] if what and not (is_literal and "module" in what) else []


def _merged(path: Text) -> Text:
    pieces: list[object] = []
    for one in path.pieces:
        if pieces and isinstance(one, str) and isinstance(pieces[-1], str):
            pieces[-1] += one
        else:
            pieces.append(one)
    return Text(tuple(pieces))  # type: ignore[arg-type]


_READ: tuple[tuple[Container[str], Callable[[str, Arguments], Acts]], ...] = (
    (FILES, _of_files),
    (SUBPROCESS, _subprocess),
    (SHELLS, _of_shell),
    (PROGRAMS, _of_program),
    (URLS, _of_urls),
    (HOSTS, _of_host),
    (("socket.create_connection",), _connected),
    (DRAWN, _of_drawn),
    (("sqlite3.connect",), _of_database),
    (DRIVERS, of_driver),
    (ENGINES, _of_engine),
)
