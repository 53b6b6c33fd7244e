"""Works as functions do, a little of everything, and says of its process what could leak."""

import asyncio
import os
import sqlite3
import subprocess
import threading

DATABASE = sqlite3.connect(":memory:", check_same_thread=False)
DATABASE.execute("create table orders (name)")


def handler(event, context):
    if "writers" in event:
        return write(event)
    number, name = event["number"], event["name"]
    DATABASE.execute(f"select * from orders where name = '{name}'").fetchall()
    with open(f"/tmp/{number % 20_000}", "w") as file:
        file.write(name)
    if number % 50 == 0:
        thread = threading.Thread(target=os.stat, args=("/tmp",))
        thread.start()
        thread.join()
    if number % 250 == 0:
        subprocess.run(["/bin/true"])
    if number % 500 == 0:
        asyncio.run(asyncio.sleep(0))
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
    return sample() if event.get("sample") else number


def sample():
    """Memory in KB, descriptors, threads and child processes."""
    with open("/proc/self/status") as lines:
        status = dict(line.split(":", 1) for line in lines)
    # A thread that has been joined is there a moment longer.
    threads = min((os.listdir("/proc/self/task") for _ in range(100)), key=len)
    children = []
    for thread in threads:
        with open(f"/proc/self/task/{thread}/children") as file:
            children += file.read().split()
    # One descriptor is that of the listing itself.
    descriptors = len(os.listdir("/proc/self/fd")) - 1
    return [int(status["VmRSS"].split()[0]), descriptors, len(threads), len(children)]


def write(event):
    """As many threads as asked for, each of which does something that is told, and prints beside it."""

    def act(number):
        line = f"printed {event['number']} {number} {'x' * 200}\n".encode()
        os.write(1, line)
        with open(f"/tmp/told-{event['number']}-{number}", "w"):
            pass
        os.write(2, line)

    threads = [threading.Thread(target=act, args=(n,)) for n in range(event["writers"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return event["number"]
