"""What is kept of the codes of a function's versions: which is the newest one's, and which came before it.

A version with a number has one code, and `$LATEST` any: so of each version the last two that differ are kept, the later
with the time from which on records of that version are taken for its own. Two codes are the same where all files that
were read and all packages that were not are: other variables, or another scan, make no new code.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hauberk.learn.code.with_code import Code, Origin
from hauberk.learn.profile.believe import HOUR_MS
from hauberk.scan import CodeProfile

_HOUR_S = HOUR_MS // 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """What was read of one code of a version."""

    given: int  # when it was given first, in seconds since 1970
    since: (
        int  # the hour since 1970 from which on the version's records are of it; 0: from its start
    )
    code: CodeProfile


KeptOf = Callable[[str], Sequence[Kept]]  # those of a version, in the order in which they came


def with_given(held: Sequence[Kept], code: CodeProfile, now: int) -> tuple[Kept, ...]:
    """Put a code behind those of a version, or in the place of the last where that is the same; `now` in seconds."""
    if held and _is_same(held[-1].code, code):
        return (*held[:-1], replace(held[-1], code=code))
    return (*held[-1:], Kept(now, now // _HOUR_S if held else 0, code))


def code_of(versions: Sequence[str], kept: KeptOf) -> Code | None:
    """Give the code of the last of some versions, with the latest one before that differs; None where none is kept.

    What versions did that came between, unbroken, with the same code is new to it as well.
    """
    *older, newest = versions
    held = kept(newest)
    if not held:
        return None
    now, new = held[-1], {newest: held[-1].since}
    before = _at(newest, held[-2]) if len(held) > 1 else None
    is_unbroken = True
    for version in reversed(older):
        if before:
            break
        theirs = kept(version)
        differing = [one for one in theirs if not _is_same(one.code, now.code)]
        before = _at(version, differing[-1]) if differing else None
        is_unbroken = is_unbroken and bool(theirs) and not differing
        if is_unbroken:
            new[version] = 0
    found = before[1] if before else None
    return Code(now.code, found, new, _at(newest, now)[0], before[0] if before else None)


def _at(version: str, one: Kept) -> tuple[Origin, CodeProfile]:
    return Origin(version, one.given), one.code


def _is_same(one: CodeProfile, other: CodeProfile) -> bool:
    return (one.handler, one.modules, one.bundled) == (other.handler, other.modules, other.bundled)
