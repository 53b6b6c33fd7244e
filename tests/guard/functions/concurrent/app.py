"""Runs what an event says, by a way of its own; each invocation is known by the word in its event."""

import asyncio
import multiprocessing
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

LOADED_BY = os.getpid()


def command(event):
    (name,) = [event[key] for key in event if key.startswith("name")]
    return f"echo {name}"


def call(event):
    return subprocess.run(command(event), shell=True, capture_output=True, text=True).stdout


def thread(event):
    with ThreadPoolExecutor(3) as pool:
        return next(one.result() for one in [pool.submit(call, event) for _ in range(3)])


def asynchronous(event):
    async def run():
        process = await asyncio.create_subprocess_shell(
            command(event), stdout=asyncio.subprocess.PIPE
        )
        return (await process.communicate())[0].decode()

    async def both():
        return (await asyncio.gather(run(), asyncio.sleep(0.001), run()))[0]

    return asyncio.run(both())


def fork(event):
    receiver, sender = multiprocessing.Pipe(duplex=False)

    def run():
        try:
            sender.send(call(event))
        except PermissionError:
            sender.send(None)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    said = receiver.recv()
    process.join()
    if said is None:
        raise PermissionError
    return said


def child(event):
    """What a program reads is seen by the second wall alone."""
    done = subprocess.run(["/bin/sh"], input=f"cat {event['path']}", capture_output=True, text=True)
    if done.returncode:
        raise PermissionError
    return done.stdout


WAYS = {"call": call, "thread": thread, "asynchronous": asynchronous, "fork": fork, "child": child}


def handler(event, context):
    try:
        said = WAYS[event["way"]](event)
    except PermissionError:
        said = "blocked"
    return [said, context.aws_request_id, os.getpid()]
