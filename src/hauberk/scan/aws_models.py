"""AWS's APIs, as boto3 calls them: methods of clients, waiters, resources. `setup/aws_models.py` writes the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Service:
    """One service: the name it signs with, its operations by method, what its waiters ask."""

    name: str
    signs: str
    operations: Mapping[str, str]
    waiters: Mapping[str, str]


class Act(NamedTuple):
    """What a method of a resource calls: parameters by the identifiers that they are, and what it gives."""

    operation: str
    parameters: tuple[tuple[str, str], ...]
    gives: tuple[str, Mapping[str, str]] | None = None


@cache
def service(name: str) -> Service | None:
    """Give a service by the name that `boto3.client` takes."""
    line = _lines().get(name)
    if line is None:
        return None
    words, _, waits = line.partition(" | ")
    signs, *operations = words.split(" ")
    return Service(
        name,
        signs,
        dict(_method(one) for one in operations),
        dict(one.split("=") for one in waits.split() if one),
    )


@cache
def methods() -> Mapping[str, int]:
    """Give every method of any client, and how many services have it."""
    found: dict[str, int] = {}
    for name in _lines():
        known = service(name)
        for method in known.operations if known else ():
            found[method] = found.get(method, 0) + 1
    return found


@cache
def resources(name: str) -> Mapping[str, Any]:
    """Give the types of resources of a service."""
    found: Mapping[str, Any] = _resources().get(name, {})
    return found


def act(row: list[Any]) -> Act:
    """Read an action of a resource's type."""
    operation, parameters, *gives = row
    made = (gives[0][0], gives[0][1]) if gives else None
    return Act(operation, tuple((target, name) for target, name in parameters), made)


def snake(name: str) -> str:
    """Write an operation as a method: `GetItem` as `get_item`, for names without runs of capitals."""
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_")


@cache
def _lines() -> Mapping[str, str]:
    text = _data("aws_operations.txt")
    return {name: rest for name, _, rest in (line.partition(" ") for line in text.splitlines())}


@cache
def _resources() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(_data("aws_resources.json"))
    return found


def _data(name: str) -> str:
    return files("hauberk.scan").joinpath(name).read_text("utf-8")


def _method(word: str) -> tuple[str, str]:
    method, is_odd, operation = word.partition("=")
    return (method, operation) if is_odd else (snake(word), word)
