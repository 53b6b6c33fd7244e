"""What a document of the right shape may still get wrong."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from hauberk.model.escaped import escaped
from hauberk.model.kind import Kind
from hauberk.policy.pattern import (
    MOST_CHARACTERS,
    Fault,
    is_wide,
    network_fault,
    operation_fault,
    pattern_fault,
)
from hauberk.policy.problem import Problem, shortened
from hauberk.policy.yaml_tree import Path, Tree

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FIRST_YEAR = 1970  # a compiled policy counts its seconds from there
_ARN = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:([A-Za-z0-9_-]{1,64})")

Found = Iterator[tuple[Path, Fault]]


def problems(tree: Tree) -> list[Problem]:
    """Say all that is wrong with `tree`, in the order of its lines; what has the wrong shape is not looked at."""
    questions = (_functions, _detectors, _parameters, _allowlists, _rules, _exclusions)
    return told(tree, (*questions, _unique_names, _notes, _sources))


def function_name(key: str) -> str:
    """Take the function's name from a key that is a name or an ARN."""
    return key.rsplit(":", 1)[-1]


def list_name(file: str) -> str:
    """Take a list's name from its file's."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", file.rstrip("/").rpartition("/")[2])[:64] or "list"


def told(tree: Tree, questions: Iterable[Callable[[dict[str, Any]], Found]]) -> list[Problem]:
    """Ask questions of a document, and put the answers in the order of its lines."""
    found: list[Problem] = []
    for question in questions:
        try:
            for path, (what, remedy) in question(tree.value):
                found.append(Problem(tree.line(path), what, remedy))
        except (AttributeError, KeyError, TypeError, ValueError):
            continue  # the shape is wrong there, which is told
    return sorted(found, key=lambda problem: problem.line)


def _functions(value: dict[str, Any]) -> Found:
    seen: set[str] = set()
    for key, body in value.get("functions", {}).items():
        path: Path = ("functions", key)
        if not (_NAME.fullmatch(key) or _ARN.fullmatch(key)):
            yield (
                path,
                (
                    f"`{shortened(key)}` is not a function",
                    "use its name, or its ARN without version",
                ),
            )
        elif function_name(key) in seen:
            yield (
                path,
                (f"function `{function_name(key)}` is here twice", "keep one; one file a region"),
            )
        seen.add(function_name(key))
        yield from _dates(path, body)


def _detectors(value: dict[str, Any]) -> Found:
    for key, body in value.get("functions", {}).items():
        detectors = body.get("detectors", {})
        for name, own in detectors.items():
            setting = {**detectors.get("*", {}), **own}
            alert, block = setting.get("alert_from", 0), setting.get("block_from", 100)
            if alert > block:
                what = f"`{name}` alerts from {alert} and blocks from {block}"
                yield ("functions", key, "detectors", name), (what, f"block from {alert} or more")


def _parameters(value: dict[str, Any]) -> Found:
    for key, body in value.get("functions", {}).items():
        for name, parameter in body.get("parameters", {}).items():
            path: Path = ("functions", key, "parameters", name)
            least, most = parameter.get("length", (0, 0))
            if least > most:
                yield (*path, "length"), (f"{least} is above {most}", f"write `[{most}, {least}]`")


def _allowlists(value: dict[str, Any]) -> Found:
    for path, kind, entry in entries_of(value):
        yield from _activity(path, kind, entry.get("operation", "*"), {"target": entry["target"]})


def _rules(value: dict[str, Any]) -> Found:
    for index, rule in enumerate(value.get("rules", [])):
        path: Path = ("rules", index)
        yield from _texts(path, rule)
        yield from _activity(path, Kind(rule["kind"]), rule.get("operation", "*"), _numbered(rule))


def _exclusions(value: dict[str, Any]) -> Found:
    for index, one in enumerate(value.get("exclusions", [])):
        path: Path = ("exclusions", index)
        yield from _texts(path, one)
        if ("kind" in one) == ("detector" in one):
            yield (
                path,
                (
                    "an exclusion is for a kind or for a detector",
                    "write one of `kind` and `detector`",
                ),
            )
        elif "kind" in one:
            yield from _activity(path, Kind(one["kind"]), one.get("operation", "*"), _numbered(one))
        misplaced = "path" if "kind" in one else "operation"
        if misplaced in one:
            yield (*path, misplaced), (f"`{misplaced}` says nothing here", "remove it")


def _texts(path: Path, body: dict[str, Any]) -> Found:
    """What a schema says of a list of patterns, of the lines of a text."""
    if not patterns(body):
        yield (*path, "patterns"), ("nothing is in it", "write at least one")
    if any(len(one) > MOST_CHARACTERS for one in patterns(body)):
        yield (*path, "patterns"), ("too much is in it", f"at most {MOST_CHARACTERS} in a line")


def _unique_names(value: dict[str, Any]) -> Found:
    for section in ("rules", "exclusions"):
        seen: set[str] = set()
        for index, one in enumerate(value.get(section, [])):
            if one["name"] in seen:
                what = f"`{shortened(one['name'])}` names two {section}"
                yield (section, index, "name"), (what, "records show the name: give each its own")
            seen.add(one["name"])


def _sources(value: dict[str, Any]) -> Found:
    sources = value.get("sources", {})
    for section in ("deny", "allow", "trusted_proxies"):
        for index, network in enumerate(sources.get(section, ())):
            fault = network_fault(network)
            if not fault and section == "trusted_proxies" and is_wide(network):
                what = f"`{network}` would let a large part of the internet say who called"
                fault = what, "name your proxies' own networks"
            if fault:
                yield ("sources", section, index), fault
    yield from _lists(sources.get("lists", ()))


def _lists(lists: Iterable[dict[str, Any]]) -> Found:
    seen: set[str] = set()
    for index, one in enumerate(lists):
        name = one.get("name") or list_name(one["file"])
        if name in seen:
            what = f"`{shortened(name)}` names two lists"
            yield ("sources", "lists", index), (what, "give each a `name` of its own")
        seen.add(name)


def entries_of(value: dict[str, Any]) -> Iterator[tuple[Path, Kind, dict[str, Any]]]:
    """Give all entries of allowlists, with where they stand."""
    for key, body in value.get("functions", {}).items():
        for kind, entries in body.get("allowlist", {}).items():
            for index, entry in enumerate(entries):
                yield ("functions", key, "allowlist", kind, index), Kind(kind), entry


def patterns(body: dict[str, Any]) -> tuple[str, ...]:
    """Take the patterns of a rule or an exclusion, from a list or from the lines of a text."""
    given: str | list[str] = body["patterns"]
    lines = given.split("\n") if isinstance(given, str) else given
    stripped = (line.strip() for line in lines) if isinstance(given, str) else lines
    return tuple(one for one in stripped if one)


def _numbered(body: dict[str, Any]) -> dict[int, str]:
    return dict(enumerate(patterns(body)))


def _notes(value: dict[str, Any]) -> Found:
    """What people say of their own entries is shown to others: nothing in it is hidden."""
    entries = [(path, body) for path, _, body in entries_of(value)]
    for path, body in (*entries, *persons(value)):
        for key in ("name", "author", "reason"):
            if escaped(body.get(key, "")) != body.get(key, ""):
                what = f"a character in `{key}` that is not shown"
                yield (
                    (*path, key),
                    (what, f"remove it; write `{key}` on one line, of signs that show"),
                )
        yield from _dates(path, body)


def persons(value: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Give all rules and exclusions, with where they stand."""
    for section in ("rules", "exclusions"):
        for index, one in enumerate(value.get(section, [])):
            yield (section, index), one


def _activity(path: Path, kind: Kind, operation: str, targets: dict[Any, str]) -> Found:
    fault = operation_fault(kind, operation)
    if fault:
        yield (*path, "operation"), fault
    for key, pattern in targets.items():
        fault = pattern_fault(kind, pattern)
        if fault:
            yield (*path, key) if key == "target" else (*path, "patterns", key), fault


def _dates(path: Path, body: dict[str, Any]) -> Found:
    for key in ("added", "expires"):
        text = body.get(key)
        if text is None:
            continue
        try:
            day = date.fromisoformat(text)
        except ValueError:
            yield (*path, key), (f"`{text}` is not a date", "write it like `2027-06-30`")
            continue
        if key == "expires" and day.year < _FIRST_YEAR:
            yield (*path, key), (f"`{text}` is before 1970", "write a later day, or none")
