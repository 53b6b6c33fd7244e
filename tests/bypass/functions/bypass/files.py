"""Ways to read or write a file."""

import marshal
import mmap
import os
import signal
import sqlite3
import ssl
import time

from app import Unavailable

WRITES = os.O_CREAT | os.O_WRONLY


def open_mark(to):
    open(to.mark, "w").close()


def read_secret(to):
    with open(to.secret) as file:
        return file.read()


def below_descriptor(to):
    folder, name = os.path.split(to.mark)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.close(os.open(name, WRITES, dir_fd=descriptor))
    finally:
        os.close(descriptor)


def removed_below_descriptor(to):
    folder, name = os.path.split(to.secret)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.unlink(name, dir_fd=descriptor)
    finally:
        os.close(descriptor)


def renamed_below_descriptor(to):
    folder, name = os.path.split(to.secret)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.rename(name, os.path.basename(to.mark), src_dir_fd=descriptor, dst_dir_fd=descriptor)
    finally:
        os.close(descriptor)


def from_working_directory(to):
    before = os.getcwd()
    os.chdir(os.path.dirname(to.mark))
    try:
        open(os.path.basename(to.mark), "w").close()
    finally:
        os.chdir(before)


def libc_open(to):
    from machine import libc

    os.close(libc(None).open(to.mark.encode(), WRITES, 0o644))


def libc_by_name_open(to):
    from machine import libc

    os.close(libc("libc.so.6").open(to.mark.encode(), WRITES, 0o644))


def libc_syscall(to):
    from machine import system_call

    os.close(system_call("openat", -100, to.mark.encode(), WRITES, 0o644))


def openat2(to):
    from machine import system_call

    how = (WRITES).to_bytes(8, "little") + (0o644).to_bytes(8, "little") + bytes(8)
    os.close(system_call("openat2", -100, to.mark.encode(), how, len(how)))


def folder_by_number(to):
    from machine import system_call

    system_call("mkdirat", -100, to.mark.encode(), 0o755)


def times_by_libc(to):
    from machine import libc

    times = (1000).to_bytes(8, "little") + bytes(8)
    if libc(None).utimes(to.secret.encode(), times * 2):
        raise PermissionError("utimes failed")


def rights_by_descriptor(to):
    """Python's event tells a number, and no path."""
    with open(to.secret) as file:
        os.fchmod(file.fileno(), 0o600)


def libc_rename(to):
    from machine import libc

    if libc(None).rename(to.secret.encode(), to.mark.encode()):
        raise PermissionError("rename failed")


def sent_file(to):
    """The kernel copies: no byte of it passes through Python."""
    reader, writer = os.pipe()
    with open(to.secret, "rb") as file:
        os.sendfile(writer, file.fileno(), 0, 100)
    os.close(writer)
    with open(reader) as told:
        return told.read()


def copied_range(to):
    if not hasattr(os, "copy_file_range"):
        raise Unavailable("no os.copy_file_range")
    with open(to.secret, "rb") as source:
        copy = os.open(to.mark, WRITES)
        os.copy_file_range(source.fileno(), copy, 100)
        os.close(copy)


def mapped(to):
    with open(to.secret, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as bytes_:
        return bytes_[:].decode()


def sqlite_connects(to):
    sqlite3.connect(to.mark).execute("CREATE TABLE t (a)")


def sqlite_attaches(to):
    connection = sqlite3.connect(":memory:")
    connection.execute(f"ATTACH DATABASE '{to.mark}' AS other")
    connection.execute("CREATE TABLE other.t (a)")


def sqlite_attaches_parameter(to):
    connection = sqlite3.connect(":memory:")
    connection.execute("attach ? as other", (to.mark,))
    connection.execute("CREATE TABLE other.t (a)")


def sqlite_vacuums_into(to):
    sqlite3.connect(":memory:").execute(f"VACUUM main INTO '{to.mark}'")


def sqlite_backs_up(to):
    sqlite3.connect(":memory:").backup(sqlite3.connect(to.mark))


def key_log(to):
    """OpenSSL opens the file by itself."""
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).keylog_filename = to.mark


def makes_fifo(to):
    os.mkfifo(to.mark)


def makes_node(to):
    os.mknod(to.mark)


def extended_attribute(to):
    try:
        os.setxattr(to.secret, "user.x", to.name.encode())
    except OSError as error:
        if error.errno == 95:
            raise Unavailable("no extended attributes here") from None
        raise
    return os.getxattr(to.secret, "user.x").decode()


def marshalled_code(to):
    code = compile(f"open({to.mark!r}, 'w').close()", "", "exec")
    exec(marshal.loads(marshal.dumps(code)))


def evaluated_text(to):
    eval("open(to.mark, 'w').close()")


def _environment_of(path):
    def technique(to):
        with open(path()) as file:
            return file.read()

    return technique


environ_of_self = _environment_of(lambda: "/proc/self/environ")
environ_of_thread = _environment_of(lambda: "/proc/thread-self/environ")
environ_of_number = _environment_of(lambda: f"/proc/{os.getpid()}/environ")
environ_of_task = _environment_of(lambda: f"/proc/self/task/{os.getpid()}/environ")
environ_through_root = _environment_of(lambda: "/proc/self/root/proc/self/environ")
environ_through_descriptors = _environment_of(lambda: "/dev/fd/../environ")
environ_with_detours = _environment_of(lambda: "//proc/./self/../self//environ")


def environ_below_descriptor(to):
    descriptor = os.open("/proc/self", os.O_RDONLY)
    try:
        with open(os.open("environ", os.O_RDONLY, dir_fd=descriptor)) as file:
            return file.read()
    finally:
        os.close(descriptor)


def environ_by_libc(to):
    """`environ` itself, in memory: no file is read."""
    import ctypes

    environment = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    found, index = [], 0
    while environment[index]:
        found.append(environment[index].decode())
        index += 1
    return "\n".join(found)


def environ_of_child(to):
    child = os.fork()
    if child == 0:
        time.sleep(20)
        os._exit(0)
    try:
        with open(f"/proc/{child}/environ") as file:
            return file.read()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def certificates(to):
    """OpenSSL reads the file, and says what it thinks of it."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(to.secret)
    except ssl.SSLError as error:
        return str(error)


def own_map(to):
    """Where the guard and the policy lie."""
    with open("/proc/self/maps") as file:
        return file.read()


def map_by_number(to):
    with open(os.open(f"/proc/{os.getpid()}/smaps", os.O_RDONLY)) as file:
        return file.read()


def own_memory(to):
    """Reads a text of its own where it lies, as it would the guard's."""
    text = f"AWS_LAMBDA_RUNTIME_API={os.environ['AWS_LAMBDA_RUNTIME_API']}".encode()
    with open("/proc/self/mem", "rb", buffering=0) as memory:
        memory.seek(id(text) + bytes.__basicsize__ - 1)
        return memory.read(len(text)).decode()
