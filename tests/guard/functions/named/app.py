"""Does what its callers name, and what it does by itself."""

import json
import socket
import subprocess


def resolve(host):
    try:
        socket.getaddrinfo(host, 443)
    except OSError:
        pass


def touch(path):
    open(path, "a").close()


DONE = {
    "host": resolve,
    "ann@example.com": resolve,
    "letters": resolve,
    "encoded": lambda name: resolve(name.encode("idna")),
    "url": lambda url: resolve(url.split("/")[2]),
    "tenant": lambda tenant: resolve(f"{tenant}.tenants.invalid"),
    "partner": lambda _: resolve("partner.invalid"),
    "tool": lambda tool: subprocess.run([f"/usr/bin/{tool}"], capture_output=True),
    "file": touch,
    "name": lambda name: touch(f"/tmp/upload-{name}"),
}


def handler(event, context):
    resolve("own.invalid")
    for asked, what in json.loads(event.get("body") or "{}").items():
        if asked in DONE:
            DONE[asked](what)
    return 1
