"""Tells how functions look, to code that asks `inspect`."""

import asyncio
import importlib
import inspect
import re

KINDS = (
    "isfunction",
    "ismethod",
    "isbuiltin",
    "iscoroutinefunction",
    "isgeneratorfunction",
    "isasyncgenfunction",
)


def looks(one):
    seen = {kind: getattr(inspect, kind)(one) for kind in KINDS}
    seen["asyncio"] = asyncio.iscoroutinefunction(one)
    try:
        seen["signature"] = str(inspect.signature(one))
    except ValueError as error:
        seen["signature"] = str(type(error))
    for name in ("__name__", "__qualname__", "__module__", "__doc__", "__wrapped__", "__class__"):
        seen[name] = re.sub(" at 0x[0-9a-f]+", "", str(getattr(one, name, None)))
    return seen


class Base:
    async def coroutine(self, a, *, b=1):
        "A coroutine."

    async def generated(self):
        yield 1

    def generator(self):
        yield 1

    def plain(self):
        return self


def handler(event, context):
    if event == "made":
        watch = made()
        return {name: looks(watch(one)) for name, one in vars(Base).items() if callable(one)}
    module, path = event.split(":")
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as missing:
        return {"missing": str(missing)}
    for name in path.split("."):
        owner, found = found, getattr(found, name)
    bound = (
        getattr(object.__new__(owner), name)
        if isinstance(owner, type) and event[:7] != "sqlite3"
        else found
    )
    return {"of the class": looks(found), "bound": looks(bound)}


def made():
    try:
        from hauberk import _native
    except ImportError:
        return lambda one: one
    return lambda one: _native.WatchedMethod(one, lambda *_, **__: None)
