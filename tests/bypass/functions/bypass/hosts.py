"""Ways to look a name up."""

import asyncio
import socket
import struct

from app import Unavailable
from relay import in_child


def look_up(to):
    return socket.gethostbyname(to.host)


def look_up_below_socket(to):
    import _socket

    return _socket.getaddrinfo(to.host, 80)[0][4][0]


def asyncio_look_up(to):
    async def found():
        return await asyncio.get_running_loop().getaddrinfo(to.host, 80)

    return asyncio.run(found())[0][4][0]


def libc_look_up(to):
    import ctypes

    from machine import libc

    class Found(ctypes.Structure):
        _fields_ = [
            ("numbers", ctypes.c_int * 4),
            ("size", ctypes.c_uint),
            ("address", ctypes.c_void_p),
        ]

    found = ctypes.POINTER(Found)()
    if libc(None).getaddrinfo(to.host.encode(), None, None, ctypes.byref(found)):
        raise OSError("getaddrinfo failed")
    return socket.inet_ntoa(ctypes.string_at(found.contents.address + 4, 4))


@in_child
def carrier(to):
    """What is to leave the function is the name that is asked for."""
    _ask_at(to)
    try:
        socket.getaddrinfo(to.host, 80)
    except socket.gaierror as error:
        if "Hauberk" in str(error):
            raise


@in_child
def resolver_query(to):
    import ctypes

    _ask_at(to)
    library = ctypes.CDLL("libresolv.so.2")
    query = getattr(library, "res_query", None) or library.__res_query
    query(to.host.encode(), 1, 1, ctypes.create_string_buffer(512), 512)


def _ask_at(to):
    """Makes glibc ask the test's resolver: `_res` is the thread's own, and glibc honours what is written there."""
    import ctypes

    from machine import libc

    try:
        state = libc(None).__res_state
        initialise = libc(None).__res_init
    except AttributeError:
        raise Unavailable("this C library has another resolver") from None
    initialise()
    state.restype = ctypes.c_void_p
    address = struct.pack("=H", socket.AF_INET) + struct.pack(
        ">H4s8x", to.port, socket.inet_aton(to.address)
    )
    one_second, one_try, one_server = 1, 1, 1
    start = state()
    ctypes.memmove(start, struct.pack("=ii", one_second, one_try), 8)
    ctypes.memmove(start + 16, struct.pack("=i", one_server) + address, 20)
