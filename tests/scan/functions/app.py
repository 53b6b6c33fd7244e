"""Does a bit of all that the scanner reads, so that what it says can be laid beside what the guard records."""

import json
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import urllib.request
import uuid

from parts import clock
from parts.store import Store

FOLDER = os.environ.get("FOLDER", "/tmp")
API = os.environ["API"]
TOOLS = {"up": ["uname"], "who": ["id", "-u"]}


def handler(event, context):
    files()
    drawn(event["id"])
    programs(event)
    hosts(event)
    return {"done": True}


def files():
    plain = os.path.join(FOLDER, "plain.txt")
    with open(plain, "w") as file:
        file.write("x")
    with open(plain) as file:
        file.read()
    shutil.copy(plain, FOLDER + "/copy.txt")
    os.rename(FOLDER + "/copy.txt", FOLDER + "/moved.txt")
    os.listdir(FOLDER)
    os.makedirs(FOLDER + "/inner", exist_ok=True)
    (pathlib.Path(FOLDER) / "inner" / "p.json").write_text(json.dumps({}))
    os.remove(FOLDER + "/moved.txt")
    sqlite3.connect(FOLDER + "/rows.db").execute("CREATE TABLE IF NOT EXISTS t (a)")
    Store(FOLDER + "/store").save("one")


def drawn(name):
    open(f"{FOLDER}/{uuid.uuid4()}.bin", "wb").close()
    open(f"{FOLDER}/order-{int(name):05d}.txt", "w").close()
    open(f"{FOLDER}/by-{name}.txt", "w").close()
    open(f"{FOLDER}/{clock.today()}.log", "w").close()
    with tempfile.NamedTemporaryFile(prefix="scan-") as file:
        file.write(b"x")


def programs(event):
    subprocess.run(["date"], stdout=subprocess.DEVNULL)
    subprocess.run(TOOLS[event["tool"]], stdout=subprocess.DEVNULL)
    os.system("cd /tmp && basename /tmp/a | tr a b > /dev/null")
    subprocess.run([event["program"]], stdout=subprocess.DEVNULL)


def hosts(event):
    for url in (API + "/v1", "http://second.invalid/x", f"http://{event['host']}/"):
        try:
            urllib.request.urlopen(url, timeout=1)
        except OSError:
            pass
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    except OSError:
        pass
