"""What the checks of the guard's invariants ask of a function."""

import os
import sqlite3
import subprocess
import sys
import traceback

OURS = "/hauberk/"
WORLD = os.environ["WORLD"]


def handler(event, context):
    return ACTS[event["act"]](event)


def loaded(event):
    """The files of modules that are neither the standard library's nor the guard's own."""
    files = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
    return sorted(file for file in files if event["below"] in file and OURS not in file)


def sockets(event):
    names = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    links = [os.readlink(name) for name in names if os.path.lexists(name)]
    return sum(link.startswith("socket:") for link in links)


def query(event):
    connection = sqlite3.connect(":memory:")
    return connection.execute(event.get("statement", "SELECT 1")).fetchall()


def failing_query(event):
    try:
        return query({"statement": "SELECT FROM"})
    except sqlite3.Error:
        return traceback.format_exc()


def look_up(event):
    import socket

    return bool(socket.getaddrinfo("localhost", 80))


def request(event):
    """Nobody answers it."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", 9, timeout=5)
    try:
        connection.request("GET", "/")
    except ConnectionRefusedError:
        return "refused"


def call_aws(event):
    """Whether the guard lets a call through; nobody answers it here."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    settings = Config(retries={"max_attempts": 0}, connect_timeout=1)
    client = boto3.client("s3", endpoint_url="http://127.0.0.1:9", config=settings)
    try:
        getattr(client, event["method"])(Bucket="shop", Key=event["key"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    except BotoCoreError:
        return "let through"


def import_it(event):
    return __import__(event["name"]).__name__


def run(event):
    return subprocess.call(["true", event["text"], os.environ["SHOP_SECRET"]])


def opened(event):
    for number in range(event["many"]):
        with open(os.path.join(WORLD, f"{event['name']}{number}"), "a"):
            pass
        if number == 0 and "climb" in event:
            with open(os.path.join(WORLD, event["climb"])) as file:
                file.read()
    return "opened"


ACTS = {
    "loaded": loaded,
    "sockets": sockets,
    "query": query,
    "failing_query": failing_query,
    "look_up": look_up,
    "request": request,
    "call_aws": call_aws,
    "import_it": import_it,
    "run": run,
    "opened": opened,
    "answer": lambda event: event["value"],
}
