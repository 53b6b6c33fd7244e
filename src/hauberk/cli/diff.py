"""`hauberk diff`: what a function does in one version and not in another."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hauberk.cli.differed import Compared, as_json, in_words, span, unchanged_text
from hauberk.cli.outcome import BAD_INPUT, FOUND, exit_status, print_json, say
from hauberk.cli.recorded import StoreOption, TrustOption, profiled
from hauberk.cli.unseen import doubts, passed_by
from hauberk.learn.compare import NOTHING, compared
from hauberk.learn.profile.profile import FunctionProfile, Profile
from hauberk.learn.profile.profile_file import ProfileError, is_profile, read_profile
from hauberk.learn.records.log import LogError
from hauberk.model.escaped import escaped
from hauberk.store import StoreError

app = typer.Typer()


class Form(StrEnum):
    """How a difference is printed."""

    MARKDOWN = "markdown"
    TEXT = "text"
    JSON = "json"


class Failing(StrEnum):
    """What the command fails on."""

    NEW = "new"
    DANGEROUS = "dangerous"


@app.command()
def diff(  # noqa: PLR0913, PLR0917 - options
    before: Annotated[
        str,
        typer.Argument(
            help="A log, a folder of logs, a profile; with --store a version of functions."
        ),
    ],
    after: Annotated[str, typer.Argument(help="Likewise.")],
    store: StoreOption = None,
    function: Annotated[str | None, typer.Option(help="One function only.")] = None,
    trust_unannounced: TrustOption = False,
    fail_on: Annotated[
        Failing | None,
        typer.Option(help="Exit with 1 where anything is new, or anything dangerous is."),
    ] = None,
    format: Annotated[
        Form, typer.Option("--format", help="Markdown for a pull request, text, or JSON.")
    ] = Form.MARKDOWN,
) -> None:
    """Compare what functions do before and after a change: what is new, changed, gone."""
    with exit_status(LogError, StoreError, ProfileError):
        if store is None:
            sides = [_side(name, trust_unannounced=trust_unannounced) for name in (before, after)]
        else:
            whole = profiled((), store, trust_unannounced=trust_unannounced)
            _believed(whole, str(store))
            sides = [_of_version(whole, name, str(store)) for name in (before, after)]
        every = [
            Compared(name, one, other, compared(one, other))
            for name, one, other in _matched(sides[0], sides[1], function)
        ]
    if function and function not in sides[1]:
        say(f"{after}: nothing is recorded of {function}; name other logs, or another --function")
        raise typer.Exit(BAD_INPUT)
    if format is Form.JSON:
        print_json({"before": before, "after": after, "functions": [as_json(one) for one in every]})
    else:
        _print(every, before, after, is_markdown=format is Form.MARKDOWN)
    if _fails(every, fail_on):
        raise typer.Exit(FOUND)


def _print(every: list[Compared], before: str, after: str, *, is_markdown: bool) -> None:
    shown = span if is_markdown else escaped
    head = "### " if is_markdown else ""
    print(escaped(f"{head}Behaviour: {shown(before)} → {shown(after)}"))
    for one in every:
        for line in in_words(one, shown, is_markdown=is_markdown):
            print(escaped(line))
    for line in ("", unchanged_text(every)):
        print(escaped(line))


def _side(name: str, *, trust_unannounced: bool) -> Mapping[str, FunctionProfile]:
    path = Path(name)
    if path.is_file():
        with path.open("rb") as file:
            if is_profile(file.readline(1 << 16)):
                return _believed(read_profile(path.read_bytes(), name), name)
    return _believed(profiled([name], None, trust_unannounced=trust_unannounced), name)


def _believed(profile: Profile, name: str) -> Mapping[str, FunctionProfile]:
    """Give what is believed; nothing at all would make all of the other side new, or gone. Raises LogError."""
    told = list(doubts(profile))
    if not profile.functions:
        why = "; ".join(told) or "no record of Hauberk is in it"
        raise LogError(f"{name}: nothing to compare: {why}")
    for one in (*passed_by(profile.unreadable), *told):
        say(f"warning: {name}: {one}")
    return profile.functions


def _of_version(whole: Profile, version: str, where: str) -> Mapping[str, FunctionProfile]:
    found = {
        name: FunctionProfile(tuple(one for one in view.versions if one.version == version))
        for name, view in whole.functions.items()
        if any(one.version == version for one in view.versions)
    }
    if not found:
        known = sorted({one.version for view in whole.functions.values() for one in view.versions})
        raise StoreError(
            f"{where}: no version {version}; it holds {', '.join(known[:20]) or 'none'}"
        )
    return found


def _matched(
    before: Mapping[str, FunctionProfile], after: Mapping[str, FunctionProfile], only: str | None
) -> list[tuple[str, FunctionProfile, FunctionProfile]]:
    """Functions by their names; one on either side is the same under another name."""
    if len(before) == len(after) == 1 and not only:
        ((_, one),), ((name, other),) = before.items(), after.items()
        return [(name, one, other)]
    names = sorted({*before, *after} & ({only} if only else {*before, *after}))
    return [(name, before.get(name, NOTHING), after.get(name, NOTHING)) for name in names]


def _fails(every: list[Compared], on: Failing | None) -> bool:
    if on is Failing.NEW:
        return any(one.difference.new for one in every)
    return on is Failing.DANGEROUS and any(one.difference.dangerous for one in every)
