"""New entries put into a `hauberk.yaml`, with every other line of it left as it is."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hauberk.learn.propose import FunctionProposal, Proposal
from hauberk.learn.yaml_text import block, items
from hauberk.policy.file import Entry
from hauberk.policy.meaning import function_name
from hauberk.policy.problem import PolicyError
from hauberk.policy.yaml_tree import Path, Tree, parse

_STEP = 2


@dataclass(frozen=True, slots=True)
class Edited:
    """The new text, and whether comments and layout of the old one are lost."""

    text: str
    is_rewritten: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines that go in at a place, in the stead of what stands there up to `end`."""

    start: tuple[int, int]
    end: tuple[int, int]
    lines: list[str]


def edited(content: bytes | None, where: str, proposal: Proposal) -> Edited:
    """Put a proposal into the text of a policy; without one, write it whole."""
    if content is None:
        return Edited(_text(_merged({"hauberk": 1}, proposal)), is_rewritten=False)
    tree = parse(content, where)
    wanted = _merged(tree.value, proposal)
    text = content.decode("utf-8-sig")
    if wanted == tree.value:
        return Edited(text, is_rewritten=False)
    changed = _applied(text, _changes(tree, proposal, wanted))
    if _value_of(changed, where) == wanted:
        return Edited(changed, is_rewritten=False)
    return Edited(_text(wanted), is_rewritten=True)


def _merged(value: dict[str, Any], proposal: Proposal) -> dict[str, Any]:
    merged = deepcopy(value)
    functions = merged.setdefault("functions", {})
    for one in proposal.functions:
        body = functions.setdefault(_key_of(functions, one.name), {"mode": "detect"})
        if one.new:
            allowlist = body.setdefault("allowlist", {})
            for kind, entries in one.new.items():
                allowlist.setdefault(kind.value, []).extend(_body(entry) for entry in entries)
    return merged


def _changes(tree: Tree, proposal: Proposal, wanted: Mapping[str, Any]) -> list[_Change]:
    changes: list[_Change] = []
    for one in proposal.functions:
        key = _key_of(tree.value.get("functions", {}), one.name)
        changes += _changes_of(tree, ("functions", key), one, wanted)
    return changes


def _changes_of(
    tree: Tree, path: Path, one: FunctionProposal, wanted: Mapping[str, Any]
) -> list[_Change]:
    if not one.new and path in tree.nodes:
        return []
    for part in (path, (*path, "allowlist")):
        parent = tree.nodes.get(part[:-1])
        if part not in tree.nodes or tree.nodes[part].is_flow or parent is None or parent.is_flow:
            return [_put(tree, part, wanted)]
    allowlist = (*path, "allowlist")
    return [
        _extended(tree, (*allowlist, kind.value), entries, wanted)
        for kind, entries in one.new.items()
    ]


def _extended(
    tree: Tree, path: Path, entries: tuple[Entry, ...], wanted: Mapping[str, Any]
) -> _Change:
    node = tree.nodes.get(path)
    if node is None or node.is_flow:
        return _put(tree, path, wanted)
    place = (node.end[0] + 1, 0)
    return _Change(place, place, items([_body(entry) for entry in entries], node.start[1]))


def _put(tree: Tree, path: Path, wanted: Mapping[str, Any]) -> _Change:
    """Write the value at `path` as a block: over what is there, or after its neighbours."""
    parent, value = tree.nodes.get(path[:-1]), _at(wanted, path)
    if parent is None or parent.is_flow:
        return _over_flow(tree, path, wanted)
    node = tree.nodes.get(path)
    column = parent.start[1]
    if node is None:
        place = (parent.end[0] + 1, 0)
        return _Change(place, place, block({str(path[-1]): value}, column))
    inner = (
        block(value, column + _STEP) if isinstance(value, dict) else items(value, column + _STEP)
    )
    return _Change(node.start, node.end, ["", *inner])


def _over_flow(tree: Tree, path: Path, wanted: Mapping[str, Any]) -> _Change:
    """The value stands in one that is on one line: write that one as a block."""
    if len(path) > 1:
        return _put(tree, path[:-1], wanted)
    last = max((node.end for node in tree.nodes.values()), default=(0, 0))
    place = (last[0] + 1, 0)
    return _Change(place, place, block({str(path[-1]): _at(wanted, path)}, 0))


def _applied(text: str, changes: list[_Change]) -> str:
    different = [one for index, one in enumerate(changes) if one not in changes[:index]]
    lines = text.split("\n")
    for change in reversed(sorted(different, key=_order)):
        lines = _with(lines, change)
    return "\n".join(lines)


def _order(change: _Change) -> tuple[tuple[int, int], int, bool]:
    """By place; at one place what is indented most, and items, belong to what is above them."""
    first = change.lines[0]
    word = first.lstrip()
    return change.start, len(word) - len(first), not word.startswith("- ")


def _with(lines: list[str], change: _Change) -> list[str]:
    (first, start), (last, end) = change.start, change.end
    if change.start == change.end:
        if first >= len(lines):
            lines = [*lines, ""]
        return [*lines[:first], *change.lines, *lines[first:]]
    head, tail = lines[first][:start].rstrip(), lines[last][end:]
    inner = [head + change.lines[0], *change.lines[1:]]
    return [*lines[:first], *inner[:-1], inner[-1] + tail, *lines[last + 1 :]]


def _value_of(text: str, where: str) -> Any:
    try:
        return parse(text.encode(), where).value
    except PolicyError:
        return None


def _text(value: dict[str, Any]) -> str:
    lines = []
    for line in block(value, 0):
        is_section = not line.startswith((" ", "-", "hauberk:"))
        lines += ["", line] if is_section else [line]
    return "\n".join([*lines, ""])


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def _key_of(functions: Mapping[str, Any], name: str) -> str:
    return next((key for key in functions if function_name(key) == name), name)


def _body(entry: Entry) -> dict[str, str]:
    operation = {} if entry.operation == "*" else {"operation": entry.operation}
    return {**operation, "target": entry.target, "origin": entry.origin}
