"""The reference pages in `docs/reference`, written from the command and the schema themselves.

`python -m hauberk.cli.reference docs/reference` writes them anew; a test compares.
"""

import itertools
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from hauberk import _native
from hauberk.cli import app
from hauberk.policy import shape

_NOTICE = "<!-- written by `python -m hauberk.cli.reference docs/reference`: change the source -->"

_STATUS = (
    "Exit status: 0 done and nothing found, 1 found problems, 2 wrong use or bad input, "
    "3 could not do it."
)


def pages() -> dict[str, str]:
    """Write every page: its file's name and its text."""
    return {
        "command.md": _command_page(),
        "hauberk-yaml.md": _policy_page(),
        "rules.md": _rules_page(),
    }


def _command_page() -> str:
    lines = ["# The command `hauberk`", "", _NOTICE]
    root = typer.main.get_command(app)
    lines += _command("hauberk", root)
    lines += ["", _STATUS]
    return "\n".join([*lines, ""])


def _command(name: str, command: Any) -> Iterator[str]:
    yield from ("", f"## `{name}`", "", (command.help or "").strip())
    rows = [_parameter(one) for one in command.params if one.name != "help"]
    if rows:
        yield from ("", "| argument or option | meaning |", "|---|---|", *rows)
    context = command.make_context(name, [], resilient_parsing=True)
    for child in getattr(command, "list_commands", lambda _: [])(context):
        yield from _command(f"{name} {child}", command.get_command(context, child))


def _parameter(parameter: Any) -> str:
    is_argument = parameter.param_type_name == "argument"
    name = parameter.name.upper() if is_argument else ", ".join(parameter.opts)
    default = parameter.default
    shown = "" if default in (None, False, ()) or callable(default) else f" Default: `{default}`."
    needed = " (needed)" if parameter.required else ""
    return f"| `{name}`{needed} | {(parameter.help or '').strip()}{shown} |"


def _policy_page() -> str:
    schema = shape.schema("hauberk-yaml")
    lines = ["# `hauberk.yaml`", "", _NOTICE, "", schema["description"]]
    lines += _keys("the file", schema)
    for name in (
        "function",
        "detector",
        "entry",
        "parameter",
        "rule",
        "exclusion",
        "sources",
        "list",
    ):
        lines += _keys(name, schema["$defs"][name])
    lines += _keys("scope", schema["$defs"]["scope"]["else"])
    return "\n".join([*lines, ""])


def _keys(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield from ("", f"## {name[0].upper()}{name[1:]}", "")
    yield from ("| key | meaning | values |", "|---|---|---|")
    for key, body in schema["properties"].items():
        is_needed = key in schema.get("required", ())
        label = f"`{key}`{' (needed)' if is_needed else ''}"
        yield f"| {label} | {_of(body, 'description')} | {_values(body)} |"


def _of(body: dict[str, Any], key: str) -> Any:
    if key in body:
        return body[key]
    reference = body.get("$ref", "").rpartition("/")[2]
    return _of(shape.schema("hauberk-yaml")["$defs"][reference], key) if reference else ""


def _values(body: dict[str, Any]) -> str:
    choices = _of(body, "enum") or _of(body.get("propertyNames", {}), "enum")
    if not choices and "const" in body:
        choices = [body["const"]]
    default = _of(body, "default")
    shown = [f"`{one}`" for one in choices] + ([f"default `{default}`"] if default else [])
    return ", ".join(shown)


def _rules_page() -> str:
    lines = ["# The firewall's rules", "", _NOTICE, ""]
    lines += ["Attacks and harmless look-alikes of each stand in `native/core/rules`.", ""]
    lines += ["From 50 on a rule alerts by itself, from 90 on it blocks in `prevent`;"]
    lines += ["[detection](../detection.md) says how several come together."]
    for detector, rules in itertools.groupby(sorted(_native.rules()), key=lambda rule: rule[0]):
        lines += [
            "",
            f"## `{detector}`",
            "",
            "| rule | confidence | CWE | why |",
            "|---|---|---|---|",
        ]
        for _, name, confidence, cwe, reason, rationale in rules:
            why = re.sub(r"[|\[]", r"\\\g<0>", f"{reason}: {rationale}").replace("<", "&lt;")
            lines.append(f"| `{name}` | {confidence} | {cwe} | {why} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    for file, text in pages().items():
        (Path(sys.argv[1]) / file).write_text(text, encoding="utf-8")
