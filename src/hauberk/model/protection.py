"""Parts of the guard that have a mode of their own."""

from enum import Enum


class Protection(str, Enum):
    """Three of its own, and one for each kind of activity."""

    FIREWALL = "firewall"
    FLOW = "flow"
    LAMBDA = "lambda"
    PROCESS = "process"
    FILE = "file"
    API = "api"
    HOST = "host"
    ADDRESS = "address"
    CODE = "code"

    def __str__(self) -> str:
        return str(self.value)
