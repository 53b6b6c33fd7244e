"""Rarities in a person's words, with the numbers."""

from hauberk.anomaly.score import Rarity
from hauberk.anomaly.trait import TAILS, Family, Trait, parted

_PHASES = {
    "init": "while a sandbox starts",
    "first": "in the first invocation of a sandbox",
    "later": "in a later invocation of a sandbox",
}

_THOSE = {Family.ACT: "", Family.AFTER: " that did the rarer of both"}
_UNITS = ("KB", "MB", "GB", "TB")


def told(rarity: Rarity) -> str:
    """Say what is rare, and how rare."""
    seen, of = rarity.seen, rarity.of
    make = "makes" if rarity.others == 1 else "make"
    more = f"; {rarity.others:,} more like it {make} it rarer" if rarity.others else ""
    within = f"{_many(of.invocations, 'invocation')}{_THOSE.get(rarity.trait.family, ' that did')}"
    hours = _many(of.hours, "hour")
    if rarity.most is not None:
        return (
            f"{_what(rarity.trait)}: {_at_most(rarity.trait.family, rarity.most)} in {within}, "
            f"in {hours}; its chance is taken as {rarity.share * 100:.3f} %{more}"
        )
    return (
        f"{_what(rarity.trait)}: {seen.invocations:,} of {within}, in {seen.hours:,} of {hours}; "
        f"what is as rare or rarer came in {rarity.share * 100:.2f} % of them{more}"
    )


def _many(count: int, one: str) -> str:
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def _what(trait: Trait) -> str:
    family, context, value = trait
    words = {
        Family.ACT: value,
        Family.DETAIL: f"{context}, on {value}",
        Family.AFTER: f"{context}, after {value}",
        Family.COUNT: f"{context}, {value} or more of it in one invocation",
        Family.SANDBOX: f"{context}, {value} or more of it in one sandbox",
        Family.PHASE: f"{context}, {_PHASES.get(value, value)}",
        Family.TIMES: f"{context}, {value} times or more in one invocation",
    }
    if family is Family.BYTES:
        return f"sent {size(int(value))} or more to {_receiver(context)} in one invocation"
    return words[family]


def _at_most(family: Family, most: int) -> str:
    """What was seen below a step: it lies between the highest that was reached and the next."""
    least, times = TAILS[family]
    below = most * times if most else least
    return f"less than {size(below) if family is Family.BYTES else below}"


def _receiver(context: str) -> str:
    act, detail = parted(context)
    return detail or act.split(" ", 2)[2]


def size(count: int) -> str:
    """Write a number of bytes, which is a power of two from 1,024 on."""
    power = min((count.bit_length() - 1) // 10, len(_UNITS))
    return f"{count >> 10 * power:,} {_UNITS[power - 1]}"
