"""Techniques that change their process run in a child of their own, which tells how it ended."""

import functools
import os


def in_child(technique):
    """Runs a technique in a forked child; what it raises there is raised here."""

    @functools.wraps(technique)
    def run(*arguments):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                technique(*arguments)
            except BaseException as error:
                os.write(writer, f"{type(error).__name__}:{error}".encode()[:4000])
            os._exit(0)
        os.close(writer)
        with open(reader, "rb") as told:
            text = told.read().decode()
        os.waitpid(child, 0)
        if text:
            kind, message = text.split(":", 1)
            raise type(kind, (Exception,), {})(message)

    return run


def wait(child):
    """The exit status of a child."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
