"""What a person is to look at before an allowlist holds it: who poisons slowly leaves traces in where things were seen.

Dangerous activities always, unless the code explains them. What was seen in one hour or in one sandbox only, from one
caller only, or only where an attack was near, where the evidence spans enough of them to tell: a log of some minutes
has one hour and one sandbox, and teaches all the same.
"""

from dataclasses import dataclass

from hauberk.learn.danger import danger
from hauberk.learn.evidence import Evidence, FunctionEvidence
from hauberk.learn.folded import Folded

ENOUGH_BLOCKS = 24
ENOUGH_SANDBOXES = 8
ENOUGH_CALLERS = 5


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was not proposed, and why a person decides."""

    what: Folded
    why: str


def doubt(what: Folded, whole: FunctionEvidence) -> str:
    """Say why a person is to look at a pattern and what it stands for; nothing where none is to."""
    strange = sorted(what.activities - whole.explained)
    if not strange:
        return ""
    dangers = (danger(one) for one in strange)
    return next(filter(None, dangers), "") or _lonely(what.seen, whole)


def _lonely(seen: Evidence, whole: FunctionEvidence) -> str:
    is_known = seen.first_ms is not None
    if is_known and seen.span_hours < 1 and seen.blocks and whole.blocks >= ENOUGH_BLOCKS:
        return f"seen within one hour only, of {whole.blocks}"
    if seen.sandboxes == 1 and whole.sandboxes >= ENOUGH_SANDBOXES:
        return f"seen in one sandbox only, of {whole.sandboxes}"
    if seen.callers == 1 and whole.callers >= ENOUGH_CALLERS:
        return f"seen from one caller only, of {whole.callers}"
    if seen.is_near_attack:
        return "seen only in sandboxes that were attacked"
    return ""
