"""The history that logs show.

Sees:         activities and detections of environments that are believed, as the learner believes; each record once
Does not see: what an earlier policy allowed by its list or its exclusions, which left no record; texts beyond excerpts
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hauberk.learn.profile.believe import day_of, environment_of
from hauberk.learn.profile.observe import Written, written
from hauberk.learn.records.announcement import Witness
from hauberk.learn.records.message import Unreadable
from hauberk.learn.records.record import (
    ActivityRecord,
    DetectionRecord,
    Environment,
    InputsRecord,
    UsageRecord,
    read_record,
)
from hauberk.learn.records.walk import Found, Spoilt, walk
from hauberk.model.activity import Activity
from hauberk.model.detector import Detector
from hauberk.model.protection import Protection
from hauberk.model.record import NO_ENVIRONMENT
from hauberk.policy.decision import Suspicion
from hauberk.replay.history import MOST_REQUESTS, History, Recorded

_OF_LISTS = (
    "unlisted-",
    "denied-",
)  # what a policy said of an activity, which another one is asked of
_PARTS = ("…", "‹redacted›", "\N{REPLACEMENT CHARACTER}")  # noqa: RUF001
_Key = tuple[str, Activity | Suspicion]


def history(logs: Iterable[Iterable[bytes]], *, trust_unannounced: bool) -> History:
    """Read logs whole. Answers for every line."""
    found: dict[Written, Activity | Suspicion | None] = {}
    spoilt: set[tuple[str, str]] = set()
    announced: frozenset[Environment] = frozenset()
    for lines in logs:
        witness = Witness()
        for one in walk(lines, witness):
            if isinstance(one, Spoilt):
                spoilt.add((one.why, one.digest))
                continue
            if isinstance(one.record, (InputsRecord, UsageRecord)):
                continue  # tells of no act
            record = written(one)
            try:
                found[record] = _what(one)
            except Unreadable as error:
                found[record] = None  # its invocation was attacked all the same
                spoilt.add((str(error), f"{record.id}{record.at_ms}"))
        announced |= witness.announced()
    believed = announced
    if trust_unannounced:
        believed |= {environment_of(one) for one in found if one.is_whole}
    doubtful = Counter(
        environment_of(one) in believed for one in found if not _is_sure(one, announced)
    )
    kept = {record: what for record, what in found.items() if environment_of(record) in believed}
    return _history(kept, len(found), doubtful, spoilt)


def _history(
    kept: Mapping[Written, Activity | Suspicion | None],
    records: int,
    doubtful: Counter[bool],
    spoilt: set[tuple[str, str]],
) -> History:
    attacked = {one.record.invocation for one in kept if _is_attacked(one)}
    groups: dict[_Key, list[Written]] = defaultdict(list)
    for record, what in kept.items():
        if what is not None:
            groups[environment_of(record).function, what].append(record)

    def requests(wanted: Iterable[Recorded]) -> dict[Recorded, tuple[str, ...]]:
        return {one: _requests(groups[one.function, one.what]) for one in wanted}

    return History(
        recorded=[
            Recorded(
                function,
                what,
                len(rows),
                len({(one.record.invocation, day_of(one.at_ms)) for one in rows}),
                sum(one.record.invocation in attacked for one in rows),
            )
            for (function, what), rows in groups.items()
        ],
        requests=requests,
        records=records,
        unbelieved=doubtful[False],
        trusted=doubtful[True],
        unreadable=dict(sorted(Counter(why for why, _ in spoilt).items())),
        not_kept=0,
    )


def _is_sure(one: Written, announced: frozenset[Environment]) -> bool:
    environment = environment_of(one)
    return environment in announced or environment.token == NO_ENVIRONMENT


def _is_attacked(one: Written) -> bool:
    return isinstance(one.record, (ActivityRecord, DetectionRecord)) and one.record.attacked


def _requests(rows: list[Written]) -> tuple[str, ...]:
    """The first few, by time."""
    in_order = sorted((one.at_ms or 0, one.record.invocation.request_id) for one in rows)
    named = dict.fromkeys(request for _, request in in_order if request)
    return tuple(named)[:MOST_REQUESTS]


def _what(found: Found) -> Activity | Suspicion | None:
    if isinstance(found.record, ActivityRecord):
        return found.record.activity
    if isinstance(found.record, DetectionRecord):
        return what_was_detected(found.document)
    return None


def what_was_detected(document: Mapping[str, Any]) -> Activity | Suspicion:
    """Take what a detection was about. Raises Unreadable."""
    detector, protection, confidence = (
        document.get(key) for key in ("detector", "protection", "confidence")
    )
    if detector not in tuple(Detector) or protection not in tuple(Protection):  # lists, too
        raise Unreadable("a detection by an unknown detector")
    if str(detector).startswith(_OF_LISTS):
        record = read_record({**document, "type": "activity"})
        if isinstance(record, ActivityRecord):
            return record.activity
    if type(confidence) is not int or not 0 <= confidence <= 100:
        raise Unreadable("a detection without its confidence")
    path, matched = _seen(document)
    is_whole = not any(part in matched for part in _PARTS)
    return Suspicion(str(protection), str(detector), confidence, path, matched, is_whole)


def _seen(document: Mapping[str, Any]) -> Iterator[str]:
    """Where it was, and the text that exclusions are asked about, as far as the record shows it."""
    given = document.get("input")
    body = given if isinstance(given, dict) else {"excerpt": document.get("target", "")}
    for text in (body.get("path", ""), body.get("excerpt", "")):
        if not isinstance(text, str):
            raise Unreadable("wrong types")
        yield text.encode(errors="replace").decode()
