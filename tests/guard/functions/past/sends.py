"""A request to AWS that is signed and sent past `http.client`: by each way from Python's bytes to a connection."""

import asyncio
import os
import socket
import ssl
import sys

WORLD = "/tmp/request"


def endpoint(name="ENDPOINT"):
    host = os.environ[name].partition("//")[2]
    return host, host.split(":")[0], int(host.split(":")[1])


def connected():
    return socket.create_connection(endpoint()[1:])


def answer(connection):
    return connection.recv(100).decode()[9:12]


def pieces(text):
    return [text[at : at + 9] for at in range(0, len(text), 9)]


def in_file(text):
    with open(WORLD, "wb") as file:
        file.write(text)
    return open(WORLD, "rb")


# --- By the socket. ---


def by_generator(text):
    connection = connected()
    connection.sendmsg(piece for piece in pieces(text))
    return answer(connection)


def by_list_of_its_own(text):
    class List(list):
        def __iter__(self):
            return iter(pieces(text))

    connection = connected()
    connection.sendmsg(List([b"harmless"]))
    return answer(connection)


def by_lender(text):
    """A class of Python's that lends bytes (Python 3.12)."""
    if sys.version_info < (3, 12):
        return by_generator(text)

    class Lender:
        def __buffer__(self, flags):
            return memoryview(text)

    connection = connected()
    connection.send(Lender())
    return answer(connection)


def by_lender_of_two(text):
    """What it lends is harmless only the first time that it is asked: unprotected it is asked once."""

    class Lender:
        texts = iter((bytes(len(text)), text))

        def __buffer__(self, flags):
            return memoryview(next(self.texts))

    connection = connected()
    connection.send(Lender())
    connection.settimeout(0.5)
    return answer(connection)


def by_changed_bytes(text):
    """Whoever asks for the flags changes what is sent."""
    return changed_while_sent(text, bytearray(len(text)), "sendall")


def by_many_changed_bytes(text):
    """The same where so much is sent that a part of it is copied."""
    return changed_while_sent(text, bytearray(3 << 20), "send")


def changed_while_sent(text, sent, way):
    class Flags:
        def __index__(self):
            sent[: len(text)] = text
            return 0

    connection = connected()
    connection.settimeout(0.5)
    getattr(connection, way)(sent, Flags())
    return answer(connection)


def by_sendto(text):
    connection = connected()
    connection.sendto(memoryview(text)[:50], 0, connection.getpeername())
    connection.sendto(bytearray(text[50:]), connection.getpeername())
    return answer(connection)


# --- By its descriptor. ---


def by_os_write(text):
    connection = connected()
    os.write(connection.fileno(), text)
    return answer(connection)


def by_writev(text):
    connection = connected()
    os.writev(connection.fileno(), [text[:50], bytearray(text[50:])])
    return answer(connection)


def by_both(text):
    connection = connected()
    connection.send(text[:50])
    os.write(os.dup(connection.fileno()), text[50:])
    return answer(connection)


def by_raw_file(text):
    connection = connected()
    with open(connection.fileno(), "wb", buffering=0, closefd=False) as file:
        file.write(text)
    return answer(connection)


def by_buffered_file(text):
    connection = connected()
    with open(connection.fileno(), "wb", closefd=False) as file:
        for piece in pieces(text):
            file.write(piece)
    return answer(connection)


def by_sendfile(text):
    connection = connected()
    with in_file(text) as file:
        os.sendfile(connection.fileno(), file.fileno(), 0, 50)
        os.lseek(file.fileno(), 50, os.SEEK_SET)
        while os.sendfile(connection.fileno(), file.fileno(), offset=None, count=1 << 30):
            pass
    return answer(connection)


def by_socket_sendfile(text):
    connection = connected()
    with in_file(text) as file:
        sent = connection.sendfile(file, 0)
    assert sent == len(text)
    return answer(connection)


# --- By asyncio. ---


def asynchronous(act):
    def way(text):
        return asyncio.run(act(text))

    return way


async def by_loop_sendall(text):
    connection = connected()
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, bytearray(text))
    return (await loop.sock_recv(connection, 100)).decode()[9:12]


async def by_loop_sendfile(text):
    connection = connected()
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    with in_file(text) as file:
        await loop.sock_sendfile(connection, file)
    return (await loop.sock_recv(connection, 100)).decode()[9:12]


async def opened(**more):
    return await asyncio.open_connection(
        *endpoint("TLS_ENDPOINT" if more else "ENDPOINT")[1:], **more
    )


async def by_transport(text):
    reader, writer = await opened()
    for piece in pieces(text):
        writer.write(piece)
    return (await reader.read(100)).decode()[9:12]


async def by_transport_lines(text):
    reader, writer = await opened()
    writer.writelines(pieces(text))
    return (await reader.read(100)).decode()[9:12]


async def by_transport_of_tls(text):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    reader, writer = await opened(ssl=context)
    writer.write(bytearray(text[:90]))
    writer.write(text[90:])
    return (await reader.read(100)).decode()[9:12]


def by_memory(text):
    """An object of `ssl` without a socket: what it encrypts is carried by hand."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    made = context.wrap_bio(incoming, outgoing)
    connection = socket.create_connection(endpoint("TLS_ENDPOINT")[1:])

    def go_on(act):
        while True:
            try:
                found = act()
                connection.sendall(outgoing.read())
                return found
            except ssl.SSLWantReadError:
                connection.sendall(outgoing.read())
                incoming.write(connection.recv(1 << 16))

    go_on(made.do_handshake)
    go_on(lambda: made.write(text))
    return go_on(lambda: made.read(100)).decode()[9:12]


# --- With a word to the guard. ---


def by_forged_socket(text):
    """The guard is told that another socket is in the place of this one, in the middle of the request."""
    connection = connected()
    connection.sendall(text[:50])
    sys.audit("socket.__new__", connection, socket.AF_INET, socket.SOCK_STREAM, 0)
    connection.sendall(text[50:])
    return answer(connection)


WAYS = {
    one.__name__: one
    for one in (
        *(by_generator, by_list_of_its_own, by_changed_bytes, by_many_changed_bytes, by_sendto),
        *(by_lender, by_lender_of_two),
        *(by_os_write, by_writev, by_both, by_raw_file, by_buffered_file),
        *(by_sendfile, by_socket_sendfile, by_memory, by_forged_socket),
    )
}
WAYS.update(
    (one.__name__, asynchronous(one))
    for one in (
        *(by_loop_sendall, by_loop_sendfile, by_transport, by_transport_lines),
        *(by_transport_of_tls,),
    )
)
