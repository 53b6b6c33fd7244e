"""Whether a document has the shape that its schema asks for."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, cast

from hauberk.policy.problem import Problem, nearest, shortened
from hauberk.policy.yaml_tree import Path, Tree

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

MOST_PROBLEMS = 50

_TYPES = {
    "object": "keys with values",
    "array": "a list",
    "string": "text",
    "integer": "a number",
    "boolean": "`true` or `false`",
}


@cache
def schema(name: str) -> dict[str, Any]:
    """Load a schema that the distribution carries."""
    file = FilePath(__file__).parents[1] / "spec" / f"{name}.schema.json"
    loaded: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return loaded


@cache
def validator(name: str) -> "Draft202012Validator":
    """Make what checks documents against a schema."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to import

    return Draft202012Validator(schema(name))


def problems(tree: Tree, name: str) -> list[Problem]:
    """Say what keeps `tree` from having the shape of schema `name`, line by line."""
    found: list[Problem] = []
    for error in validator(name).iter_errors(tree.value):
        found.extend(_problems_of(error, tree))
        if len(found) >= MOST_PROBLEMS:
            break
    return sorted(dict.fromkeys(found), key=lambda problem: problem.line)[:MOST_PROBLEMS]


def _problems_of(error: "ValidationError", tree: Tree) -> Iterator[Problem]:
    path: Path = tuple(error.absolute_path)
    if error.validator == "additionalProperties" or "propertyNames" in error.absolute_schema_path:
        yield from _unknown_keys(error, tree, path)
        return
    explain = _EXPLAIN.get(str(error.validator), _otherwise)
    what, remedy = explain(error)
    name = _name(path)
    yield Problem(tree.line(path), f"{name}: {what}" if name else what, remedy)


def _unknown_keys(error: "ValidationError", tree: Tree, path: Path) -> Iterator[Problem]:
    within: Any = error.schema
    instance: Any = error.instance
    wanted: Any = error.validator_value
    unknown = [instance]
    if error.validator == "additionalProperties":
        wanted = list(within["properties"])
        unknown = [key for key in instance if key not in wanted]
    for key in unknown:
        place = f" in {_name(path)}" if path else ""
        what = f"unknown key `{shortened(key)}`{place}"
        yield Problem(tree.line((*path, key)), what, nearest(key, wanted))


def _enum(error: "ValidationError") -> tuple[str, str]:
    known: Any = error.validator_value
    return f"{_shown(error.instance)} is not known", nearest(str(error.instance), known)


def _type(error: "ValidationError") -> tuple[str, str]:
    wanted = _TYPES.get(str(error.validator_value), str(error.validator_value))
    is_word = wanted == "text" and not isinstance(error.instance, (dict, list))
    remedy = (
        "put it in quotes" if is_word and error.instance is not None else f"write {wanted} here"
    )
    return f"{_shown(error.instance)} where {wanted} is expected", remedy


def _required(error: "ValidationError") -> tuple[str, str]:
    wanted, present = cast("list[str]", error.validator_value), cast("Any", error.instance)
    missing = [key for key in wanted if key not in present]
    names = ", ".join(f"`{key}`" for key in missing)
    remedy = "begin the file with `hauberk: 1`" if missing == ["hauberk"] else f"add {names}"
    return f"{names} {'is' if len(missing) == 1 else 'are'} missing", remedy


def _const(error: "ValidationError") -> tuple[str, str]:
    return (
        f"{_shown(error.instance)} is not a version that is known",
        f"write {error.validator_value}, or update Hauberk",
    )


def _pattern(error: "ValidationError") -> tuple[str, str]:
    example = {"expires": "2027-06-30", "added": "2026-11-27", "tag": "team=shop"}
    wanted = example.get(str(error.absolute_path[-1]), str(error.validator_value))
    return f"{_shown(error.instance)} has the wrong form", f"write it like `{wanted}`"


def _empty(error: "ValidationError") -> tuple[str, str]:
    return "nothing is in it", "write at least one"


def _too_much(error: "ValidationError") -> tuple[str, str]:
    return "too much is in it", f"at most {error.validator_value}"


def _otherwise(error: "ValidationError") -> tuple[str, str]:
    return shortened(error.message, 120), "see docs/policy.md"


def _out_of_range(error: "ValidationError") -> tuple[str, str]:
    bound = "at most" if error.validator == "maximum" else "at least"
    return f"{_shown(error.instance)} is out of range", f"{bound} {error.validator_value}"


_EXPLAIN: dict[str, Callable[["ValidationError"], tuple[str, str]]] = {
    "enum": _enum,
    "type": _type,
    "required": _required,
    "const": _const,
    "pattern": _pattern,
    "minLength": _empty,
    "minItems": _empty,
    "minProperties": _empty,
    "maximum": _out_of_range,
    "minimum": _out_of_range,
    "maxLength": _too_much,
    "maxProperties": _too_much,
}


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    return f"`{shortened(str(value))}`"


def _name(path: Path) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{shortened(part)}" for part in path]
    return "".join(parts).removeprefix(".")
