"""What a document of the right shape may still get wrong."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from hauberk.model.kind import Kind
from hauberk.policy.pattern import (
    Fault,
    is_everything,
    is_wide,
    network_fault,
    operation_fault,
    pattern_fault,
)
from hauberk.policy.problem import Problem, nearest, shortened
from hauberk.policy.yaml_tree import Path, Tree

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ARN = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:([A-Za-z0-9_-]{1,64})")

_Found = Iterator[tuple[Path, Fault]]


def problems(tree: Tree) -> list[Problem]:
    """Say all that is wrong with `tree`, in the order of its lines; what has the wrong shape is not looked at."""
    questions = (_functions, _detectors, _parameters, _allowlists, _rules, _exclusions)
    return _told(tree, (*questions, _unique_names, _sources))


def warnings(tree: Tree) -> list[Problem]:
    """Say what is allowed but probably not meant."""
    return _told(tree, (_wide_entries, _wide_denials, _scopes_of_nothing))


def function_name(key: str) -> str:
    """Take the function's name from a key that is a name or an ARN."""
    return key.rsplit(":", 1)[-1]


def list_name(file: str) -> str:
    """Take a list's name from its file's."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", file.rstrip("/").rpartition("/")[2])[:64] or "list"


def _told(tree: Tree, questions: Iterable[Callable[[dict[str, Any]], _Found]]) -> list[Problem]:
    found: list[Problem] = []
    for question in questions:
        try:
            for path, (what, remedy) in question(tree.value):
                found.append(Problem(tree.line(path), what, remedy))
        except (AttributeError, KeyError, TypeError, ValueError):
            continue  # the shape is wrong there, which is told
    return sorted(found, key=lambda problem: problem.line)


def _functions(value: dict[str, Any]) -> _Found:
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
        if "expires" in body and not _is_date(body["expires"]):
            yield (
                (*path, "expires"),
                (f"`{body['expires']}` is not a date", "write it like `2027-06-30`"),
            )


def _detectors(value: dict[str, Any]) -> _Found:
    for key, body in value.get("functions", {}).items():
        detectors = body.get("detectors", {})
        for name, own in detectors.items():
            setting = {**detectors.get("*", {}), **own}
            alert, block = setting.get("alert_from", 0), setting.get("block_from", 100)
            if alert > block:
                what = f"`{name}` alerts from {alert} and blocks from {block}"
                yield ("functions", key, "detectors", name), (what, f"block from {alert} or more")


def _parameters(value: dict[str, Any]) -> _Found:
    for key, body in value.get("functions", {}).items():
        for name, parameter in body.get("parameters", {}).items():
            path: Path = ("functions", key, "parameters", name)
            least, most = parameter.get("length", (0, 0))
            if least > most:
                yield (*path, "length"), (f"{least} is above {most}", f"write `[{most}, {least}]`")


def _allowlists(value: dict[str, Any]) -> _Found:
    for path, kind, entry in _entries(value):
        yield from _activity(path, kind, entry.get("operation", "*"), {"target": entry["target"]})


def _rules(value: dict[str, Any]) -> _Found:
    for index, rule in enumerate(value.get("rules", [])):
        path: Path = ("rules", index)
        yield from _activity(path, Kind(rule["kind"]), rule.get("operation", "*"), _numbered(rule))


def _exclusions(value: dict[str, Any]) -> _Found:
    for index, one in enumerate(value.get("exclusions", [])):
        path: Path = ("exclusions", index)
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


def _unique_names(value: dict[str, Any]) -> _Found:
    for section in ("rules", "exclusions"):
        seen: set[str] = set()
        for index, one in enumerate(value.get(section, [])):
            if one["name"] in seen:
                what = f"`{shortened(one['name'])}` names two {section}"
                yield (section, index, "name"), (what, "records show the name: give each its own")
            seen.add(one["name"])


def _sources(value: dict[str, Any]) -> _Found:
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


def _lists(lists: Iterable[dict[str, Any]]) -> _Found:
    seen: set[str] = set()
    for index, one in enumerate(lists):
        name = one.get("name") or list_name(one["file"])
        if name in seen:
            what = f"`{shortened(name)}` names two lists"
            yield ("sources", "lists", index), (what, "give each a `name` of its own")
        seen.add(name)


def _wide_denials(value: dict[str, Any]) -> _Found:
    for index, network in enumerate(value.get("sources", {}).get("deny", ())):
        if is_wide(network):
            what = f"`{network}` denies a large part of the internet"
            yield ("sources", "deny", index), (what, "meant? all but `allow` is denied then")


def _wide_entries(value: dict[str, Any]) -> _Found:
    for path, kind, entry in _entries(value):
        if is_everything(kind, entry.get("operation", "*"), entry["target"]):
            what = f"`{entry['target']}` allows every {kind} activity"
            yield (
                path,
                (what, f"name what the function needs, or set `protections: {{{kind}: off}}`"),
            )


def _scopes_of_nothing(value: dict[str, Any]) -> _Found:
    names = [function_name(key) for key in value.get("functions", {})]
    for section in ("rules", "exclusions"):
        for index, one in enumerate(value.get(section, [])):
            scope = one["scope"]
            if isinstance(scope, dict) and scope.get("function", names) not in [names, *names]:
                what = f"no function is called `{shortened(scope['function'])}`"
                yield (section, index, "scope"), (what, nearest(scope["function"], names))


def _entries(value: dict[str, Any]) -> Iterator[tuple[Path, Kind, dict[str, Any]]]:
    for key, body in value.get("functions", {}).items():
        for kind, entries in body.get("allowlist", {}).items():
            for index, entry in enumerate(entries):
                yield ("functions", key, "allowlist", kind, index), Kind(kind), entry


def _numbered(body: dict[str, Any]) -> dict[int, str]:
    return dict(enumerate(body["patterns"]))


def _activity(path: Path, kind: Kind, operation: str, patterns: dict[Any, str]) -> _Found:
    fault = operation_fault(kind, operation)
    if fault:
        yield (*path, "operation"), fault
    for key, pattern in patterns.items():
        fault = pattern_fault(kind, pattern)
        if fault:
            yield (*path, key) if key == "target" else (*path, "patterns", key), fault


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
