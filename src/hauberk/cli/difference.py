"""`hauberk allowlist diff`: what one policy allows and another does not."""

import time
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hauberk.cli.code_given import (
    CodeBeforeOption,
    CodeGiven,
    CodeOption,
    EnvironmentOption,
    NoCodeOption,
    codes_of,
)
from hauberk.cli.learn_code import sources, sources_as_json
from hauberk.cli.outcome import (
    FOUND,
    Format,
    FormatOption,
    console,
    exit_status,
    print_json,
)
from hauberk.cli.recorded import profiled
from hauberk.cli.scan import HandlerOption
from hauberk.learn import Profile, propose
from hauberk.learn.code.with_code import Code
from hauberk.learn.edit import edited
from hauberk.learn.promote import promote
from hauberk.learn.records.log import LogError
from hauberk.learn.review import LeftOut
from hauberk.local.function import InputError
from hauberk.policy import PolicyError, compile_policy, unpack
from hauberk.policy.compile import find
from hauberk.policy.decompiled import decompiled
from hauberk.policy.difference import Change, Effect, difference
from hauberk.policy.envelope import is_variable
from hauberk.policy.file import PolicyFile, content_of, from_bytes
from hauberk.policy.problem import Problem
from hauberk.scan import PackageError
from hauberk.scan.variables import VariablesError
from hauberk.store import StoreError

_STYLES = {Effect.WIDER: "yellow", Effect.NARROWER: "green", Effect.OTHER: ""}
Reviews = list[tuple[str, LeftOut]]
Codes = dict[str, Code]


class FailOn(StrEnum):
    """What makes the exit status 1."""

    WIDER = "wider"
    ANY = "any"


def diff_command(  # noqa: PLR0913, PLR0917 - options
    old: Annotated[Path, typer.Argument(help="hauberk.yaml, or a file with a compiled value.")],
    new: Annotated[
        Path | None, typer.Argument(help="Another; or give logs that the old one would learn from.")
    ] = None,
    log: Annotated[
        list[str] | None, typer.Option(help="Log file or folder, also several, to learn from.")
    ] = None,
    store: Annotated[Path | None, typer.Option(help="Store to learn from.")] = None,
    code: CodeOption = None,
    code_before: CodeBeforeOption = None,
    no_code: NoCodeOption = False,
    handler: HandlerOption = None,
    environment: EnvironmentOption = None,
    function: Annotated[
        str | None, typer.Option(help="Only this function; it is the one whose code is given.")
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(help="Exit with 1 where something is wider, or where anything differs."),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Say what a policy allows and another does not; or what `hauberk learn` would change in it. Writes nothing."""
    given = CodeGiven(code, code_before, handler, environment, function, is_left_out=no_code)
    with exit_status(LogError, StoreError, PackageError, VariablesError, InputError):
        if (new is None) == (log is None and store is None):
            what, remedy = "the other side is not clear", "name another policy, or --log or --store"
            raise PolicyError("diff", [Problem(0, what, remedy)])
        reviews: Reviews = []
        codes: Codes = {}
        if new is not None:
            if given.now or given.before or given.handler or given.environment or no_code:
                raise LogError("--code tells of what is learned; name it with --log or --store")
            before, after = _sides(old, new, function)
        else:
            profile = profiled(log or (), store, trust_unannounced=False)
            codes = codes_of(profile, given, store, keeps=False)
            before, after, reviews = _learned(old, profile, codes)
        wanted = None if function is None else find(after, function).name
        every = difference(before, after)
        changes = [one for one in every if wanted is None or one.function in ("", wanted)]
    if format is Format.JSON:
        print_json(_as_json(changes, reviews, codes))
    else:
        _print(changes, reviews, codes)
    is_wider = any(one.effect is Effect.WIDER for one in changes)
    if (fail_on is FailOn.ANY and changes) or (fail_on is FailOn.WIDER and is_wider):
        raise typer.Exit(FOUND)


def _sides(old: Path, new: Path, function: str | None) -> tuple[PolicyFile, PolicyFile]:
    """Read two policies; where one of them is compiled, the other is too, for the same function."""
    contents = [content_of(one) for one in (old, new)]
    compiled = [is_variable(one) for one in contents]
    if not any(compiled):
        before, after = (
            from_bytes(content, str(path))
            for content, path in zip(contents, (old, new), strict=True)
        )
        return before, after
    documents: list[Any] = [
        unpack(content.decode(errors="replace"), str(path)).document if is_compiled else None
        for content, path, is_compiled in zip(contents, (old, new), compiled, strict=True)
    ]
    name = function or next(one["function"] for one in documents if one)
    before, after = (
        decompiled(document or _compiled(content, str(path), name), str(path))
        for document, content, path in zip(documents, contents, (old, new), strict=True)
    )
    return before, after


def _compiled(content: bytes, where: str, function: str) -> Any:
    key = Ed25519PrivateKey.generate()  # for the document only
    file = from_bytes(content, where)
    return compile_policy(file, function, key=key, now=int(time.time())).document


def _learned(old: Path, profile: Profile, codes: Codes) -> tuple[PolicyFile, PolicyFile, Reviews]:
    """What the policy is, what it would be after learning, and what would be left for a person."""
    content = content_of(old)
    before = from_bytes(content, str(old))
    proposal = propose(profile, before, code=codes)
    proposal = promote(proposal, before, int(time.time()))
    after = from_bytes(edited(content, str(old), proposal).text.encode(), str(old))
    reviews = [(one.name, left) for one in proposal.functions for left in one.left_out]
    return before, after, reviews


def _as_json(changes: list[Change], reviews: Reviews, codes: Codes) -> dict[str, Any]:
    count = Counter(one.effect.value for one in changes)
    return {
        "changes": [{**one._asdict(), "effect": one.effect.value} for one in changes],
        **{effect.value: count[effect.value] for effect in Effect},
        "review": [
            {
                "function": name,
                "kind": left.what.kind.value,
                "operation": left.what.operation,
                "target": left.what.fold.pattern,
                "why": left.why,
            }
            for name, left in reviews
        ],
        "code": {name: sources_as_json(one) for name, one in codes.items()},
    }


def _print(changes: list[Change], reviews: Reviews, codes: Codes) -> None:
    out = console()
    for name, code in codes.items():
        for line in sources(code):
            out.print(f"{name}: {line}", style="dim", soft_wrap=True)
    title = None
    wholes = {_place(one) for one in changes if _is_whole(one)}
    within = [one for one in changes if _place(one) in wholes and not _is_whole(one)]
    for one in changes:
        if title != (title := one.function or one.section):
            out.print(title, style="bold")
        if one in within:  # comes or goes with its list
            out.print(f"      {one.what}: {one.after or one.before}", style="dim", soft_wrap=True)
        else:
            out.print(f"  {_line(one)}", style=_STYLES[one.effect], soft_wrap=True)
    for name, left in reviews:
        what = f"{left.what.kind} {left.what.operation} {left.what.fold.pattern}"
        out.print(f"  ? {name}: {what}: left for you to decide: {left.why}", soft_wrap=True)
    count = Counter(one.effect for one in changes if one not in within)
    told = ", ".join(f"{count[effect]} {effect}" for effect in Effect if count[effect])
    out.print(told or "no difference")


def _is_whole(one: Change) -> bool:
    """Whether a whole list comes or goes: the kind is learning on the other side."""
    return one.section == f"allowlist {one.what}"


def _place(one: Change) -> tuple[str, str]:
    return one.function, one.section


def _line(one: Change) -> str:
    sign = "~" if one.before and one.after else "+" if one.after else "-"
    section = one.section.removeprefix("allowlist ")
    place = f"{section} {one.what}" if one.function and section != one.what else one.what
    values = f"{one.before} → {one.after}" if sign == "~" else one.after or one.before
    effect = "" if one.effect is Effect.OTHER else f"  ({one.effect})"
    return f"{sign} {place}: {values}{effect}"
