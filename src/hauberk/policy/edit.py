"""Parts of a `hauberk.yaml` put in, changed or taken out, with every other line of it left as it is."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hauberk.policy.problem import PolicyError
from hauberk.policy.yaml_text import block, flow, items
from hauberk.policy.yaml_tree import Path, Tree, parse

_STEP = 2
_DASH = re.compile(r"\s*-\s*")
_REST = re.compile(r"\s*(#.*)?")


@dataclass(frozen=True, slots=True)
class Edited:
    """The new text, and whether comments or layout of the old one are lost."""

    text: str
    is_rewritten: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Lines that go in at a place, in the stead of what stands there up to `end`."""

    start: tuple[int, int]
    end: tuple[int, int]
    lines: list[str]


def written(value: Mapping[str, Any]) -> Edited:
    """Write a policy that no file holds yet."""
    return Edited(_text(value), is_rewritten=False)


def edited(content: bytes, tree: Tree, wanted: Any, changes: Iterable[Change]) -> Edited:
    """Make changes in the text that `tree` is of; write it anew where they do not lead to what is wanted."""
    text = content.decode("utf-8-sig")
    if wanted == tree.value:
        return Edited(text, is_rewritten=False)
    end = "\r\n" if text.count("\r\n") == text.count("\n") > 0 else "\n"
    text = text.replace(end, "\n")
    every = list(changes)
    changed = _applied(text, every)
    is_kept = _value_of(changed) == wanted
    after = (changed if is_kept else _text(wanted)).replace("\n", end)
    return Edited(after, not is_kept or any(_loses_comments(text, one) for one in every))


def extended(tree: Tree, path: Path, values: list[Any], wanted: Any) -> Change:
    """Put values at the end of the list at `path`, which need not be there."""
    for end in range(1, len(path) + 1):
        node, parent = tree.nodes.get(path[:end]), tree.nodes.get(path[: end - 1])
        if node is None or node.is_flow or parent is None or parent.is_flow:
            return put(tree, path[:end], wanted)
    node = tree.nodes[path]
    place = (_last_line(node.end) + 1, 0)
    return Change(place, place, items(values, node.start[1]))


def put(tree: Tree, path: Path, wanted: Any) -> Change:
    """Write the value at `path` as a block: over what is there, or after its neighbours."""
    parent, value = tree.nodes.get(path[:-1]), _at(wanted, path)
    if parent is None or parent.is_flow:
        return _over_flow(tree, path, wanted)
    node = tree.nodes.get(path)
    column = parent.start[1]
    if node is None:
        place = (_last_line(parent.end) + 1, 0)
        return Change(place, place, block({str(path[-1]): value}, column))
    if not value or not isinstance(value, (dict, list)):
        return Change(node.start, node.end, [f" {flow(value)}"])
    inner = (
        block(value, column + _STEP) if isinstance(value, dict) else items(value, column + _STEP)
    )
    return Change(node.start, node.end, ["", *inner])


def taken_out(content: bytes, tree: Tree, path: Path, wanted: Any) -> list[Change]:
    """Take an item out of the list that it is in."""
    outer, node = tree.nodes[path[:-1]], tree.nodes[path]
    lines = content.decode("utf-8-sig").split("\n")
    first, last = node.start[0], _last_line(node.end)
    column = node.end[1] if last == node.end[0] else len(lines[last])
    if (
        outer.is_flow
        or not _DASH.fullmatch(lines[first][: node.start[1]])
        or not _REST.fullmatch(lines[last][column:])
    ):
        return [put(tree, path[:-1], wanted)]
    gone = Change((first, 0), (last + 1, 0), [])
    if _at(wanted, path[:-1]):
        return [gone]
    key = re.match(r"[^#]*:(?=\s*(#|$))", lines[outer.line - 1])
    if not key:
        return [put(tree, path[:-1], wanted)]
    colon = (outer.line - 1, key.end() - 1)
    return [Change(colon, (colon[0], key.end()), [": []"]), gone]


def _last_line(end: tuple[int, int]) -> int:
    """Where a value ends; what ends with its line has the start of the next as its end."""
    return end[0] - 1 if end[1] == 0 and end[0] else end[0]


def _over_flow(tree: Tree, path: Path, wanted: Any) -> Change:
    """The value stands in one that is on one line: write that one as a block."""
    if len(path) > 1:
        return put(tree, path[:-1], wanted)
    last = max((node.end for node in tree.nodes.values()), default=(0, 0))
    place = (last[0] + 1, 0)
    return Change(place, place, block({str(path[-1]): _at(wanted, path)}, 0))


def _applied(text: str, changes: list[Change]) -> str:
    different = [one for index, one in enumerate(changes) if one not in changes[:index]]
    lines = text.split("\n")
    for change in reversed(sorted(different, key=_order)):
        lines = _with(lines, change)
    return "\n".join(lines)


def _order(change: Change) -> tuple[tuple[int, int], int, bool]:
    """By place; at one place what is indented most, and items, belong to what is above them."""
    first = change.lines[0] if change.lines else ""
    word = first.lstrip()
    return change.start, len(word) - len(first), not word.startswith("- ")


def _with(lines: list[str], change: Change) -> list[str]:
    (first, start), (last, end) = change.start, change.end
    if not change.lines:
        return [*lines[:first], *lines[last:]]
    if change.start == change.end:
        if first >= len(lines):
            lines = [*lines, ""]
        return [*lines[:first], *change.lines, *lines[first:]]
    head, tail = lines[first][:start].rstrip(), lines[last][end:]
    inner = [head + change.lines[0], *change.lines[1:]]
    return [*lines[:first], *inner[:-1], inner[-1] + tail, *lines[last + 1 :]]


def _loses_comments(text: str, change: Change) -> bool:
    """Whether lines with a comment are written over; those of one item that is taken out go with it."""
    over = text.split("\n")[change.start[0] : change.end[0]] if change.lines else []
    return any(re.search(r"(^|\s)#", line) for line in over)


def _value_of(text: str) -> Any:
    try:
        return parse(text.encode(), "").value
    except PolicyError:
        return None


def _text(value: Mapping[str, Any]) -> str:
    lines = []
    for line in block(dict(value), 0):
        is_section = not line.startswith((" ", "-", "hauberk:"))
        lines += ["", line] if is_section else [line]
    return "\n".join([*lines, ""])


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value
