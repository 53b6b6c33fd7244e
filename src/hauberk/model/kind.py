"""Kinds of activity and their operations."""

from enum import Enum


class Kind(str, Enum):
    """A sort of act on the world outside the function."""

    PROCESS = "process"
    FILE = "file"
    API = "api"
    HOST = "host"
    ADDRESS = "address"
    CODE = "code"

    def __str__(self) -> str:
        return str(self.value)


OPERATIONS = {
    Kind.PROCESS: ("start", "arguments"),
    Kind.FILE: ("read", "write", "delete", "rename", "link", "list", "chmod"),
    Kind.API: (),  # the AWS action, `s3:PutObject`: an open set
    Kind.HOST: ("resolve",),
    Kind.ADDRESS: ("connect", "send", "bind", "open"),
    Kind.CODE: ("unpickle", "load", "call"),
}

ARGUMENTS = "arguments"  # its target is a program and the shape of its arguments
ALONE = {
    Kind.PROCESS: "start",
    Kind.HOST: "resolve",
}  # what `*` in an entry stands for, where it is one operation


def listed_operation(kind: Kind, operation: str) -> str:
    """Give an operation as an entry has it: `*` where that stands for it alone, as for the start of a process."""
    return "*" if ALONE.get(kind) == operation else operation


def is_for_all(kind: Kind, operation: str) -> bool:
    """Whether an entry's operation stands for all of a kind, or for the one that makes the others possible."""
    return operation in {"*", "*:*", ALONE.get(kind)}
