"""Ways to reach an address."""

import array
import asyncio
import os
import socket
import struct
import urllib.request

from processes import package


def connect(to):
    socket.create_connection((to.address, to.port)).close()


def asyncio_connection(to):
    asyncio.run(_open(to))


async def _open(to):
    _, writer = await asyncio.open_connection(to.address, to.port)
    writer.close()


def uvloop_connection(to):
    loop = package("uvloop").new_event_loop()
    try:
        loop.run_until_complete(_open(to))
    finally:
        loop.close()


def in_mapped_spelling(to):
    """An IPv4 address as IPv6 writes it."""
    with socket.socket(socket.AF_INET6) as client:
        client.connect((f"::ffff:{to.address}", to.port))


def as_one_number(to):
    (number,) = struct.unpack(">I", socket.inet_aton(to.address))
    with socket.socket() as client:
        client.connect((str(number), to.port))


def datagram(to):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"hello", (to.address, to.port))


def connected_datagram(to):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect((to.address, to.port))
        client.send(b"hello")


def message(to):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendmsg([b"hello"], [], 0, (to.address, to.port))


def fast_open(to):
    """Connects by sending."""
    with socket.socket() as client:
        client.sendto(b"hello", socket.MSG_FASTOPEN, (to.address, to.port))


def raw_datagram(to):
    """A packet that the function makes itself, UDP header and all."""
    header = struct.pack(">HHHH", 53, to.port, 8 + 5, 0)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as client:
            client.sendto(header + b"hello", (to.address, 0))
    except PermissionError as error:
        if "Hauberk" in str(error):
            raise
        from app import Unavailable

        raise Unavailable("raw sockets are not to be had here") from None


def name_query(to):
    """A query for a name, as a resolver of the function's own would send it."""
    labels = b"".join(bytes([len(part)]) + part for part in to.host.encode().split(b"."))
    query = struct.pack(">6H", 1, 0x100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(query, (to.address, to.port))


def unix_socket(to):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(to.socket)


def kernel_socket(to):
    """The kernel tells of devices there."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15) as made:
        return made.family.name


def route_socket(to):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 0) as made:
        made.bind((0, 0))


def listens_unbound(to):
    """The kernel draws a port, at every address."""
    with socket.socket() as server:
        server.listen()
        return f"port {server.getsockname()[1]}"


def passed_descriptor(to):
    """A connection that another process opened, and hands over."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(to.socket)
        numbers = array.array("i", [0])
        _, ancillary, _, _ = client.recvmsg(1, socket.CMSG_SPACE(numbers.itemsize))
        numbers.frombytes(ancillary[0][2][: numbers.itemsize])
        with socket.socket(fileno=numbers[1]) as passed:
            passed.send(to.host.encode())


def through_proxy(to):
    """The host is a harmless one; the proxy that the environment names gets the request."""
    os.environ["http_proxy"] = f"http://{to.address}:{to.port}"
    try:
        opener = urllib.request.build_opener()  # the usual one remembers the first environment
        opener.open("http://harmless.allowed.example/", timeout=2)
    except ConnectionResetError:
        pass  # the test's proxy only takes note
    finally:
        del os.environ["http_proxy"]


def psycopg_connects(to):
    package("psycopg").connect(host=to.address, port=to.port, connect_timeout=2)


def psycopg2_connects(to):
    package("psycopg2").connect(host=to.address, port=to.port, connect_timeout=2)


def pycurl_connects(to):
    curl = package("pycurl").Curl()
    curl.setopt(curl.URL, f"http://{to.address}:{to.port}/")
    curl.perform()


def grpc_connects(to):
    grpc = package("grpc")
    channel = grpc.insecure_channel(f"{to.address}:{to.port}")
    try:
        grpc.channel_ready_future(channel).result(timeout=0.5)
    except grpc.FutureTimeoutError:
        pass  # the test's server only takes note
    finally:
        channel.close()
