"""Whether a proposal allows what was observed: asked of the judge that runs in the function."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from hauberk._native import Judge
from hauberk.learn.propose import FunctionProposal
from hauberk.model.activity import Activity
from hauberk.policy.compile import Compiled


class Refusal(NamedTuple):
    """An observed activity that the new policy does not allow, and why."""

    function: str
    activity: Activity
    reason: str
    is_by_rule: bool


def refusals(proposal: FunctionProposal, compiled: Compiled) -> Iterator[Refusal]:
    """Ask of every activity that was learned whether the compiled proposal allows it."""
    strict = {**compiled.document, "mode": "prevent", "protections": {}}
    whole, without_rules = Judge(_text(strict)), Judge(_text({**strict, "rules": []}))
    for activity in sorted(proposal.learned):
        action, reason = whole.judge(*activity)
        if action != "allow":
            is_by_rule = without_rules.judge(*activity)[0] == "allow"
            yield Refusal(proposal.name, activity, reason, is_by_rule)


def _text(document: dict[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
