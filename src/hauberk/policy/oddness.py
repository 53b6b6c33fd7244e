"""What a policy may say but probably does not mean."""

from collections.abc import Iterable, Iterator
from typing import Any

from hauberk.model.kind import ARGUMENTS, Kind
from hauberk.policy.meaning import Found, entries_of, function_name, patterns, persons, told
from hauberk.policy.pattern import Fault, is_bare_program, is_everything, is_wide
from hauberk.policy.problem import Problem, nearest, shortened
from hauberk.policy.scope import Scope, ScopeKind
from hauberk.policy.yaml_tree import Tree


def warnings(tree: Tree) -> list[Problem]:
    """Say what is allowed but probably not meant."""
    questions = (
        _wide_entries,
        _unwatched_entries,
        _wide_persons,
        _wide_denials,
        _scopes_of_nothing,
        _unfit_programs,
    )
    return told(tree, questions)


def _wide_denials(value: dict[str, Any]) -> Found:
    for index, network in enumerate(value.get("sources", {}).get("deny", ())):
        if is_wide(network):
            what = f"`{network}` denies a large part of the internet"
            yield ("sources", "deny", index), (what, "meant? all but `allow` is denied then")


def _wide_entries(value: dict[str, Any]) -> Found:
    for path, kind, entry in entries_of(value):
        if is_everything(kind, entry.get("operation", "*"), entry["target"]):
            what = f"`{entry['target']}` allows every {kind} activity"
            yield (
                path,
                (what, f"name what the function needs, or set `protections: {{{kind}: off}}`"),
            )


def _unwatched_entries(value: dict[str, Any]) -> Found:
    for key, body in value.get("functions", {}).items():
        listed = body.get("allowlist", {}).get(Kind.PROCESS.value, ())
        named = [at for at, one in enumerate(listed) if one.get("operation") == ARGUMENTS]
        if named and not body.get("watch_arguments", False):
            path = ("functions", key, "allowlist", Kind.PROCESS.value, named[0])
            what = "an entry for `arguments`, which the guard does not watch"
            yield path, (what, f"set `watch_arguments: true` for {shortened(key)}")


def _scopes_of_nothing(value: dict[str, Any]) -> Found:
    tags = {
        function_name(key): body.get("tags", {}) for key, body in value.get("functions", {}).items()
    }
    every = sorted({f"{key}={one}" for own in tags.values() for key, one in own.items()})
    told = {
        ScopeKind.FUNCTION: ("no function is called `{}`", [*tags]),
        ScopeKind.GROUP: ("no function's name fits `{}`", [*tags]),
        ScopeKind.TAG: ("no function has the tag `{}`", every),
    }
    for path, one in persons(value):
        if not isinstance(one["scope"], dict):
            continue
        ((kind, asked),) = one["scope"].items()
        if not Scope(ScopeKind(kind), asked).covers_one_of(tags.items()):
            what, known = told[ScopeKind(kind)]
            yield (*path, "scope"), (what.format(shortened(asked)), nearest(asked, known))


def _wide_persons(value: dict[str, Any]) -> Found:
    for path, one in persons(value):
        does = "denies" if path[0] == "rules" else "allows"
        for pattern in patterns(one):
            if "kind" in one:
                kind = Kind(one["kind"])
                if is_everything(kind, one.get("operation", "*"), pattern):
                    what = f"`{pattern}` {does} every {kind} activity"
                    yield (*path, "patterns"), (what, "name what is meant")
            elif _is_any(pattern) and _is_any(one.get("path", "**")):
                what = f"`{pattern}` at any path silences {one['detector']} where it applies"
                remedy = "give the `path` of the input, or the values"
                yield (*path, "patterns"), (what, remedy)


def _unfit_programs(value: dict[str, Any]) -> Found:
    """What was learned is as the guard wrote it."""
    for path, kind, entry in entries_of(value):
        if kind is Kind.PROCESS and entry.get("origin", "person") == "person":
            yield from ((path, fault) for fault in _unfit([entry["target"]], "allows"))
    for path, one in persons(value):
        if one.get("kind") == Kind.PROCESS.value:
            does = "denies" if path[0] == "rules" else "allows"
            yield from (((*path, "patterns"), fault) for fault in _unfit(patterns(one), does))


def _unfit(programs: Iterable[str], does: str) -> Iterator[Fault]:
    for pattern in programs:
        shown = shortened(pattern)
        if is_bare_program(pattern):
            what = f"`{shown}` {does} only a program that is nowhere found: others are told by their paths"
            yield what, f"write its path, or `**/{shown}`"
        elif not pattern.startswith(("/", "*", "?", "\\")) and "/" in pattern:
            yield f"`{shown}` is not an absolute path: nothing fits it", f"write `**/{shown}`"
        elif ".." in pattern.split("/"):
            yield f"`{shown}` holds `..`, which paths of programs do not", "write it without"


def _is_any(pattern: str) -> bool:
    """Of a detector's exclusion, where a wildcard stands for any run of characters."""
    return "*" in pattern and not pattern.strip("*?")
