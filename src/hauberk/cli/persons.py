"""What the commands of rules and exclusions share: their options, how one is put in, and how all are listed."""

import sys
import time
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any

import typer

from hauberk.cli.amended import PolicyOption, amend, author_of, today
from hauberk.cli.outcome import Format, FormatOption, console, exit_status, many, print_json
from hauberk.model.escaped import escaped
from hauberk.policy import PolicyError
from hauberk.policy.amend import Body, with_named, without_named
from hauberk.policy.compile import find, is_expired
from hauberk.policy.file import Exclusion, PolicyFile, Provenance, Rule, content_of, read
from hauberk.policy.person import last_day, provenance
from hauberk.policy.problem import Problem

MOST_PATTERN_BYTES = 1 << 20

NameArgument = Annotated[str, typer.Argument(help="Its name, which records show.")]
PatternsArgument = Annotated[
    list[str] | None, typer.Argument(help="Patterns, in quotes, with `*`, `**` and `?`.")
]
PatternFileOption = Annotated[
    Path | None,
    typer.Option("--from", help="A file with a pattern on each line; `-` for standard input."),
]
FunctionOption = Annotated[
    str | None, typer.Option(help="For this function; one of these four says where it applies.")
]
GroupOption = Annotated[
    str | None, typer.Option(help="For functions whose names fit a pattern: `ord*`.")
]
TagOption = Annotated[str | None, typer.Option(help="For functions with a tag: `team=shop`.")]
AccountOption = Annotated[bool, typer.Option("--account", help="For all functions.")]
ExpiresOption = Annotated[
    str | None, typer.Option(help="Last day: `30d`, `6w` or a date; none if left out.")
]


def add_list_and_remove(app: typer.Typer, section: str, does: str) -> None:
    """Give the group of a section's commands those that are alike: `list` and `remove`."""
    one = section.removesuffix("s")

    @app.command(
        "list",
        help=f"Show {section}: what they {does}, where, who wrote them, why, and until when.",
    )
    def list_command(
        function: Annotated[
            str | None, typer.Option("--function", help="Only those of this function.")
        ] = None,
        policy: PolicyOption = Path("hauberk.yaml"),
        format: FormatOption = Format.TEXT,
    ) -> None:
        _show(policy, section, function, format)

    @app.command(
        "remove", help=f"Take one {one} out of the policy; all else in the file stays as it is."
    )
    def remove_command(name: NameArgument, policy: PolicyOption = Path("hauberk.yaml")) -> None:
        amend(policy, lambda content, where: without_named(content, where, section, name))
        print(escaped(f"{one} {name} is in {policy} no more"))


def said(by: str | None, reason: str | None, expires: str | None) -> Body:
    """Write who says something, why and until when. Raises PolicyError."""
    day = {"expires": last_day(expires, today()).isoformat()} if expires else {}
    return {**provenance(author_of(by), reason, today()), **day}


def patterns(given: Sequence[str] | None, file: Path | None) -> list[str]:
    """Give patterns that were named, and those of a file. Raises PolicyError."""
    lines: list[str] = []
    if file is not None:
        content = (
            sys.stdin.buffer.read(MOST_PATTERN_BYTES) if str(file) == "-" else content_of(file)
        )
        try:
            lines = [line.strip() for line in content.decode().split("\n")]
        except UnicodeDecodeError as error:
            problem = Problem(0, "not UTF-8 text", "save it as UTF-8")
            raise PolicyError(str(file), [problem]) from error
    every = [one for one in (*(given or ()), *lines) if one]
    if not every:
        problem = Problem(0, "no pattern is given", "give one, or a file of them with --from")
        raise PolicyError("patterns", [problem])
    return every


def put(policy: Path, section: str, body: Body) -> None:
    """Put a rule or an exclusion into a policy."""
    amend(policy, lambda content, where: with_named(content, where, section, body))
    until = f", until {body['expires']}" if "expires" in body else ""
    print(escaped(f"{section.removesuffix('s')} {body['name']} is in {policy}{until}"))


def _show(policy: Path, section: str, function: str | None, form: Format) -> None:
    with exit_status():
        file = read(policy)
        every = _of(file, section, function)
    now = int(time.time())
    if form is Format.JSON:
        print_json([_as_json(one, file, now) for one in every])
        return
    from rich.table import Table

    table = Table()
    for column in ("name", "of what, with patterns; who says so", "where, until when"):
        table.add_column(column, overflow="fold")
    for one in every:
        style = "" if _is_in_force(one, file, now) else "dim"
        said = f"{'by ' if one.provenance.author else ''}{by_and_why(one.provenance)}"
        nobody = "" if _applies(one, file) else ", no function"
        table.add_row(one.name, _about(one), f"{one.scope}{nobody}", style=style)
        below = (*one.patterns, *([said] if said else ()))
        for text, until in zip_longest(below, [_until(one, now)], fillvalue=""):
            table.add_row("", f"  {text}", until, style=style)
    out = console()
    out.print(table)
    word = section.removesuffix("s")
    out.print(many(len(every), word, section))


def _of(file: PolicyFile, section: str, function: str | None) -> tuple[Rule | Exclusion, ...]:
    every: tuple[Rule | Exclusion, ...] = file.rules if section == "rules" else file.exclusions
    if function is None:
        return every
    chosen = find(file, function)
    return tuple(one for one in every if one.scope.covers(chosen.name, chosen.tags))


def _about(one: Rule | Exclusion) -> str:
    if one.kind is not None:
        return f"{one.kind} {one.operation}" if one.operation != "*" else str(one.kind)
    detector, path = (one.detector, one.path) if isinstance(one, Exclusion) else (None, None)
    return f"{detector} at {path}" if path else str(detector)


def _until(one: Rule | Exclusion, now: int) -> str:
    return f"{one.expires}{', over' if is_expired(one, now) else ''}" if one.expires else ""


def by_and_why(said: Provenance) -> str:
    """Tell who wrote something, when and why."""
    by = ", ".join(str(one) for one in (said.author, said.added) if one)
    return ": ".join(one for one in (by, said.reason) if one)


def _applies(one: Rule | Exclusion, file: PolicyFile) -> bool:
    return one.scope.covers_one_of((each.name, each.tags) for each in file.functions)


def _is_in_force(one: Rule | Exclusion, file: PolicyFile, now: int) -> bool:
    return not is_expired(one, now) and _applies(one, file)


def _as_json(one: Rule | Exclusion, file: PolicyFile, now: int) -> dict[str, Any]:
    by = one.provenance
    is_of_detector = isinstance(one, Exclusion) and one.detector is not None
    about: dict[str, Any] = (
        {"detector": str(one.detector), "path": one.path}
        if isinstance(one, Exclusion) and is_of_detector
        else {"kind": str(one.kind), "operation": one.operation}
    )
    return {
        "name": one.name,
        **about,
        "patterns": list(one.patterns),
        "scope": {str(one.scope.kind): one.scope.value} if one.scope.value else "account",
        "author": by.author,
        "reason": by.reason,
        "added": by.added.isoformat() if by.added else None,
        "expires": one.expires.isoformat() if one.expires else None,
        "in_force": _is_in_force(one, file, now),
    }
