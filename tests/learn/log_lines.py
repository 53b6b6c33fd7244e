"""Lines of a log as the guard and Lambda write them."""

import json
import uuid

COVERAGE = dict.fromkeys(("process", "file", "host", "address", "code"), "armed")
COVERAGE["api.botocore"] = "waiting"


def record(type_, request="r1", function="orders", **fields):
    """One record's line."""
    document = {
        "timestamp": "2026-11-23T19:11:00.123Z",
        "level": "ERROR",
        "hauberk": "HAUBERK1",
        "type": type_,
        "id": uuid.uuid4().hex[:16],
        "function": function,
        "version": "$LATEST",
        "request_id": request,
        **fields,
    }
    return (json.dumps(document, ensure_ascii=False) + "\n").encode()


def activity(kind, operation, target, request="r1", **fields):
    """A line about one activity."""
    fields = {"reason": "learning", **fields}
    return record("activity", request, kind=kind, operation=operation, target=target, **fields)


def armed(function="orders", **coverage):
    """The line of a cold start."""
    seen = {**COVERAGE, **coverage}
    return record("status", "", function, state="armed", message="detect: armed", coverage=seen)


def detection(request="r1", function="orders"):
    """A line about one attack."""
    fields = {"protection": "flow", "confidence": 100, "reason": "x"}
    return record(
        "detection", request, function, verdict="alert", detector="sql-injection", **fields
    )
