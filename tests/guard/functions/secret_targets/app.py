"""Uses secrets where targets are: in the names of files, and in front of a host."""

import contextlib
import urllib.request
from pathlib import Path

TOKEN = "ghp_" + "a1B2" * 9


def handler(event, context):
    for name in ("password=hunter2.txt", f"{TOKEN}.json", "orders.txt"):
        (Path("/tmp") / name).write_text("x")
    with contextlib.suppress(OSError):
        urllib.request.urlopen("http://admin:hunter2@127.0.0.1:9/")
