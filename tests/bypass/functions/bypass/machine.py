"""Calls below Python: libc by ctypes and cffi, raw system calls, machine code, io_uring."""

import ctypes
import mmap
import os
import platform
import socket
import struct

from app import Unavailable
from relay import in_child, wait

WRITES = os.O_CREAT | os.O_WRONLY
ON_ARM = platform.machine() in ("aarch64", "arm64")
NUMBERS = {  # of system calls: x86_64, arm64
    "recvmsg": (47, 212),
    "recvmmsg": (299, 243),
    "openat": (257, 56),
    "execve": (59, 221),
    "connect": (42, 203),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "openat2": (437, 437),
    "mkdirat": (258, 34),
    "sendmsg": (46, 211),
}
# A function of seven words that makes the system call which they are.
CODE = bytes.fromhex(
    "e80300aae00301aae10302aae20303aae30304aae40305aae50306aa010000d4c0035fd6"
    if ON_ARM
    else "4889f84889f74889d64889ca4d89c24d89c84c8b4c24080f05c3"
)
TAKEN = []


def libc(name):
    """The C library: None is the program's own handle, through which a preloaded library is seen first."""
    return ctypes.CDLL(name, use_errno=True)


def system_call(name, *words):
    found = libc(None).syscall(NUMBERS[name][ON_ARM], *words)
    if found < 0:
        raise OSError(ctypes.get_errno(), f"{name} failed")
    return found


def libc_system(to):
    return libc(None).system(to.program.encode())


def libc_by_name_system(to):
    return libc("libc.so.6").system(to.program.encode())


def take_handle(to):
    TAKEN.append(libc(None).system)


def with_taken_handle(to):
    return TAKEN.pop()(to.program.encode())


def libc_posix_spawn(to):
    child = ctypes.c_int()
    words = (ctypes.c_char_p * 2)(to.program.encode(), None)
    failed = libc(None).posix_spawn(ctypes.byref(child), words[0], None, None, words, None)
    if failed:
        raise OSError(failed, "posix_spawn failed")
    return wait(child.value)


@in_child
def libc_execve(to):
    words = (ctypes.c_char_p * 2)(to.program.encode(), None)
    libc(None).execve(words[0], words, None)
    raise OSError(ctypes.get_errno(), "execve failed")


@in_child
def syscall_execve(to):
    words = (ctypes.c_char_p * 2)(to.program.encode(), None)
    system_call("execve", words[0], words, None)


def cffi_system(to):
    return _by_cffi("int system(const char *);").system(to.program.encode())


def cffi_open(to):
    opened = _by_cffi("int open(const char *, int, int);").open(to.mark.encode(), WRITES, 0o644)
    os.close(opened)


def cffi_dlopen(to):
    from processes import package

    package("cffi").FFI().dlopen(to.library)


def _by_cffi(declared):
    from processes import package

    interface = package("cffi").FFI()
    interface.cdef(declared)
    return interface.dlopen(None)


def _socket_address(to):
    return struct.pack("=H", socket.AF_INET) + struct.pack(">H4s8x", to.port, _ip(to))


def _ip(to):
    return socket.inet_aton(to.address)


def libc_connect(to):
    _connected_by(libc(None).connect, to)


def libc_by_name_connect(to):
    _connected_by(libc("libc.so.6").connect, to)


def syscall_connect(to):
    _connected_by(lambda *words: system_call("connect", *words), to)


def cffi_connect(to):
    declared = "int connect(int, const char *, unsigned);"
    _connected_by(_by_cffi(declared).connect, to)


def machine_code_connect(to):
    def connect(descriptor, address, size):
        buffer = ctypes.create_string_buffer(address, size)
        return machine_code()(
            NUMBERS["connect"][ON_ARM], descriptor, ctypes.addressof(buffer), size, 0, 0, 0
        )

    _connected_by(connect, to)


def _connected_by(connect, to):
    address = _socket_address(to)
    with socket.socket() as client:
        if connect(client.fileno(), address, len(address)) < 0:
            raise ConnectionRefusedError("connect failed")


def libc_sendto(to):
    address = _socket_address(to)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        if libc(None).sendto(client.fileno(), b"hello", 5, 0, address, len(address)) < 0:
            raise ConnectionRefusedError("sendto failed")


def unspecified_sendto(to):
    """Of no family: the kernel takes it for IPv4's."""
    address = bytes(2) + _socket_address(to)[2:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        if libc(None).sendto(client.fileno(), b"hello", 5, 0, address, len(address)) < 0:
            raise ConnectionRefusedError("sendto failed")


def message_by_number(to):
    address, text = ctypes.create_string_buffer(_socket_address(to)), b"hello"
    part = (ctypes.c_void_p * 2)(ctypes.cast(text, ctypes.c_void_p).value, len(text))
    at = [ctypes.addressof(one) for one in (address, part)]
    message = (ctypes.c_void_p * 7)(at[0], 16, at[1], 1, 0, 0, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        system_call("sendmsg", client.fileno(), message, 0)


def _passed(to, name, *more):
    room, control = ctypes.create_string_buffer(1), ctypes.create_string_buffer(24)
    part = (ctypes.c_void_p * 2)(ctypes.addressof(room), 1)
    at = [ctypes.addressof(one) for one in (part, control)]
    message = (ctypes.c_void_p * 8)(0, 0, at[0], 1, at[1], 24, 0, 0)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(to.socket)
        system_call(name, client.fileno(), message, *more, 0, None)
        number = int.from_bytes(control.raw[16:20], "little")
        with socket.socket(fileno=number) as passed:
            passed.send(to.host.encode())


def passed_by_number(to):
    """As `passed_descriptor`, received by a call of its number."""
    _passed(to, "recvmsg")


def passed_among_several(to):
    """As one of several messages."""
    _passed(to, "recvmmsg", 1)


def words_by_libc(to):
    """The shell in it is libc's to start."""
    found = ctypes.create_string_buffer(64)
    return libc(None).wordexp(f"$({to.program})".encode(), found, 0)


def machine_code():
    """Code that no file holds."""
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(CODE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    call = ctypes.CFUNCTYPE(ctypes.c_long, *[ctypes.c_long] * 7)(address)
    TAKEN.append(page)  # it must stay mapped
    return call


def machine_code_opens(to):
    path = ctypes.create_string_buffer(to.mark.encode())
    call = machine_code()
    os.close(call(NUMBERS["openat"][ON_ARM], -100, ctypes.addressof(path), WRITES, 0o644, 0, 0))


@in_child
def machine_code_executes(to):
    words = (ctypes.c_char_p * 2)(to.program.encode(), None)
    path = ctypes.cast(words, ctypes.POINTER(ctypes.c_void_p))[0]
    machine_code()(NUMBERS["execve"][ON_ARM], path, ctypes.addressof(words), 0, 0, 0, 0)


def ring_opens(to):
    """The kernel opens the file, asked by a queue in shared memory (io_uring), which machine code sets up."""
    parameters = ctypes.create_string_buffer(120)
    call = machine_code()
    ring = call(NUMBERS["io_uring_setup"][ON_ARM], 4, ctypes.addressof(parameters), 0, 0, 0, 0)
    if ring in (-1, -38):
        raise Unavailable("io_uring is not to be had here")
    tail_at, array_at = (struct.unpack_from("=I", parameters, at)[0] for at in (44, 64))
    both = {"flags": mmap.MAP_SHARED, "prot": mmap.PROT_READ | mmap.PROT_WRITE}
    queue = mmap.mmap(ring, array_at + 16, offset=0, **both)
    entries = mmap.mmap(ring, 4 * 64, offset=0x10000000, **both)
    path = ctypes.create_string_buffer(to.mark.encode())
    open_at, at_working_directory = 18, -100
    struct.pack_into(
        "=BBHiQQII",
        entries,
        0,
        open_at,
        0,
        0,
        at_working_directory,
        0,
        ctypes.addressof(path),
        0o644,
        WRITES,
    )
    struct.pack_into("=I", queue, array_at, 0)
    struct.pack_into("=I", queue, tail_at, 1)
    call(NUMBERS["io_uring_enter"][ON_ARM], ring, 1, 1, 1, 0, 0)
    os.close(ring)
