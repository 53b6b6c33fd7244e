"""What a compiled policy says, and which of its entries says it: asked of the judge that runs in the function."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hauberk._native import Judge
from hauberk.model.activity import Activity
from hauberk.model.detector import Detector
from hauberk.model.verdict import Action

RULE = "denied by rule "
EXCLUSION = "allowed by exclusion "
LISTED = "on the allowlist"
UNLISTED = "not on the allowlist"
LEARNING = "learning"
PLATFORM = "the platform's own"
OFF = "the protection is off"
UNWATCHED = "arguments are not watched"

_EVERYTHING = "**"
# The guard tells of these and stops nothing, whatever the mode.
_ONLY_TOLD = (
    Detector.OUTLIVES_INVOCATION,
    Detector.ACTS_AFTER_RESPONSE,
    Detector.GUARD_TAMPERED,
)


class Decision(NamedTuple):
    """What is to be done, why in the judge's words, and the entry that says it (`read /tmp/*`), empty where none does.

    It is not sure where it hangs on a text of which the record shows a part only.
    """

    action: Action
    reason: str
    entry: str = ""
    is_sure: bool = True


class Suspicion(NamedTuple):
    """What a detector said of an input, or of an activity; `matched` may be a part of the text that it was about."""

    protection: str
    detector: str
    confidence: int
    path: str
    matched: str
    is_whole: bool

    def told(self) -> str:
        """Say it in a line: who said what of which input, or of which text."""
        return (
            f"{self.detector} ({self.confidence}) by {self.protection}: {self.path or self.matched}"
        )


class Entries:
    """Entries of one kind, `operation pattern` each, which tell the first of them that an activity is in."""

    def __init__(self, kind: str, entries: Sequence[str]) -> None:
        self._kind = kind
        self._entries = entries
        rule = {"name": "these", "kind": kind, "patterns": [*entries]}  # nothing is before a rule
        alone = {
            "hauberk": 1,
            "function": "",
            "mode": "prevent",
            "rules": [rule],
            "watch_arguments": True,
        }
        self._judge = Judge(_text(alone))
        self._halves: tuple[Entries, Entries] | None = None

    def first(self, activity: Activity) -> str | None:
        """Give the entry; the judge is asked of ever smaller halves, so that many entries take few questions."""
        if not self._entries or self._judge.judge(*activity)[0] != Action.BLOCK:
            return None
        if len(self._entries) == 1:
            return self._entries[0]
        if self._halves is None:
            half = len(self._entries) // 2
            self._halves = (
                Entries(self._kind, self._entries[:half]),
                Entries(self._kind, self._entries[half:]),
            )
        first, second = self._halves
        return first.first(activity) or second.first(activity)


class Decider:
    """One function's compiled policy, which answers and says by which of its entries."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._judge = Judge(_text(document))
        self._entries: dict[tuple[str, str], Entries] = {}
        exclusions = document.get("exclusions", [])
        self._least = self._with([one for one in exclusions if _EVERYTHING in one["patterns"]])
        self._most = self._with([{**one, "patterns": [_EVERYTHING]} for one in _texts(exclusions)])

    def mode_of(self, protection: str) -> str:
        """Give the mode that a protection has."""
        return str(self.document.get("protections", {}).get(protection, self.document["mode"]))

    def decide(self, activity: Activity) -> Decision:
        """Decide about an activity. Answers for each that can be written as UTF-8."""
        action, reason = self._judge.judge(*activity)
        return Decision(Action(action), reason, self._entry(activity, reason))

    def suspect(self, one: Suspicion) -> Decision:
        """Decide about what a detector said; not sure where the rest of a text could make an exclusion fit, or not."""
        said = self._said(self._judge, one)
        is_sure = one.is_whole or self._said(self._least, one)[0] == self._said(self._most, one)[0]
        action = Action(said[0])
        if action is Action.BLOCK and one.detector in set(_ONLY_TOLD):
            action = Action.ALERT
        return Decision(action, said[1], is_sure=is_sure)

    def entries(self, section: str, kind: str, name: str = "") -> list[str]:
        """Give the entries about a kind: of the allowlist, or of the rule or exclusion of this name."""
        if section == "allowlist":
            return list(self.document.get("allowlist", {}).get(kind, ()))
        named = [
            one
            for one in self.document.get(section, ())
            if one.get("kind") == kind and one["name"] == name
        ]
        return [entry for one in named for entry in one["patterns"]]

    def _entry(self, activity: Activity, reason: str) -> str:
        section, name = spoken(reason)
        if not section:
            return ""
        key = (f"{section} {name}", activity.kind.value)
        if key not in self._entries:
            self._entries[key] = Entries(key[1], self.entries(section, key[1], name))
        return self._entries[key].first(activity) or ""

    def _with(self, exclusions: list[Mapping[str, Any]]) -> Judge:
        return Judge(_text({**self.document, "exclusions": exclusions}))

    @staticmethod
    def _said(judge: Judge, one: Suspicion) -> tuple[str, str]:
        matched = one.matched.encode(errors="surrogatepass")
        return judge.judge_suspicion(
            one.protection, one.detector, one.confidence, one.path, matched
        )


def spoken(reason: str) -> tuple[str, str]:
    """Say which section of a policy a reason is about, and which name in it; nothing where it is about none."""
    if reason == LISTED:
        return "allowlist", ""
    for section, words in (("rules", RULE), ("exclusions", EXCLUSION)):
        if reason.startswith(words):
            return section, reason.removeprefix(words)
    return "", ""


def _texts(exclusions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [one for one in exclusions if "detector" in one]


def _text(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
