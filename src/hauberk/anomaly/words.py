"""Rarities in a person's words, with the numbers."""

from hauberk.anomaly.score import Rarity
from hauberk.anomaly.trait import Family, Trait

_PHASES = {
    "init": "while a sandbox starts",
    "first": "in the first invocation of a sandbox",
    "later": "in a later invocation of a sandbox",
}

_THOSE = {Family.ACT: "", Family.AFTER: " that did the rarer of both"}


def told(rarity: Rarity) -> str:
    """Say what is rare, and how rare."""
    seen, of = rarity.seen, rarity.of
    more = f"; {rarity.others:,} more like it make it rarer" if rarity.others else ""
    those = _THOSE.get(rarity.trait.family, " that did")
    return (
        f"{_what(rarity.trait)}: {seen.invocations:,} of {of.invocations:,} invocations{those}, in {seen.hours:,} of "
        f"{of.hours:,} hours; what is as rare or rarer came in {rarity.share:.2%} of them{more}"
    )


def _what(trait: Trait) -> str:
    family, context, value = trait
    words = {
        Family.ACT: value,
        Family.DETAIL: f"{context}, on {value}",
        Family.AFTER: f"{context}, after {value}",
        Family.COUNT: f"{context}, {value} or more of it in one invocation",
        Family.SANDBOX: f"{context}, {value} or more of it in one sandbox",
        Family.PHASE: f"{context}, {_PHASES.get(value, value)}",
    }
    return words[family]
