"""The other side: takes note of each connection, datagram and name that reaches it."""

from __future__ import annotations

import os
import selectors
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

FENCE = "127.0.3.1"
NO_SUCH_NAME = b"\x81\x83"


class Peer:
    """Listens on one port of every address of this machine, by TCP and UDP, and on Unix sockets."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._selector = selectors.DefaultSelector()
        self._stream = socket.create_server(("0.0.0.0", 0), backlog=100)
        self.port = self._stream.getsockname()[1]
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.setsockopt(socket.IPPROTO_IP, 8, 1)  # IP_PKTINFO: which address was meant
        self._datagrams.bind(("0.0.0.0", self.port))
        self._watch(self._stream, self._accept)
        self._watch(self._datagrams, self._receive)
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def has_seen(self, what: str) -> bool:
        """Whether it was reached there by now: what came before is noted before."""
        self._pass(socket.SOCK_STREAM)
        self._pass(socket.SOCK_DGRAM)
        return what in self._seen

    def forget(self, *what: str) -> None:
        """What came before is no proof of what comes now."""
        self.has_seen(FENCE)
        self._seen.difference_update(what)

    def listen_at(self, path: Path, address: str) -> None:
        """Listens on a Unix socket, and hands a connection to this address to whom connects."""
        listener = socket.socket(socket.AF_UNIX)
        folder = os.open(path.parent, os.O_RDONLY)  # the whole path may be too long for a socket
        listener.bind(f"/proc/self/fd/{folder}/{path.name}")
        os.close(folder)
        listener.listen()
        self._watch(listener, lambda: self._hand_over(listener, path, address))

    def close(self) -> None:
        self._is_closed = True
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]

    def _watch(self, listener: socket.socket, act: Callable[[], None]) -> None:
        self._selector.register(listener, selectors.EVENT_READ, act)

    def _run(self) -> None:
        while not self._is_closed:
            for key, _ in self._selector.select(timeout=0.05):
                with suppress(OSError):  # who connected may be gone
                    key.data()

    def _pass(self, kind: socket.SocketKind) -> None:
        """Comes in after all that came before, and waits until it is noted."""
        self._seen.discard(FENCE)
        with socket.socket(socket.AF_INET, kind) as client:
            client.connect((FENCE, self.port))
            if kind == socket.SOCK_DGRAM:
                client.send(b"")
            limit = time.monotonic() + 5
            while FENCE not in self._seen and time.monotonic() < limit:
                time.sleep(0.001)

    def _accept(self) -> None:
        connection, _ = self._stream.accept()
        self._seen.add(connection.getsockname()[0])
        connection.close()

    def _receive(self) -> None:
        data, ancillary, _, sender = self._datagrams.recvmsg(2000, 100)
        if sender[1] == 0:
            return
        self._seen.update(socket.inet_ntoa(value[8:12]) for _, _, value in ancillary)
        if len(data) > 12:
            self._seen.add(_name_in(data))
            answer = data[:2] + NO_SUCH_NAME + data[4:]
            self._datagrams.sendmsg(
                [answer], ancillary, 0, sender
            )  # from the address that was asked

    def _hand_over(self, listener: socket.socket, path: Path, address: str) -> None:
        self._seen.add(str(path))
        connection, _ = listener.accept()
        with connection:
            with socket.create_connection((address, self.port)) as made:
                socket.send_fds(connection, [b"x"], [made.fileno()])
                ours = self._accept_from(made.getsockname())
            with ours:
                ours.settimeout(5)
                self._seen.add(ours.recv(1000).decode())

    def _accept_from(self, sender: tuple[str, int]) -> socket.socket:
        while True:
            connection, other = self._stream.accept()
            if other == sender:
                return connection
            self._seen.add(connection.getsockname()[0])
            connection.close()


def _name_in(query: bytes) -> str:
    labels, at = [], 12
    while at < len(query) and query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode(errors="replace"))
        at += 1 + query[at]
    return ".".join(labels)
