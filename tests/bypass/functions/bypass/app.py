"""Runs one technique by its name, against a place that the policy allows or one that it does not."""

import importlib
import os

MODULES = (
    *("processes", "children", "files", "links", "networks", "hosts", "codes", "tampering"),
    "machine",
)


class Unavailable(Exception):
    """This Python or machine has not what the technique needs."""


class To:
    """What a technique acts on."""

    def __init__(self, event):
        self.place, self.name = event["place"], event["name"]
        self.path = os.path.join(os.environ["WORLD"], self.place, self.name)
        self.program = f"{self.path}.program"  # a script that writes `mark`
        self.binary = f"{self.path}.binary"  # a dynamically linked `touch`
        self.static = f"{self.path}.static"  # a static program that writes `mark`
        self.library = f"{self.path}.so"  # writes `mark` when it is loaded
        self.secret = f"{self.path}.secret"
        self.socket = f"{self.path}.socket"
        self.mark = f"{self.path}.mark"
        self.address, self.port = event["address"], event["port"]
        self.host = f"{self.name.replace('_', '-')}.{self.place}.example"


def handler(event, context):
    try:
        return {"value": found(event["technique"])(To(event))}
    except Unavailable as reason:
        return {"unavailable": str(reason)}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def found(name):
    """Looks last where `ctypes` is imported: that may be refused."""
    for module in MODULES:
        technique = getattr(importlib.import_module(module), name, None)
        if technique is not None:
            return technique
    raise KeyError(name)
