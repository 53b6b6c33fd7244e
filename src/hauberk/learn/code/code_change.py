"""What a change of the code says of the list that was learned before it: what stands, and what is open again.

A kind is open again where the changed code may do something of it that the code does not tell: what is told is listed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hauberk.model.kind import Kind
from hauberk.scan import CodeProfile, Finding, Sure

_TOLD = (Sure.EXACT, Sure.TYPED, Sure.NAMED)
_UNFOLLOWED = (Kind.FILE, Kind.HOST, Kind.ADDRESS, Kind.PROCESS)  # what packages do by themselves


@dataclass(frozen=True, slots=True)
class CodeChange:
    """What is new in the code, what is gone from it, and which kinds are open again, and why."""

    before: CodeProfile
    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    files: tuple[str, ...]  # that differ
    reopened: Mapping[Kind, str]


def code_change(before: CodeProfile, after: CodeProfile) -> CodeChange:
    """Compare what the code told before with what it tells."""
    old = {one.act for one in before.findings}
    acts = {one.act for one in after.findings}
    new = tuple(one for one in after.findings if one.act not in old)
    files = _differing(before.modules, after.modules)
    packages = _differing(before.bundled, after.bundled)
    reopened: dict[Kind, str] = {}
    for kind, why in _doubts(after, new, files, packages):
        reopened.setdefault(kind, why)
    return CodeChange(
        before=before,
        new=new,
        gone=tuple(one for one in before.findings if one.act not in acts),
        files=files,
        reopened=dict(sorted(reopened.items())),
    )


def _doubts(
    after: CodeProfile, new: tuple[Finding, ...], files: tuple[str, ...], packages: tuple[str, ...]
) -> Iterator[tuple[Kind, str]]:
    """Say of each kind what of the change is not known, in the order in which it is worth telling."""
    changed = frozenset(files)
    for place in after.unread:
        if place.site.file in changed:
            kinds = _with_addresses(place.kind) if place.kind else tuple(Kind)
            yield from ((kind, f"{place.site}: {place.what}") for kind in kinds)
    for one in (*new, *after.findings):
        where = [site for site in one.sites if site.file in changed]
        if one.sure not in _TOLD and where:
            why = f"{where[0]}: {one.operation} {one.target} is known in part only"
            yield from ((kind, why) for kind in _with_addresses(one.kind))
    for file in files:
        for package in after.imports.get(file, ()):
            yield from (
                (kind, f"{file} uses {package}, which is not followed") for kind in _UNFOLLOWED
            )
        yield Kind.CODE, f"{file} is changed, and what it unpickles and loads is not read"
    for package in packages:
        yield from (
            (kind, f"the package {package} is another, and is not followed") for kind in Kind
        )


def _with_addresses(kind: Kind) -> tuple[Kind, ...]:
    """A host that is not known has addresses that are not."""
    return (Kind.HOST, Kind.ADDRESS) if kind is Kind.HOST else (kind,)


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    names = sorted({*before, *after})
    return tuple(one for one in names if before.get(one) != after.get(one))
