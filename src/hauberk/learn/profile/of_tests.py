"""What a function's own tests show of it: the records of processes that we started, without what the tests did.

Each process is a sandbox, each call of the handler an invocation, and so is the import of its module. Its folder stands
for the package. What the tests did besides is told, since a process tells of an activity once: what a test did before
the function is not seen of the function.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

from hauberk.learn.profile.observe import Partial, Written, merge, observe
from hauberk.learn.records.record import ActivityRecord, StatusRecord
from hauberk.model.activity import Activity

PACKAGE = "/var/task"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is believed of tests, and what was left out of it."""

    partial: Partial
    processes: int
    calls: int  # of the handler or its import, that wrote records
    by_tests: frozenset[Activity]  # what tests did, and no call
    here: frozenset[Activity]  # what calls did with files that are no function's on Lambda


def shown_by_tests(logs: Iterable[bytes], package: str, own: Iterable[str]) -> Shown:
    """Keep of the records of tests what the handler did; `own` are folders that Lambda does not have."""
    whole = reduce(merge, (observe(log.splitlines(keepends=True)) for log in logs), Partial())
    calls = {one for one in whole.records if one.record.invocation.request_id}
    acts = {one: one.record for one in calls if isinstance(one.record, ActivityRecord)}
    folders = tuple(f"{folder.rstrip('/')}/" for folder in own)
    placed = {one: _placed(one, package) for one in calls}
    foreign = {one for one in acts if _target(placed[one]).startswith(folders)}
    statuses = {one for one in whole.records if isinstance(one.record, StatusRecord)}
    armed = {one.record.invocation.environment for one in statuses}
    kept = {placed[one] for one in calls - foreign}
    return Shown(
        partial=replace(whole, records=frozenset(kept | statuses), announced=frozenset(armed)),
        processes=len(armed),
        calls=len({one.record.invocation for one in calls}),
        by_tests=_activities(whole.records) - _activities(calls),
        here=_activities(foreign),
    )


def _placed(one: Written, package: str) -> Written:
    """The same where Lambda has the package."""
    if not isinstance(one.record, ActivityRecord):
        return one
    act = one.record.activity
    if act.target != package and not act.target.startswith(f"{package}/"):
        return one
    moved = act._replace(target=PACKAGE + act.target[len(package) :])
    return one._replace(record=one.record._replace(activity=moved))


def _target(one: Written) -> str:
    return one.record.activity.target if isinstance(one.record, ActivityRecord) else ""


def _activities(records: Iterable[Written]) -> frozenset[Activity]:
    return frozenset(
        one.record.activity for one in records if isinstance(one.record, ActivityRecord)
    )
