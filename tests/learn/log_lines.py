"""Lines of a log as the guard and Lambda write them."""

import json
import uuid

from hauberk.learn import believe, observe

COVERAGE = dict.fromkeys(("process", "file", "host", "address", "code"), "armed")
COVERAGE["api.botocore"] = "waiting"
ENVIRONMENT = "0123456789abcdef" * 2
STREAM = f"2026/11/23/[$LATEST]{'5c' * 16}"
START = b"START RequestId: 4f6b8c1e-8a33-4f0e-9c59-0d2f4b1f3a77 Version: $LATEST\n"
END = b"END RequestId: 4f6b8c1e-8a33-4f0e-9c59-0d2f4b1f3a77\n"


def record(type_, request="r1", function="orders", **fields):
    """One record's line."""
    document = {
        "timestamp": "2026-11-23T19:11:00.123Z",
        "level": "ERROR",
        "hauberk": "HAUBERK1",
        "type": type_,
        "id": uuid.uuid4().hex[:16],
        "environment": ENVIRONMENT,
        "function": function,
        "version": "$LATEST",
        "request_id": request,
        **fields,
    }
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def activity(kind, operation, target, request="r1", **fields):
    """A line about one activity."""
    fields = {"reason": "learning", **fields}
    return record("activity", request, kind=kind, operation=operation, target=target, **fields)


def armed(function="orders", *, stream=STREAM, environment=ENVIRONMENT, **coverage):
    """The line of a cold start."""
    seen = {**COVERAGE, **coverage}
    fields = {"state": "armed", "message": "detect: armed", "coverage": seen}
    return record("status", "", function, environment=environment, stream=stream, **fields)


def detection(request="r1", function="orders", **fields):
    """A line about one attack."""
    fields = {"protection": "flow", "confidence": 100, "reason": "x", **fields}
    return record(
        "detection", request, function, verdict="alert", detector="sql-injection", **fields
    )


def shape(path, events=2, **fields):
    """What a record tells of one input."""
    seen = {"types": ["integer"], "alphabet": "0", "length": [1, 4], "structure": ["0"], **fields}
    return {"path": path, "events": events, **seen}


def inputs(*shapes, request="r9", **fields):
    """A line about the shapes of inputs."""
    return record("inputs", request, inputs=list(shapes), **fields)


def usage(kind, operation, target, request="r1", **number):
    """A line about how often something was done in an invocation (`times`), or how many bytes were sent (`bytes`)."""
    return record("usage", request, kind=kind, operation=operation, target=target, **number)


def shown(lines):
    """What is believed of a log that begins with a cold start."""
    return believe(observe([armed(), START, *lines]))
