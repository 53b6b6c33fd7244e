"""What a person is to look at before an allowlist holds it: who poisons slowly leaves traces in where things were seen.

Dangerous activities always, unless the code explains them. Calls of AWS that nothing in the code makes, where all of it
was read. What was seen in one hour or in one sandbox only, from one
caller only, or only where an attack was near, where the evidence spans enough of them to tell: a log of some minutes
has one hour and one sandbox, and teaches all the same. What whoever called named each time: an input held it. What was
new after its list was complete.
"""

from dataclasses import dataclass

from hauberk.learn.complete.late import lateness
from hauberk.learn.danger import danger
from hauberk.learn.evidence import Evidence, FunctionEvidence
from hauberk.learn.fold.folded import Folded

ENOUGH_HOURS = 24
ENOUGH_SANDBOXES = 8
ENOUGH_CALLERS = 5
MOST_NEAR = 0.25  # where more sandboxes were attacked, as by scanners, it tells nothing


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a person is to look at, and why."""

    what: Folded
    why: str


def doubt(what: Folded, whole: FunctionEvidence) -> str:
    """Say why a person is to look at a pattern and what it stands for; nothing where none is to."""
    gone = sorted(what.activities & whole.outdated.keys())
    if gone:
        return f"no longer in the code: it was at {whole.outdated[gone[0]]}"
    strange = sorted(what.activities - whole.explained)
    if not strange:
        return ""
    dangers = (danger(one) for one in strange)
    return next(filter(None, dangers), "") or _odd(what, whole)


def _odd(what: Folded, whole: FunctionEvidence) -> str:
    if what.activities & whole.strange:
        return "nothing in the code does it"
    if what.seen.is_named:
        return "a caller named it, each time"
    return (
        _lonely(what.seen, whole)
        or _of_one(what, whole)
        or lateness(what.seen, whole.settled.get(what.kind, ()))
    )


def _lonely(seen: Evidence, whole: FunctionEvidence) -> str:
    if seen.hours is not None and len(seen.hours) == 1 and len(whole.hours) >= ENOUGH_HOURS:
        return f"seen within one hour only, of {len(whole.hours)}"
    if seen.sandboxes == 1 and whole.sandboxes >= ENOUGH_SANDBOXES:
        return f"seen in one sandbox only, of {whole.sandboxes}"
    if seen.is_near_attack and whole.sandboxes >= ENOUGH_SANDBOXES:
        return "" if _is_scanned(whole) else "seen only in sandboxes that were attacked"
    return ""


def _is_scanned(whole: FunctionEvidence) -> bool:
    """Whether many sandboxes were attacked; how many things were done there says nothing: strangers choose it."""
    near = whole.near_attack
    return near >= ENOUGH_SANDBOXES and near > MOST_NEAR * whole.most


def _of_one(what: Folded, whole: FunctionEvidence) -> str:
    """Tell of what one caller alone had done; not of what most sandboxes did, which a monitor may have started."""
    callers = whole.callers.at_least
    if not what.seen.callers.is_one or callers < ENOUGH_CALLERS:
        return ""
    is_usual = len(what.activities) == 1 and what.seen.invocations * 2 > whole.most
    if is_usual or whole.sandboxes < ENOUGH_SANDBOXES:
        return ""
    return f"seen from one caller only, of {callers}"
