"""Acts of a function on the world outside it."""

from typing import NamedTuple

from hauberk.model.kind import Kind


class Activity(NamedTuple):
    """One act of a function: starting `/usr/bin/ls`, reading `/tmp/a`."""

    kind: Kind
    operation: str
    target: str

    def __str__(self) -> str:
        return f"{self.kind} {self.operation} {self.target}"
