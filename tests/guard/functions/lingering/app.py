"""Leaves something behind that runs on, or acts, when the response is out."""

import _thread
import concurrent.futures
import multiprocessing.forkserver
import multiprocessing.resource_tracker
import os
import queue
import runpy
import socket
import subprocess
import sys
import threading
import time

from opentelemetry import exporter

WORLD = os.environ["WORLD"]
KEPT = []
SLEEP = ["sleep", "60"]


def forked_to_run(command):
    """A process that becomes a program as soon as it is told, and how to tell it."""
    waits, tells = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(tells)
        os.read(waits, 1)
        os.execvp(command[0], command)
    os.close(waits)
    return process, tells


def shell_to_run(command):
    """A shell that does as much."""
    shell = subprocess.Popen(
        ["sh", "-c", f"read word; {command}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    KEPT.append(shell)
    return shell.pid, shell.stdin.fileno()


# What the init starts is for all that comes, whenever it begins.
BEGIN_LATE = (forked_to_run(SLEEP), shell_to_run("exec sleep 60"))
_, STARTS_LATE = shell_to_run("{ echo; exec sleep 60; } & exec sleep 60")
ANSWERS = KEPT[-1].stdout
for _ in range(10):
    KEPT.append(subprocess.Popen(SLEEP))
    os.posix_spawnp(SLEEP[0], SLEEP, os.environ)


def handler(event, context):
    globals()[event]()


def nothing():
    return None


# --- Processes that stay. ---


def child_stays():
    KEPT.append(subprocess.Popen(SLEEP))


def forked_stays():
    begun, begins = os.pipe()
    if os.fork() == 0:
        os.write(begins, b"\n")
        time.sleep(60)
        os._exit(0)
    os.read(begun, 1)


def daemon_stays():
    begun, begins = os.pipe()
    first = os.fork()
    if first == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(begins, b"\n")
            os.execvp(SLEEP[0], SLEEP)
        os._exit(0)
    os.waitpid(first, 0)
    os.read(begun, 1)


def shell_leaves_one():
    subprocess.run("sleep 60 > /dev/null 2>&1 &", shell=True, check=True)


def one_of_the_init_starts_one():
    os.write(STARTS_LATE, b"\n")
    ANSWERS.read(1)


# --- Look-alikes of these. ---


def those_of_the_init_begin():
    for process, tells in BEGIN_LATE:
        os.write(tells, b"\n")
        while name_of(process) != "sleep\n":
            time.sleep(0.001)


def name_of(process):
    with open(f"/proc/{process}/comm") as file:
        return file.read()


def waited_for():
    subprocess.run(["true"], check=True)


def not_waited_for():
    """It has ended, and nobody has asked how."""
    KEPT.append(subprocess.Popen(["true"], stdout=subprocess.PIPE))
    KEPT[-1].stdout.read()


def resource_tracker():
    multiprocessing.resource_tracker.ensure_running()


def slow_tracker():
    """A tracker as Python starts it, on a machine so busy that the fork goes on for some events."""
    end, ours = os.pipe()
    if os.fork() == 0:
        os.set_inheritable(end, True)
        os.close(ours)
        time.sleep(0.1)
        code = f"from multiprocessing.resource_tracker import main;main({end})"
        os.execv(sys.executable, [sys.executable, "-c", code])
    KEPT.append(ours)


def fork_server():
    multiprocessing.forkserver.ensure_running()


def waiting_thread():
    threading.Thread(target=queue.Queue().get, daemon=True).start()


def idle_pool():
    """It has run what was brought in, and waits for more."""
    names = {}
    exec("def work(): return 1", names)
    pool = concurrent.futures.ThreadPoolExecutor(1)
    KEPT.append(pool)
    pool.submit(names["work"]).result()


def sleeping_thread():
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def refreshing_timer():
    timer = threading.Timer(60, nothing)
    timer.daemon = True
    timer.start()


# --- Threads that run on with code that was brought in. ---

TEXT = """
import threading, time
def work():
    begun.set()
    time.sleep(60)
begun = threading.Event()
threading.Thread(target=work, daemon=True).start()
begun.wait()
"""


def thread_of_text():
    exec(TEXT, {})


def thread_of_text_itself():
    """Nothing else is on its stack."""
    begun = threading.Event()
    text = compile("begun.set(); import time; time.sleep(60)", "<string>", "exec")
    _thread.start_new_thread(exec, (text, {"begun": begun}))
    begun.wait()


def thread_of_written_file():
    with open(os.path.join(WORLD, "brought.py"), "w") as file:
        file.write(TEXT)
    runpy.run_path(file.name)


def pool_of_text():
    names = {}
    exec("import time\ndef work(begun): begun.set(); time.sleep(60)", names)
    begun = threading.Event()
    pool = concurrent.futures.ThreadPoolExecutor(1)
    KEPT.append(pool)
    pool.submit(names["work"], begun)
    begun.wait()


# --- Acts after the response. ---


def later(act):
    """Acts when the response is out, then tells that it has."""

    def run():
        time.sleep(0.3)
        try:
            act()
        finally:
            os.close(os.open(os.path.join(WORLD, "done"), os.O_CREAT | os.O_WRONLY))

    def start():
        threading.Thread(target=run, daemon=True).start()

    return start


def connect(address):
    def act():
        with socket.socket() as one:
            one.settimeout(0.2)
            one.connect(address)

    return act


def send(address):
    def act():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(b"x", address)

    return act


def write():
    with open(os.path.join(WORLD, "left"), "w") as file:
        file.write("x")


def read():
    with open("/etc/hostname") as file:
        file.read()


def look_up():
    socket.getaddrinfo("collector.example", 443)


def forked_write():
    if os.fork() == 0:
        try:
            time.sleep(0.3)
            write()
            os.close(os.open(os.path.join(WORLD, "done"), os.O_CREAT | os.O_WRONLY))
        finally:
            os._exit(0)


writes = later(write)
starts = later(lambda: subprocess.run(["true"], check=True))
connects = later(connect(("203.0.113.7", 443)))
sends = later(send(("203.0.113.7", 53)))
looks_up = later(look_up)
reads = later(read)
sends_to_daemon = later(send(("169.254.79.129", 2000)))
connects_to_agent = later(connect(("127.0.0.1", 4317)))
exports = later(lambda: exporter.flush(write))
