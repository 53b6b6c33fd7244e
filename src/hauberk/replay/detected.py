"""Detections by their ids, as logs hold them.

Sees:         detections of environments that are believed, as the learner believes, in logs or in a store
Does not see: what a store took in before it kept what detections say
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hauberk.learn.profile.believe import environment_of
from hauberk.learn.profile.observe import written
from hauberk.learn.records.announcement import Witness
from hauberk.learn.records.message import Unreadable
from hauberk.learn.records.record import ActivityRecord, DetectionRecord, Environment, read_record
from hauberk.learn.records.walk import Spoilt, walk
from hauberk.model.activity import Activity
from hauberk.policy.decision import Suspicion
from hauberk.policy.problem import PolicyError, Problem, shortened
from hauberk.replay.logged import what_was_detected
from hauberk.replay.stored import rows_of_detection
from hauberk.store.row import restored
from hauberk.store.store import Store

_Told = tuple[Environment, Mapping[str, Any]]
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Detected:
    """One detection: of which function, when, by which detector, of what, at which activity, and if it was blocked."""

    function: str
    timestamp: str
    detector: str
    what: Activity | Suspicion
    at: Activity | None
    is_blocked: bool


def find(logs: Iterable[Iterable[bytes]], id: str, *, trust_unannounced: bool) -> Detected:
    """Find the detection with this id in logs. Raises PolicyError where there is none, or more than one."""
    _refuse_no_id(id)
    found: list[_Told] = []
    believed: frozenset[Environment] = frozenset()
    for lines in logs:
        witness = Witness()
        for one in walk(lines, witness):
            if isinstance(one, Spoilt) or not isinstance(one.record, DetectionRecord):
                continue
            if one.document.get("id") == id and one.is_whole:
                found.append((environment_of(written(one)), one.document))
        believed |= witness.announced()
    trusted = [one for who, one in found if trust_unannounced or who in believed]
    return _only(trusted, id, is_told=bool(found))


def find_stored(store: Store, id: str, *, trust_unannounced: bool) -> Detected:
    """Find the detection with this id in a store. Raises PolicyError where there is none, or more than one."""
    _refuse_no_id(id)
    rows = rows_of_detection(store, id, trust_unannounced=trust_unannounced)
    trusted: list[Mapping[str, Any]] = [
        {"function": restored(function), "environment": token, "request_id": "", **json.loads(told)}
        for function, token, told, is_believed in rows
        if is_believed
    ]
    return _only(trusted, id, is_told=bool(rows))


def _refuse_no_id(id: str) -> None:
    if not _ID.fullmatch(id):
        what = f"`{shortened(id)}` is no id of a record"
        raise _refused(what, "give its `id`, 16 digits from 0 to f")


def _only(trusted: list[Mapping[str, Any]], id: str, *, is_told: bool) -> Detected:
    if not is_told:
        raise _refused(f"no detection {id} is there", "name the log that shows it")
    if not trusted:
        what = f"detection {id} is not believed: text that the function printed may have forged it"
        remedy = "add the start of its log stream, or use --trust-unannounced"
        raise _refused(what, remedy)
    different = {_detected(one) for one in trusted}
    if len(different) > 1:
        what = f"{len(different)} detections are called {id}"
        raise _refused(what, "name the log of one environment only")
    return different.pop()


def _detected(document: Mapping[str, Any]) -> Detected:
    try:
        what = what_was_detected(document)
        at = _activity(document)
    except Unreadable as error:
        raise _refused(
            str(error), "write the exclusion by hand (`hauberk exclusion add`)"
        ) from error
    function, timestamp, detector = (
        str(document.get(key, "")) for key in ("function", "timestamp", "detector")
    )
    is_blocked = document.get("verdict") == "block"
    return Detected(function, timestamp, detector, what, at, is_blocked)


def _activity(document: Mapping[str, Any]) -> Activity | None:
    if "kind" not in document:
        return None
    try:
        record = read_record({**document, "type": "activity"})
    except Unreadable:
        return None
    return record.activity if isinstance(record, ActivityRecord) else None


def _refused(what: str, remedy: str) -> PolicyError:
    return PolicyError("detection", [Problem(0, what, remedy)])
