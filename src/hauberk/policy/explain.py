"""Why a policy decides about an activity as it does: which of its entries decides, and which would have, and lose.

Does not see: the platform's own files and addresses, which only the function knows; detectors, which come before lists.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from hauberk.model.activity import Activity
from hauberk.model.kind import OPERATIONS, Kind
from hauberk.model.mode import Mode
from hauberk.policy.decision import (
    LEARNING,
    OFF,
    PLATFORM,
    UNLISTED,
    UNWATCHED,
    Decider,
    Decision,
    Entries,
    spoken,
)
from hauberk.policy.problem import nearest

_WORDS = {"rules": "rule", "exclusions": "exclusion", "allowlist": "allowlist"}  # in their order
_DOES = {"rules": "denies", "exclusions": "allows", "allowlist": "allows"}
_NOT_LOOKED_AT = (OFF, UNWATCHED)
_MODES = {Mode.OFF: "allows all", Mode.DETECT: "alerts", Mode.PREVENT: "blocks"}


class Role(StrEnum):
    """What a part of the policy has to do with the decision."""

    DECIDES = "decides"
    LOSES = "loses"
    SILENT = "silent"


class Step(NamedTuple):
    """One part of the policy, in the order of decision, and why it decides or does not."""

    role: Role
    part: str  # rule, exclusion, allowlist, mode, platform
    name: str
    entry: str
    why: str


class Explanation(NamedTuple):
    """The decision, and all that had a say in it."""

    decision: Decision
    mode: str
    steps: tuple[Step, ...]


def explain(decider: Decider, activity: Activity) -> Explanation:
    """Decide about an activity, and tell of all entries that it is in."""
    decision = decider.decide(activity)
    mode = decider.mode_of(activity.kind.value)
    steps, last = list(_entries(decider, activity, decision)), _mode(decision, mode)
    steps.insert(0 if decision.reason in _NOT_LOOKED_AT else len(steps), last)
    return Explanation(decision, mode, tuple(steps))


def operation_fault(kind: Kind, operation: str) -> str | None:
    """Say what is wrong with an operation, None where nothing is."""
    if kind is Kind.API:
        service, colon, action = operation.partition(":")
        is_action = service.replace("-", "").isalnum() and colon and action.isalnum()
        return None if is_action else "write an action as IAM does: `s3:PutObject`"
    return None if operation in OPERATIONS[kind] else nearest(operation, OPERATIONS[kind])


def _entries(decider: Decider, activity: Activity, decision: Decision) -> Iterator[Step]:
    kind = activity.kind.value
    before = decision.reason if decision.reason in _NOT_LOOKED_AT else None
    for section, part in _WORDS.items():
        if section == "allowlist" and decision.reason == PLATFORM:
            yield Step(Role.DECIDES, "platform", "", "", "every list allows its own")
            before = "the platform's own is before it"
        names = _names(decider, section, kind)
        steps = []
        for name, entry in _fitting(decider, section, activity, names):
            role = Role.LOSES if before else Role.DECIDES
            steps.append(Step(role, part, name, entry, before or _DOES[section]))
            before = before or f"{part} {name}".strip() + " is before it"
        yield from steps or [_silence(decider, section, activity, names, decision)]


def _fitting(
    decider: Decider, section: str, activity: Activity, names: list[str]
) -> Iterator[tuple[str, str]]:
    """All entries that an activity is in, each with the name that it stands under."""
    kind = activity.kind.value
    for name in names:
        for entry in decider.entries(section, kind, name):
            if Entries(kind, [entry]).first(activity) is not None:
                yield name, entry


def _names(decider: Decider, section: str, kind: str) -> list[str]:
    if section == "allowlist":
        return [""]
    of_kind = [one["name"] for one in decider.document.get(section, ()) if one.get("kind") == kind]
    return list(dict.fromkeys(of_kind))


def _silence(
    decider: Decider, section: str, activity: Activity, names: list[str], decision: Decision
) -> Step:
    role, kind = Role.SILENT, activity.kind
    if section != "allowlist":
        told = none_of(names, f"about {kind} ") if names else f"none is about {kind}"
    elif (entries := decider.document.get("allowlist", {}).get(kind.value)) is None:
        role = Role.DECIDES if decision.reason == LEARNING else role
        told = f"has no list of {kind}: still learning"
    elif decision.reason == LEARNING:
        role = Role.DECIDES
        told = f"none of {len(entries):,} entries is about {activity.operation}: still learning"
    else:
        told = none_of(entries) if entries else "is empty"
    return Step(role, _WORDS[section], "", "", told)


def none_of(every: Sequence[object], what: str = "") -> str:
    """Say that none of these fits."""
    if len(every) == 1:
        return f"the only one {what}does not fit"
    return f"none of {len(every):,} {what or 'entries '}fits"


def _mode(decision: Decision, mode: str) -> Step:
    does = _MODES[Mode(mode)]
    if decision.reason == OFF:
        return Step(Role.DECIDES, "mode", mode, "", does)
    if decision.reason == UNWATCHED:
        return Step(
            Role.DECIDES, "mode", mode, "", "looks at them where the policy has `watch_arguments`"
        )
    if decision.reason == UNLISTED:
        return Step(Role.DECIDES, "mode", mode, "", f"{does} what is not listed")
    if spoken(decision.reason)[0] == "rules":
        return Step(Role.DECIDES, "mode", mode, "", f"{does} what a rule denies")
    why = "what is learned is let pass" if decision.reason == LEARNING else "nothing is denied"
    return Step(Role.SILENT, "mode", mode, "", why)
