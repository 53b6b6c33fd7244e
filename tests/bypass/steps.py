"""The steps and endings that rows of the suite share."""

from __future__ import annotations

START, WRITE, READ, LOAD = "start {program}", "write {mark}", "read {secret}", "load {library}"
CONNECT, SEND, RESOLVE = "connect {address}:{port}", "send {address}:{port}", "resolve {host}"
NOT_REACHED, NOT_FOUND = ("ConnectionRefusedError",), ("gaierror",)
BY_SHELL, BY_CHILD = ("32256",), ("CalledProcessError",)
BY_LIBRARY, SAYS_NOTHING = ("OSError",), ("None",)
BY_STATUS = ("PermissionError", "126", "127", "32256", "32512")


def child(program: str) -> tuple[str, str]:
    """The start of a program that acts for the function."""
    return ("process", f"start {{bin}}/{program}")


PYTHON = ("process", "start /var/lang/bin/python3*")
CTYPES, CFFI = ("code", "load _ctypes"), ("code", "load _cffi_backend")
EXTENSIONS = ("code", "load sqlite3.enable_load_extension")
LOADER = ("process", "start {loader}")
BY_QUERY = ("OperationalError",)
