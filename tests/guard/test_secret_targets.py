"""No secret leaves the function in a target."""

from protected import oldest_and_newest, policy

from hauberk.learn.records.message import Unreadable
from hauberk.learn.records.record import read_record

pytestmark = oldest_and_newest

MASK = "‹redacted›"  # noqa: RUF001


def is_learned(record):
    try:
        return read_record(record) is not None
    except Unreadable:
        return False


def test_secrets_in_targets_are_masked_and_what_is_masked_is_not_learned(start):
    seen = start("secret_targets", {"HAUBERK_MODE": "detect"}).invoke({})
    assert "hunter2" not in seen.answer.log
    assert "a1B2" not in seen.answer.log
    targets = {(one["kind"], one["target"]): is_learned(one) for one in seen.activities}
    files = {target: learned for (kind, target), learned in targets.items() if kind == "file"}
    assert files[f"/tmp/password={MASK}"] is False
    assert files[f"/tmp/{MASK}"] is False
    assert files["/tmp/orders.txt"] is True
    assert targets["host", f"{MASK}@127.0.0.1"] is False


def test_what_is_masked_is_judged_as_it_is(start):
    listed = {"file": [{"operation": "write", "target": "/tmp/password=*"}]}
    seen = start("secret_targets", {"HAUBERK_POLICY": policy(allowlist=listed)}).invoke({})
    (told,) = seen.detections
    assert (told["verdict"], told["target"]) == ("block", f"/tmp/{MASK}")
