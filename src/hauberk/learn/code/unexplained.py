"""What was seen and nothing in the code does, where all of the code was read.

An attacker's own program, host, file or table is not in the code, whatever patience it was shown with. That tells only
where the scan saw all: no package that is not followed, no place that says more of the kind than was read.

Does not see: what an event may say by the code itself (`/tmp/*`, keys of a bucket, tenants); addresses, where the
code asks for hosts; what programs do that the code starts, and what Python does by itself with the system's own files
"""

import re
from collections.abc import Callable, Collection, Iterable

from hauberk.learn.fold.shape import SHARED_FOLDERS
from hauberk.model.activity import Activity
from hauberk.model.kind import ARGUMENTS, Kind
from hauberk.scan import CodeProfile

_SYSTEM = re.compile(
    r"/(?:bin|boot|dev|etc|lib|lib64|opt|proc|root|run|sbin|sys|usr|var/(?:lang|runtime|task))/.*",
    re.DOTALL,
)
_AWS = ".amazonaws.com"


def unexplained(
    code: CodeProfile,
    seen: Iterable[Activity],
    possible: Collection[Activity],
    *,
    by_programs: Collection[Activity] = frozenset(),
    temporary: Collection[Activity] = frozenset(),
) -> frozenset[Activity]:
    """Give what was seen and is not possible by the code.

    `by_programs` is what a program or a library in C did; `temporary` what the module tempfile named.
    """
    dark = {one.kind for one in code.unread}
    if None in dark or any(code.imports.values()):
        return frozenset()
    does = dark.union(one.kind for one in code.findings)
    excused = set(by_programs) if Kind.PROCESS in does else set[Activity]()
    return frozenset(
        one
        for one in seen
        if one.kind not in dark
        and one not in possible
        and one not in excused
        and one not in temporary
        and not _ITSELF[one.kind](one, code, does)
    )


def _never(_one: Activity, _code: CodeProfile, _does: Collection[Kind | None]) -> bool:
    return False


def _process(one: Activity, _code: CodeProfile, _does: Collection[Kind | None]) -> bool:
    """What a program is started with: the code is asked for the start itself."""
    return one.operation == ARGUMENTS


def _file(one: Activity, code: CodeProfile, _does: Collection[Kind | None]) -> bool:
    """The system's own; and `/tmp/x.6eF2`, which AWS's client writes before it renames it to what was asked for."""
    named = (each.target for each in code.findings if each.kind is Kind.FILE)
    if one.target in SHARED_FOLDERS or _SYSTEM.fullmatch(one.target):
        return True
    return any(one.target.startswith(f"{each}.") for each in named)


def _host(one: Activity, _code: CodeProfile, does: Collection[Kind | None]) -> bool:
    return Kind.API in does and one.target.endswith(_AWS)


def _address(_one: Activity, _code: CodeProfile, does: Collection[Kind | None]) -> bool:
    return Kind.API in does or Kind.HOST in does


def _code(one: Activity, _code: CodeProfile, _does: Collection[Kind | None]) -> bool:
    return one.operation != "unpickle"


_ITSELF: dict[Kind, Callable[[Activity, CodeProfile, Collection[Kind | None]], bool]] = {
    Kind.PROCESS: _process,
    Kind.FILE: _file,
    Kind.API: _never,
    Kind.HOST: _host,
    Kind.ADDRESS: _address,
    Kind.CODE: _code,
}
