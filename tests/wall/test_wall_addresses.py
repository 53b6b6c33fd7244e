"""Each call by which a program reaches an address, waits at one, or makes a socket of another family is judged."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from walled import EACH, Done, Walled, prevent

pytestmark = EACH

DETECT = {"HAUBERK_MODE": "detect"}


@pytest.fixture(params=[socket.SOCK_STREAM, socket.SOCK_DGRAM], ids=["tcp", "udp"])
def listeners(request: pytest.FixtureRequest) -> Iterator[list[socket.socket]]:
    """Two sockets of one kind that wait on this machine."""
    sockets = [socket.socket(socket.AF_INET, request.param) for _ in range(2)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
        if request.param == socket.SOCK_STREAM:
            one.listen()
        one.settimeout(0.2)
    yield sockets
    for one in sockets:
        one.close()


ADDRESSES = {
    "tcp": ["connect", "syscall_connect", "mapped"],
    "udp": [
        "sendto", "syscall_sendto", "sendmsg", "sendmmsg", "sendto_unspecified", "syscall_sendmsg", "syscall_sendmmsg",
    ],
}  # fmt: skip


def name(one: socket.socket) -> str:
    return f"127.0.0.1:{one.getsockname()[1]}"


def reached(one: socket.socket) -> bool:
    is_tcp = one.type == socket.SOCK_STREAM
    try:
        if is_tcp:
            one.accept()[0].close()
        else:
            while one.recv(9):
                one.settimeout(0.01)
    except TimeoutError:
        return not is_tcp and one.gettimeout() == 0.01
    finally:
        one.settimeout(0.2)
    return True


def test_an_address_is_reached_only_where_it_is_listed(
    walled: Walled, acts: Path, listeners: list[socket.socket]
) -> None:
    listed, other = listeners
    is_tcp = listed.type == socket.SOCK_STREAM
    operation = "connect" if is_tcp else "send"

    settings = prevent(address=[f"{operation} {name(listed)}"])
    for call in ADDRESSES["tcp" if is_tcp else "udp"]:

        def go(one: socket.socket, given: dict[str, str] | None, call: str = call) -> Done:
            return walled.run([acts, call, str(one.getsockname()[1])], given)

        done = go(other, settings)
        assert (done.out, done.detected) == (
            f"error {errno.ECONNREFUSED}\n",
            [("unlisted-address", name(other))],
        ), call
        assert not reached(other), call
        done = go(other, DETECT)
        assert ("address", operation, name(other)) in done.told("activity"), call
        assert reached(other), call
        if walled.is_emulated:
            continue
        assert go(other, None).out == "done\n", call
        assert reached(other), call
        done = go(listed, settings)
        assert (done.out, done.detected) == ("done\n", []), call
        assert reached(listed), call


def test_an_address_is_bound_only_where_it_is_listed(walled: Walled, acts: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = walled.run([acts, "bind", str(port)], prevent(address=[]))
    assert done.out == f"error {errno.EACCES}\n"
    assert done.detected == [("unlisted-address", f"127.0.0.1:{port}")]
    done = walled.run([acts, "bind", str(port)], prevent(address=[f"bind 127.0.0.1:{port}"]))
    assert (done.out, done.detected) == ("done\n", [])


@pytest.mark.parametrize("call", ["listen", "syscall_listen"])
def test_what_listens_without_a_port_is_bound_to_one_that_is_drawn(
    walled: Walled, acts: Path, call: str
) -> None:
    assert walled.run([acts, call]).out == "done\n"
    done = walled.run([acts, call], prevent(address=[]))
    assert (done.error, done.detected) == (errno.EACCES, [("unlisted-address", "0.0.0.0:0")])
    assert ("address", "bind", "0.0.0.0:0") in walled.run([acts, call], DETECT).told("activity")
    done = walled.run([acts, call], prevent(address=["bind 0.0.0.0:0"]))
    assert (done.out, done.detected) == ("done\n", [])


def test_what_listens_where_it_was_bound_is_judged_there(walled: Walled, acts: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    listed = prevent(address=[f"bind 127.0.0.1:{port}"])
    done = walled.run([acts, "bind_and_listen", str(port)], listed)
    assert (done.out, done.detected) == ("done\n", [])


@pytest.mark.parametrize("call", ["netlink", "syscall_netlink"])
def test_a_socket_that_has_other_addresses_is_made_only_where_it_is_listed(
    walled: Walled, acts: Path, call: str
) -> None:
    kernel_events, name = "15", "socket:netlink:15"
    assert walled.run([acts, call, kernel_events]).out == "done\n"
    done = walled.run([acts, call, kernel_events], prevent(address=[]))
    assert (done.error, done.detected) == (errno.EACCES, [("unlisted-address", name)])
    done = walled.run([acts, call, kernel_events], prevent(address=[f"open {name}"]))
    assert (done.out, done.detected) == ("done\n", [])
    assert ("address", "open", name) in walled.run([acts, call, "15"], DETECT).told("activity")
    # libc itself asks so for the addresses of this machine.
    done = walled.run([acts, call, "0"], prevent(address=[]))
    assert (done.out, done.detected) == ("done\n", [])
