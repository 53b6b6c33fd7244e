"""What Python programs do all day, in threads and in children; it says what came of each."""

import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor


def echoed(number):
    environment = {} if number % 2 else None
    return subprocess.check_output(["echo", str(number)], env=environment)


def squared(number):
    with open("/etc/hostname") as file:
        return os.getpid() != PARENT, len(file.read()) > 0, number * number


def failed(call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        print(type(error).__name__, error.errno)


def files():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "é x")
        with open(path, "w") as file:
            file.write("x" * 10)
        os.rename(path, path + "2")
        os.link(path + "2", path)
        os.symlink(path, path + "3")
        os.chmod(path, 0o600)
        print(sorted(os.listdir(folder)), os.path.getsize(path + "3"))
        for call in (open, os.unlink, os.listdir):
            failed(call, path + "no")
        failed(os.rmdir, folder)


def sockets():
    one, other = socket.socketpair(socket.AF_UNIX)
    one.sendmsg([b"hi"])
    print(other.recv(9))
    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=lambda: server.accept()[0].sendall(b"yo"))
    thread.start()
    print(socket.create_connection(("localhost", server.getsockname()[1])).recv(9))
    thread.join()
    failed(socket.create_connection, ("127.0.0.1", 1))


def processes():
    print(subprocess.getstatusoutput("echo a | tr a b; exit 3"))
    print(os.system("exit 3"), os.popen("echo popen").read())
    failed(subprocess.check_call, ["/no/such/program"])


if __name__ == "__main__":
    PARENT = os.getpid()
    with ThreadPoolExecutor(8) as pool:
        print(list(pool.map(echoed, range(40))))
    with multiprocessing.get_context("fork").Pool(3) as pool:
        print(pool.map(squared, range(20)))
    files()
    sockets()
    processes()
    sys.stdout.flush()
