"""Does a thing as often as the event asks for, and sends as many bytes, in the way of the event."""

import asyncio
import http.client
import os
import socket
import ssl
import threading
from contextlib import suppress

PIECE = 32 << 10


def handler(event, context):
    return WAYS[event["way"]](**{key: value for key, value in event.items() if key != "way"})


def look_up(name, times):
    for _ in range(times):
        with suppress(OSError):  # whether it is there does not matter
            socket.getaddrinfo(name, 443)


def look_up_in_threads(name, times):
    threads = [threading.Thread(target=look_up, args=(name, 1)) for _ in range(times)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def write(times):
    for number in range(times):
        with open(f"/tmp/{number}.txt", "w") as file:
            file.write("x")


def unverified():
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def _asked(client, body):
    client.request("POST", "/", body, {"Content-Length": str(os.path.getsize("/tmp/body"))})
    return client.getresponse().status


def _body(size):
    with open("/tmp/body", "wb") as file:
        file.write(b"x" * size)
    return b"x" * size


def posted(host, port, size):
    return _asked(http.client.HTTPConnection(host, port, timeout=10), _body(size))


def posted_file(host, port, size):
    _body(size)
    with open("/tmp/body", "rb") as file:
        return _asked(http.client.HTTPConnection(host, port, timeout=10), file)


def encrypted(host, port, size):
    client = http.client.HTTPSConnection(host, port, timeout=10, context=unverified())
    return _asked(client, _body(size))


async def _streamed(host, port, size):
    reader, writer = await asyncio.open_connection(
        host, port, ssl=unverified(), server_hostname=host
    )
    writer.write(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size)
    for _ in range(size // PIECE):
        writer.write(b"x" * PIECE)
        await writer.drain()
    await asyncio.wait_for(reader.read(100), 10)
    writer.close()


def streamed(host, port, size):
    asyncio.run(_streamed(host, port, size))


def by_descriptor(host, port, size):
    with socket.create_connection((host, port), timeout=10) as client:
        client.settimeout(None)
        data = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size
        while data:
            data = data[os.write(client.fileno(), data[:PIECE]) :]
        client.recv(100)


def datagrams(host, port, size):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for _ in range(size // PIECE):
            client.sendto(b"x" * PIECE, (host, port))


WAYS = {
    one.__name__: one
    for one in (
        look_up,
        look_up_in_threads,
        write,
        posted,
        posted_file,
        encrypted,
        streamed,
        by_descriptor,
        datagrams,
    )
}
