"""The codes of functions, as commands are given them or a store keeps them."""

import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from hauberk.cli.outcome import say
from hauberk.cli.scan import read_code
from hauberk.learn import Profile
from hauberk.learn.code.kept import Kept, KeptOf, code_of, with_given
from hauberk.learn.code.with_code import Code
from hauberk.learn.evidence import in_order
from hauberk.learn.profile.profile import FunctionProfile
from hauberk.learn.records.log import LogError
from hauberk.scan import CodeProfile

CodeOption = Annotated[
    Path | None,
    typer.Option(
        "--code", help="The function's Python code, folder or zip: it explains and lists, too."
    ),
]
CodeBeforeOption = Annotated[
    Path | None,
    typer.Option(
        "--code-before",
        help="What the code was before: open again is only what the change may bring. Else what --store kept of it.",
    ),
]
EnvironmentOption = Annotated[
    Path | None,
    typer.Option(help="File with the function's variables, or its template, for --code."),
]
CodeVersionOption = Annotated[
    str | None,
    typer.Option(
        help="The version that --code is of, for --store: one that is yet to come, or an older one; else the newest "
        "that the records show."
    ),
]
NoCodeOption = Annotated[
    bool, typer.Option("--no-code", help="Without the codes that --store has kept.")
]


@dataclass(frozen=True, slots=True)
class CodeGiven:
    """What a person gave of one function's code; `function` says whose it is where there are several."""

    now: Path | None = None
    before: Path | None = None
    handler: str | None = None
    environment: Path | None = None
    function: str | None = None
    version: str | None = None
    is_left_out: bool = False  # also what a store keeps


def codes_of(
    profile: Profile, given: CodeGiven, store: Path | None, *, keeps: bool
) -> dict[str, Code]:
    """Give the codes of functions: what was given, and of all others what a store keeps of their newest versions.

    `keeps` puts what was given into the store. Raises LogError, PackageError, VariablesError, InputError.
    """
    _refuse(given, store)
    name = _whose(profile, given)
    now, before = (
        read_code(one, given.handler, given.environment) if one else None
        for one in (given.now, given.before)
    )
    if store is None or given.is_left_out:
        return {name: Code(now, before)} if name and now else {}
    shelf = _Shelf(store, given.version, keeps)
    found = {
        one: shelf.code(one, view, now if one == name else None)
        for one, view in profile.functions.items()
    }
    codes = {one: code for one, code in found.items() if code}
    if name and before:
        codes[name] = replace(codes[name], before=before, before_of=None)
    return codes


def _refuse(given: CodeGiven, store: Path | None) -> None:
    if given.now is None and given.before is not None:
        raise LogError("--code-before is what --code is compared with; name that, too")
    if given.now is None and (given.handler or given.environment):
        raise LogError(
            "--handler and --environment are of the --code; name that, or leave them out"
        )
    if given.now is not None and given.is_left_out:
        raise LogError("--no-code is without any code; leave it out, or --code")
    if given.version is None:
        return
    if given.now is None or store is None:
        raise LogError("--code-version says of what version --store is to keep --code; name both")
    if given.before is not None:
        raise LogError("--code-before is compared with now; keep it by a --code-version of its own")


def _whose(profile: Profile, given: CodeGiven) -> str | None:
    """Say whose code a person gave; nothing where none is named."""
    if given.now is None:
        return None
    names = [one for one in profile.functions if given.function in (None, one)]
    if not profile.functions:
        return None  # what learns says why
    if len(names) != 1:
        known = ", ".join(profile.functions)
        raise LogError(f"the logs show {known}; name with --function the one whose code it is")
    return names[0]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The codes that a store keeps."""

    store: Path
    version: str | None  # of the code that is given, where a person says it
    keeps: bool

    def code(self, name: str, view: FunctionProfile, given: CodeProfile | None) -> Code | None:
        """Give the code of a function's newest version, and what it was before."""
        versions = [one.version for one in in_order(view)]
        version = self.version or versions[-1]
        held: KeptOf = cache(lambda one: self._read(name, one))
        is_kept = False
        if given is not None:
            mine, is_kept = self._with(name, version, given)
            held = _with_one(held, version, mine)
        code = code_of(versions, held)
        if is_kept and version != versions[-1]:
            yet = "" if version in versions else ", which no record shows yet"
            say(f"{name}: the code is kept as that of version {version}{yet}")
        if code is None:
            _tell_of_older(name, versions, held)
        elif given is not None and version == versions[-1]:
            origin = code.now_of._replace(is_given=True) if is_kept and code.now_of else None
            return replace(code, now_of=origin)
        return code

    def _read(self, name: str, version: str) -> tuple[Kept, ...]:
        from hauberk.store.codes import read_codes

        return read_codes(self.store, name, version, _warn)

    def _with(self, name: str, version: str, given: CodeProfile) -> tuple[tuple[Kept, ...], bool]:
        """Give what is kept of a version with what was given, and whether that is kept."""
        from hauberk.store.codes import keep_code

        now = int(time.time())
        kept = keep_code(self.store, name, version, given, now, _warn) if self.keeps else ()
        return kept or with_given(self._read(name, version), given, now), bool(kept)


def _with_one(held: KeptOf, version: str, mine: tuple[Kept, ...]) -> KeptOf:
    return lambda one: mine if one == version else held(one)


def _tell_of_older(name: str, versions: list[str], held: KeptOf) -> None:
    """Say that the code of the newest version is not kept, where that of an older one is."""
    older = next((one for one in reversed(versions[:-1]) if held(one)), None)
    if older:
        say(
            f"{name}: version {versions[-1]} is newer than the code that is kept, of version {older}, "
            "which is not used; give its code with --code"
        )


def _warn(what: str) -> None:
    say(f"warning: {what}")
