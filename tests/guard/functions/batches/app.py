"""Keeps the event that it got, and answers as a file says."""

import json
import os

ANSWERS = {
    "nothing": None,
    "text": "done",
    "empty": {},
    "null": {"batchItemFailures": None},
    "own": {"batchItemFailures": [{"itemIdentifier": "own"}], "state": {"n": 1}},
    "same": {"batchItemFailures": [{"itemIdentifier": "2"}]},
    "bytes": b'{"batchItemFailures": [{"itemIdentifier": "own"}]}',
    "malformed": {"batchItemFailures": "all of them"},
}


def handler(event, context):
    world = os.environ["WORLD"]
    with open(os.path.join(world, "event"), "w") as file:
        json.dump(event, file)
    with open(os.path.join(world, "answer")) as file:
        answer = file.read()
    if answer == "raise":
        raise ValueError("of the function's own")
    return ANSWERS[answer]
