"""A function while it is read: what its parameters are, and where its other names come from."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from hauberk.scan.scope import Scope
from hauberk.scan.value import UNKNOWN, Arguments, Called, Items, Table, Unknown, Values

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(eq=False, slots=True)
class Frame:
    """One reading of a scope; known by identity."""

    scope: Scope
    bound: dict[str, Values]
    home: Frame | None
    known: dict[object, Values] = field(default_factory=dict)  # what was worked out in it

    def __repr__(self) -> str:
        return f"<in {self.scope!r}>"


def bound(called: Called, arguments: Arguments) -> tuple[dict[str, Values], list[str]]:
    """Give what the parameters of a function are, and those that take their default."""
    node = called.scope.node
    if not isinstance(node, FUNCTIONS):
        return {}, []
    given = list(arguments.positional)
    if called.self is not None:
        given.insert(0, frozenset((called.self,)))
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    found = dict(zip(names, given, strict=False))
    more = dict(arguments.named)
    for name in (*names, *(one.arg for one in node.args.kwonlyargs)):
        if name not in found and name in more:
            found[name] = more.pop(name)
    if node.args.vararg:
        rest = Items(tuple(given[len(names) :]))
        found[node.args.vararg.arg] = frozenset((rest,)) if arguments.is_whole else UNKNOWN
    if node.args.kwarg:
        left = tuple((name, value) for name, value in more.items() if name not in found)
        found[node.args.kwarg.arg] = frozenset((Table(left, arguments.is_whole),))
    every = [*names, *(one.arg for one in node.args.kwonlyargs)]
    missing = [name for name in every if name not in found]
    if not arguments.is_whole:
        found.update(dict.fromkeys(missing, UNKNOWN))
        missing = []
    return found, missing


def defaults(scope: Scope) -> dict[str, ast.expr]:
    """Give the defaults of a function's parameters."""
    node = scope.node
    if not isinstance(node, FUNCTIONS):
        return {}
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    last = node.args.defaults
    found = dict(zip(names[len(names) - len(last) :], last, strict=True)) if last else {}
    for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if default is not None:
            found[one.arg] = default
    return found


def anything(scope: Scope, *sources: str) -> Arguments:
    """Give arguments of which nothing is known but where they come from."""
    node = scope.node
    count = len(node.args.args) if isinstance(node, FUNCTIONS) else 0
    named = [*sources, *[""] * count]
    return Arguments(tuple(frozenset((Unknown(one),)) for one in named[:count]), is_whole=False)
