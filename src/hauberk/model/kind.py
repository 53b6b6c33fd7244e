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
    Kind.PROCESS: ("start",),
    Kind.FILE: ("read", "write", "delete", "rename", "link", "list", "chmod"),
    Kind.API: (),  # the AWS action, `s3:PutObject`: an open set
    Kind.HOST: ("resolve",),
    Kind.ADDRESS: ("connect", "send", "bind", "open"),
    Kind.CODE: ("unpickle", "load", "call"),
}
