"""Why a policy decides about what a detector said as it does: each part is asked of the judge of the function.

Does not see: the whole of a text of which the record shows a part; what `parameters` lowered before it was recorded.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hauberk.model.mode import Mode
from hauberk.model.verdict import Action
from hauberk.policy.decision import OFF, Decider, Decision, Suspicion, spoken
from hauberk.policy.explain import Explanation, Role, Step, none_of

DETECTOR_OFF = "the detector is off"
LOW = "too little confidence"
_CERTAIN = 100
_MODES = {Action.ALLOW: Mode.OFF, Action.ALERT: Mode.DETECT, Action.BLOCK: Mode.PREVENT}
_DOES = {Mode.OFF: "allows all", Mode.DETECT: "alerts", Mode.PREVENT: "blocks"}


def explain_suspicion(decider: Decider, one: Suspicion) -> Explanation:
    """Decide about what a detector said, and tell of all that had a say in it."""
    decision = decider.suspect(one)
    bare = Decider({**decider.document, "exclusions": []})
    mode = _MODES[bare.suspect(one._replace(confidence=_CERTAIN)).action]
    exclusions = list(_exclusions(decider.document, one, decision))
    confidence = _confidence(bare, one, decision)
    is_off = decision.reason in (OFF, DETECTOR_OFF)
    is_last = not is_off and decision.reason != LOW and not spoken(decision.reason)[0]
    role = Role.DECIDES if is_off or is_last else Role.SILENT
    last = Step(role, "mode", mode.value, "", decision.reason if is_off else _DOES[mode])
    steps = [last, *exclusions] if is_off else [*exclusions, confidence, last]
    return Explanation(decision, mode.value, tuple(steps))


def _exclusions(document: Mapping[str, Any], one: Suspicion, decision: Decision) -> Iterator[Step]:
    known = [each for each in document.get("exclusions", ()) if "detector" in each]
    before = decision.reason if decision.reason in (OFF, DETECTOR_OFF) else ""
    steps = []
    for each in known:
        alone = {"hauberk": 1, "function": "", "mode": Mode.PREVENT.value, "exclusions": [each]}
        answer = Decider(alone).suspect(one)
        role, why = Role.SILENT, "may fit: the record shows a part of the text"
        if answer.action is Action.ALLOW:
            role, why = (Role.LOSES, before) if before else (Role.DECIDES, "allows")
            before = before or f"exclusion {each['name']} is before it"
        elif answer.is_sure:
            continue
        entry = " ".join([each["detector"], *filter(None, [each.get("path")]), *each["patterns"]])
        steps.append(Step(role, "exclusion", each["name"], entry, why))
    told = none_of(known, "about detectors ") if known else "none is about a detector"
    yield from steps or [Step(Role.SILENT, "exclusion", "", "", told)]


def _confidence(bare: Decider, one: Suspicion, decision: Decision) -> Step:
    """Find what confidence is asked for by asking: the judge alone knows."""
    actions = [bare.suspect(one._replace(confidence=c)).action for c in range(_CERTAIN + 1)]
    firsts = [
        f"{does} from {actions.index(action)}"
        for action, does in ((Action.ALERT, "alerts"), (Action.BLOCK, "blocks"))
        if action in actions
    ]
    role = Role.DECIDES if decision.reason == LOW else Role.SILENT
    return Step(role, "confidence", "", str(one.confidence), ", ".join(firsts) or "asked by none")
