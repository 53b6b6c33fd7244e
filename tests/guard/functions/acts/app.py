"""Harmless handlers, one for each name: answers and errors of every shape."""

import asyncio
import datetime
import decimal
import json
import logging
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import traceback
import urllib.request

LOADED = []


class Refused(Exception):
    """An error of the function's own."""

    def __str__(self):
        return f"refused: {self.args[0]} ‽"


def handler(event, context):
    return ACTS[event["act"]](event)


def log(event):
    logging.getLogger().warning("watch out: %s", event["text"])
    print("printed", event["text"])
    print("to stderr", file=sys.stderr)
    return "logged"


def chained(event):
    try:
        {}["missing"]
    except KeyError as error:
        raise Refused(event["text"]) from error


def grouped(event):
    raise ExceptionGroup("group", [ValueError("a"), TypeError("b")])


def recursive(event):
    return recursive(event)


def failing_query(event):
    return sqlite3.connect(":memory:").execute("SELECT FROM nothing")


def failing_script(event):
    return sqlite3.connect(":memory:").cursor().executescript("SELECT 1; SELEC 2")


def told_query(event):
    try:
        failing_query(event)
    except sqlite3.Error:
        return traceback.format_exc()


def failing_look_up(event):
    return socket.getaddrinfo("localhost", "no such service")


def failing_connect(event):
    return urllib.request.urlopen("http://127.0.0.1:9/", timeout=1)


def failing_open(event):
    return open("/tmp/none/such")


def failing_start(event):
    return subprocess.run(["/no/such/program"])


def failing_command(event):
    return subprocess.run(["false"], check=True)


def query(event):
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (a, b)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [(1, "ä"), (2, None)])
        return [connection.total_changes, connection.execute("SELECT * FROM t").fetchall()]


def files(event):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, event["text"])
        with open(path, "w") as file:
            file.write("text")
        os.rename(path, path + ".moved")
        return [os.listdir(folder), os.stat(path + ".moved").st_size]


def processes(event):
    told = subprocess.run("echo shell; exit 3", shell=True, capture_output=True, text=True)
    return [told.stdout, told.returncode, subprocess.check_output(["echo", "x y"], text=True)]


def threads(event):
    found = []
    each = [threading.Thread(target=lambda n=n: found.append(n * n)) for n in range(9)]
    [one.start() for one in each]
    [one.join() for one in each]
    return sorted(found)


async def later(value):
    await asyncio.sleep(0)
    return value


async def gathered():
    return await asyncio.gather(*(later(n) for n in range(3)))


def counted(event):
    LOADED.append(1)
    return len(LOADED)


def lazily(event):
    import xml.dom.minidom
    import zoneinfo

    return [xml.dom.minidom.parseString("<a>ü</a>").toxml(), str(zoneinfo.ZoneInfo("UTC"))]


def shown(function):
    """How a function of the standard library, which the guard may watch, looks."""
    return [function.__name__, function.__doc__ and len(function.__doc__), callable(function)]


ACTS = {
    "null": lambda event: None,
    "echo": lambda event: event,
    "unicode": lambda event: {"ключ": "日本語 🎉 \u2028 \x00 é", "e\u0301": ""},
    "surrogate": lambda event: "\ud800",
    "floats": lambda event: [0.1 + 0.2, 1e300, -0.0, 5e-324, 1 / 3, 10**25, 1.0],
    "nan": lambda event: [float("nan"), float("inf"), -float("inf")],
    "decimals": lambda event: [decimal.Decimal("1.10"), decimal.Decimal("1E+5")],
    "order": lambda event: {"b": 1, "a": {"d": 1, "c": 2}, "1": 3, 1: 4, None: 5},
    "bytes": lambda event: b"bytes",
    "bytearray": lambda event: bytearray(b"\xff\x00"),
    "big": lambda event: ["x" * 100] * 50_000,
    "too_big": lambda event: "x" * (7 << 20),
    "nested": lambda event: json.loads("[" * 500 + "]" * 500),
    "too_nested": lambda event: json.loads('{"a":' * 900 + "1" + "}" * 900),
    "set": lambda event: {1, 2},
    "date": lambda event: datetime.date(2026, 1, 2),
    "generator": lambda event: (n for n in range(3)),
    "tuple": lambda event: (1, ("a",)),
    "http": lambda event: {"statusCode": 200, "body": "é", "headers": {"x": "y"}},
    "raise": lambda event: 1 / 0,
    "own_error": chained,
    "group": grouped,
    "exit": lambda event: sys.exit(3),
    "interrupt": lambda event: (_ for _ in ()).throw(KeyboardInterrupt()),
    "key_error": lambda event: event["none"],
    "os_exit": lambda event: os._exit(4),
    "log": log,
    "failing_query": failing_query,
    "failing_script": failing_script,
    "told_query": told_query,
    "failing_look_up": failing_look_up,
    "failing_connect": failing_connect,
    "failing_open": failing_open,
    "failing_start": failing_start,
    "failing_command": failing_command,
    "query": query,
    "files": files,
    "processes": processes,
    "threads": threads,
    "asyncio": lambda event: asyncio.run(gathered()),
    "counted": counted,
    "lazily": lazily,
    "signatures": lambda event: [shown(one) for one in (socket.getaddrinfo, open, os.system)],
}
