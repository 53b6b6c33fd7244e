"""Ways to start a program."""

import asyncio
import atexit
import multiprocessing.util
import os
import pty
import shutil
import signal
import subprocess
import threading
import time

from app import Unavailable
from relay import in_child, wait


def os_system(to):
    return os.system(to.program)


def os_popen(to):
    return os.popen(to.program).read()


def subprocess_run(to):
    subprocess.run([to.program], check=True)


def subprocess_shell(to):
    subprocess.run(f"true; {to.program}", shell=True, check=True)


def posix_spawn(to):
    return wait(os.posix_spawn(to.program, [to.program], os.environ))


def posix_spawnp(to):
    folder, name = os.path.split(to.program)
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{folder}:{before}"
    try:
        return wait(os.posix_spawnp(name, [name], os.environ))
    finally:
        os.environ["PATH"] = before


@in_child
def fork_and_exec(to):
    os.execv(to.program, [to.program])


def spawnv(to):
    return os.spawnv(os.P_WAIT, to.program, [to.program])


def fork_exec(to):
    """As `multiprocessing` starts its children."""
    return wait(multiprocessing.util.spawnv_passfds(to.program.encode(), [b"x"], ()))


def multiprocessing_spawn(to):
    _of_multiprocessing("spawn", to)


def multiprocessing_forkserver(to):
    _of_multiprocessing("forkserver", to)


@in_child
def _of_multiprocessing(method, to):
    context = multiprocessing.get_context(method)
    context.set_executable(to.program)
    process = context.Process(target=print)
    try:
        process.start()
    except (BrokenPipeError, ConnectionRefusedError, FileNotFoundError, EOFError):
        pass  # what was started is no Python that would answer
    time.sleep(0.1)


@in_child
def pty_spawn(to):
    pty.spawn([to.program])


def asyncio_subprocess(to):
    async def run():
        await (await asyncio.create_subprocess_exec(to.program)).wait()

    asyncio.run(run())


def uvloop_subprocess(to):
    uvloop = package("uvloop")

    async def run():
        await (await asyncio.create_subprocess_exec(to.program)).wait()

    loop = uvloop.new_event_loop()
    try:
        loop.run_until_complete(run())
    finally:
        loop.close()


def package(name):
    try:
        return __import__(name)
    except ModuleNotFoundError:
        raise Unavailable(f"{name} is not installed") from None


def from_memory(to):
    """A program that is in no folder."""
    descriptor = _program_in_memory(to)
    path = f"/proc/self/fd/{descriptor}"
    try:
        return wait(os.posix_spawn(path, ["x", to.mark], os.environ))
    finally:
        os.close(descriptor)


@in_child
def by_descriptor(to):
    os.execve(_program_in_memory(to), ["x", to.mark], os.environ)


def _program_in_memory(to):
    if not hasattr(os, "memfd_create"):
        raise Unavailable("no os.memfd_create")
    descriptor = os.memfd_create("x")
    with open(to.binary, "rb") as binary:
        os.write(descriptor, binary.read())
    return descriptor


def own_script(to):
    """Written, made executable and started by the function itself."""
    script = to.path + ".sh"
    with open(script, "w") as file:
        file.write(f"#!/bin/sh\n: > {to.mark}\n")
    os.chmod(script, 0o755)
    subprocess.run([script], check=True)


def copied_program(to):
    """A listed program's copy under a name that no list holds."""
    shutil.copy(to.binary, to.path + ".copy")
    subprocess.run([to.path + ".copy", to.mark], check=True)


def in_thread(to):
    failed = []

    def run():
        try:
            os.system(to.program)
        except PermissionError as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def in_signal_handler(to):
    before = signal.signal(signal.SIGUSR1, lambda *_: os.system(to.program))
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0)  # handlers run between two instructions
    finally:
        signal.signal(signal.SIGUSR1, before)


@in_child
def at_exit(to):
    atexit.register(os.system, to.program)
    atexit._run_exitfuncs()


def after_response(to):
    """A forked child that acts when the response is long out."""
    if os.fork() == 0:
        time.sleep(0.2)
        try:
            os.system(to.program)
        finally:
            os.close(os.open(to.path + ".done", os.O_CREAT | os.O_WRONLY))
            os._exit(0)


def at_end_of_stack(to):
    """Where hardly a call is left before the limit of recursion."""

    def deeper():
        try:
            deeper()
        except RecursionError:
            os.system(to.program)

    deeper()


@in_child
def at_hook_of_fork(to):
    os.register_at_fork(before=lambda: os.system(to.program))
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def nothing(to):
    """Gives what goes on after a response the time to be told of."""
