"""A person's changes of a `hauberk.yaml`: entries of allowlists, rules and exclusions, put in or taken out."""

from copy import deepcopy
from typing import Any

from hauberk.model.kind import Kind
from hauberk.policy.edit import Edited, edited, extended, taken_out
from hauberk.policy.file import Entry, from_bytes
from hauberk.policy.meaning import function_name
from hauberk.policy.problem import PolicyError, Problem, nearest, shortened
from hauberk.policy.yaml_tree import Path, Tree, parse

Body = dict[str, Any]
_FEW = 5


def entry_body(entry: Entry) -> Body:
    """Write an entry as it stands in the file, without what goes without saying."""
    said = entry.provenance
    body = {
        "operation": None if entry.operation == "*" else entry.operation,
        "target": entry.target,
        "origin": entry.origin,
        "author": said.author,
        "reason": said.reason,
        "added": said.added.isoformat() if said.added else None,
    }
    return {key: value for key, value in body.items() if value}


def with_entry(
    content: bytes, where: str, place: tuple[str, Kind], entry: Body, *, begins: bool
) -> Edited:
    """Put an entry on the allowlist of a function and kind; `begins` where there is no list yet."""
    tree, path = _list(content, where, place)
    kind = place[1]
    if path not in tree.nodes and not begins:
        what = f"{function_name(str(path[1]))} is still learning {kind}: a list would deny all but this"
        remedy = "learn first (`hauberk learn`), or begin the list with --new-list"
        raise PolicyError(where, [Problem(tree.line(path), what, remedy)])
    held = _at(tree, path) or []
    if any(_same(one, entry) for one in held):
        return edited(content, tree, tree.value, ())
    return _with_item(content, where, tree, path, entry)


def without_entry(content: bytes, where: str, place: tuple[str, Kind], entry: Body) -> Edited:
    """Take an entry off the allowlist of a function and kind."""
    tree, path = _list(content, where, place)
    held = _at(tree, path)
    if held is None:
        what = f"{function_name(str(path[1]))} has no list of {place[1]}"
        remedy = f"`hauberk allowlist show {place[0]}` shows what it has"
        raise PolicyError(where, [Problem(tree.line(path), what, remedy)])
    found = [at for at, one in enumerate(held) if _same(one, entry)]
    if not found:
        known = [f"{one.get('operation', '*')} {one['target']}" for one in held]
        asked = f"{entry.get('operation', '*')} {entry['target']}"
        what = f"no entry `{shortened(asked)}`"
        raise PolicyError(where, [Problem(tree.line(path), what, _few(asked, known))])
    return _without(content, tree, (*path, found[0]))


def with_named(content: bytes, where: str, section: str, body: Body) -> Edited:
    """Put a rule or an exclusion into its section."""
    tree = _tree(content, where)
    return _with_item(content, where, tree, (section,), body)


def without_named(content: bytes, where: str, section: str, name: str) -> Edited:
    """Take a rule or an exclusion out of its section."""
    tree = _tree(content, where)
    names = [one["name"] for one in tree.value.get(section, [])]
    if name not in names:
        what = f"no {section.removesuffix('s')} `{shortened(name)}`"
        remedy = _few(name, names) if names else "there are none"
        raise PolicyError(where, [Problem(0, what, remedy)])
    return _without(content, tree, (section, names.index(name)))


def _with_item(content: bytes, where: str, tree: Tree, path: Path, body: Body) -> Edited:
    wanted = deepcopy(tree.value)
    inner = wanted
    for part in path[:-1]:
        inner = inner.setdefault(part, {})
    inner.setdefault(path[-1], []).append(body)
    change = edited(content, tree, wanted, [extended(tree, path, [body], wanted)])
    _refuse_unfit(change, where, tree)
    return change


def _refuse_unfit(change: Edited, where: str, before: Tree) -> None:
    """What is wrong with the new text was not wrong before: it is what was asked for that is."""
    try:
        from_bytes(change.text.encode(), where)
    except PolicyError as error:
        raise PolicyError(
            where, [Problem(0, one.what, one.remedy) for one in error.problems]
        ) from error


def _without(content: bytes, tree: Tree, path: Path) -> Edited:
    wanted = deepcopy(tree.value)
    inner = wanted
    for part in path[:-1]:
        inner = inner[part]
    del inner[path[-1]]
    return edited(content, tree, wanted, taken_out(content, tree, path, wanted))


def _tree(content: bytes, where: str) -> Tree:
    from_bytes(content, where)  # only what is right is changed
    return parse(content, where)


def _list(content: bytes, where: str, place: tuple[str, Kind]) -> tuple[Tree, Path]:
    tree = _tree(content, where)
    functions = tree.value.get("functions", {})
    name, kind = place
    keys = [key for key in functions if name in (key, function_name(key))]
    if not keys:
        what = f"no function `{shortened(name)}`"
        remedy = nearest(name, [function_name(key) for key in functions])
        raise PolicyError(where, [Problem(0, what, f"add it under `functions`, or {remedy}")])
    return tree, ("functions", keys[0], "allowlist", kind.value)


def _at(tree: Tree, path: Path) -> list[Body] | None:
    value: Any = tree.value
    for part in path:
        if part not in value:
            return None
        value = value[part]
    entries: list[Body] = value
    return entries


def _same(one: Body, other: Body) -> bool:
    return (one.get("operation", "*"), one["target"]) == (
        other.get("operation", "*"),
        other["target"],
    )


def _few(asked: str, known: list[str]) -> str:
    """Name what was probably meant, or all there is where that is little."""
    told = nearest(asked, known)
    is_short = len(known) <= _FEW or told.startswith("did you mean")
    return told if is_short else "list what there is first"
