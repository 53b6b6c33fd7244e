"""What is looked at of an invocation: traits, each a value within a context that says of what it is rare or common.

Sees:         which classes of activities it told of; on which resource, host, folder or network; what it did before
              what; how many things of a class, in the invocation and in its sandbox; whether late in the sandbox's
              life; where the policy asks for `usage` records, how often things were done and how many bytes were sent
Does not see: what the sandbox did before, nor numbers below the highest that it told of: each is written once an
              environment
"""

from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from hauberk.anomaly.invocation import Invoked, Used
from hauberk.learn.fold.registrable import owner
from hauberk.learn.fold.shape import parts
from hauberk.learn.records.usage import LADDERS, Ladder, Measure
from hauberk.model.activity import Activity
from hauberk.model.kind import ARGUMENTS, Kind

MOST_IN_ORDER = 32  # classes of one invocation whose order is looked at


class Family(StrEnum):
    """What is asked about an invocation."""

    ACT = "act"  # did it at all
    DETAIL = "detail"  # did it with this
    AFTER = "after"  # did it after that
    COUNT = "count"  # did it with so many things
    SANDBOX = "sandbox"  # its sandbox did, until then
    PHASE = "phase"  # did it so late
    TIMES = "times"  # did it so often
    BYTES = "bytes"  # sent so many bytes there

    __hash__ = str.__hash__  # an enum's own is slow, and each trait is looked up by it


# Whose values are steps: who is at one is at all below.
TAILS = {
    Family.COUNT: Ladder(2, 2),
    Family.SANDBOX: Ladder(2, 2),
    Family.TIMES: LADDERS[Measure.TIMES],
    Family.BYTES: LADDERS[Measure.BYTES],
}
MEASURED = (Family.TIMES, Family.BYTES)
_ONE_BY_ONE = (Kind.API, Kind.HOST, Kind.ADDRESS)  # of which a detail is counted by itself
_ON = ", on "  # between an act and its detail, in a context
_OF_DETAILS = (Family.PHASE, *MEASURED)  # whose contexts may be an act on one thing


class Question(StrEnum):
    """Families with one threshold: how high their scores go where nothing is wrong differs much from one to another."""

    THINGS = "things"
    MANY = "many"
    ORDER = "order"
    LATE = "late"
    NUMBERS = "numbers"


QUESTIONS = {
    Family.ACT: Question.THINGS,
    Family.DETAIL: Question.THINGS,
    Family.SANDBOX: Question.THINGS,
    Family.COUNT: Question.MANY,
    Family.AFTER: Question.ORDER,
    Family.PHASE: Question.LATE,
    Family.TIMES: Question.NUMBERS,
    Family.BYTES: Question.NUMBERS,
}


class Trait(NamedTuple):
    """One value in its context: after `host example.com` in the context of `process start /bin/sh`."""

    family: Family
    context: str
    value: str


class Named(NamedTuple):
    """An activity as traits speak of it: its class, and what tells it from others of that."""

    act: str
    detail: str


def traits(one: Invoked) -> frozenset[Trait]:
    """Give all traits of an invocation."""
    names = [(at, name_of(activity)) for at, activity in one.acts]
    first: dict[str, int] = {}
    for at, name in names:
        first.setdefault(name.act, at)
    found = {did(act) for act in first}
    found |= {Trait(Family.DETAIL, name.act, name.detail) for _, name in names if name.detail}
    done = {text for activity in {act for _, act in one.acts} for text in _contexts(activity)}
    found |= {Trait(Family.PHASE, text, one.phase.value) for text in done}
    found.update(_order(first))
    counts = Counter(name_of(activity).act for activity in {act for _, act in one.acts})
    found.update(_steps(Family.COUNT, counts))
    until = Counter(name_of(act).act for act in {*one.before, *(act for _, act in one.acts)})
    found.update(
        _steps(
            Family.SANDBOX, Counter({act: until[act] for act in first if until[act] > counts[act]})
        )
    )
    for activity, used in one.used:
        found.update(_used(activity, used))
    return frozenset(found)


def context(trait: Trait) -> Trait:
    """What an invocation has that could have this trait: it did the act, or that on the same."""
    if trait.family not in _OF_DETAILS:
        return did(trait.context)
    act, detail = parted(trait.context)
    return Trait(Family.DETAIL, act, detail) if detail else did(act)


def parted(text: str) -> tuple[str, str]:
    """Take a context apart: the act, and on what it was done where that is of it."""
    act, _, detail = text.partition(_ON)
    return act, detail


def did(act: str) -> Trait:
    """The trait of an act itself, among those of its kind."""
    return Trait(Family.ACT, act.partition(" ")[0], act)


def _order(first: dict[str, int]) -> Iterator[Trait]:
    """What was done before what; nothing is told of what came in the same millisecond."""
    ordered = sorted(first.items(), key=lambda one: (one[1], one[0]))[:MOST_IN_ORDER]
    for index, (later, at) in enumerate(ordered):
        for earlier, before in ordered[:index]:
            if before < at:
                yield Trait(Family.AFTER, later, earlier)


def _used(activity: Activity, used: Used) -> Iterator[Trait]:
    """A number of an act, and of that on what it was done; that it was done at all is told with it."""
    family, contexts = Family(used.measure.value), _contexts(activity)
    for each in contexts:
        act, detail = parted(each)
        yield Trait(Family.DETAIL, act, detail) if detail else did(act)
    step, (least, times) = used.step, TAILS[family]
    while step >= least:
        yield from (Trait(family, each, str(step)) for each in contexts)
        step //= times


def _contexts(activity: Activity) -> tuple[str, ...]:
    """The act, and that on what it was done, where things are counted one by one."""
    act, detail = name_of(activity)
    is_counted = detail and activity.kind in _ONE_BY_ONE
    return (act, f"{act}{_ON}{detail}") if is_counted else (act,)


def _steps(family: Family, counts: Counter[str]) -> Iterator[Trait]:
    for act, count in counts.items():
        for power in range(1, count.bit_length()):
            yield Trait(family, act, str(1 << power))


@lru_cache(1 << 16)
def name_of(activity: Activity) -> Named:
    """Put an activity into its class."""
    kind, operation, target = activity
    act, detail = _NAMES[kind](operation, target)
    return Named(f"{kind.value} {act}", detail)


def _masked(kind: Kind, target: str) -> str:
    return "".join("*" if part.type else part.text for part in parts(kind, target))


def _process(operation: str, target: str) -> Named:
    if operation == ARGUMENTS:
        return Named(f"{operation} {target}", "")
    return Named(_masked(Kind.PROCESS, target), "")


def _file(operation: str, target: str) -> Named:
    folder, _, name = _masked(Kind.FILE, target).rpartition("/")
    ending = name.rpartition(".")[2] if "." in name else ""
    return Named(f"{operation} {'/'.join(folder.split('/')[:3]) or '/'}", f"{folder}/*.{ending}")


def _api(operation: str, target: str) -> Named:
    fields = target.split(":", 5)
    is_object = len(fields) == 6 and fields[2] == "s3" and not fields[4]
    return Named(operation, target.partition("/")[0] if is_object else _masked(Kind.API, target))


def _host(operation: str, target: str) -> Named:
    return Named(f"{operation} {owner(target)}", _masked(Kind.HOST, target))


def _address(operation: str, target: str) -> Named:
    host, _, port = target.rpartition(":")
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return Named(f"{operation} {_masked(Kind.FILE, target.removeprefix('unix:'))}", "")
    where = "loopback" if address.is_loopback else "private" if address.is_private else "public"
    size = 24 if address.version == 4 else 64
    network = ip_network((address, size), strict=False)
    port = port if int(port) < 1024 or operation != "bind" else "any"  # the system draws these
    return Named(f"{operation} {where} port {port}", str(network))


def _code(operation: str, target: str) -> Named:
    return Named(
        f"{operation} {target.partition('.')[0] if operation == 'unpickle' else target}", target
    )


_NAMES: dict[Kind, Callable[[str, str], Named]] = {
    Kind.PROCESS: _process,
    Kind.FILE: _file,
    Kind.API: _api,
    Kind.HOST: _host,
    Kind.ADDRESS: _address,
    Kind.CODE: _code,
}
