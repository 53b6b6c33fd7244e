"""What one caller alone has a function do goes to review, by the function's own log; what others do too does not."""

import hashlib
import json

import pytest

from here import run_here

CODE = """
import json
import subprocess

open("/tmp/of-the-init.csv", "a").close()

def handler(event, context):
    for name in json.loads(event.get("body") or "[]"):
        if name.startswith("by-a-child"):
            subprocess.run(["/usr/bin/touch", f"/tmp/{name}"])
        else:
            open(f"/tmp/{name}", "a").close()
    return 1
"""
LOGS = tuple(f"{number}.log" for number in range(8))
POISONER = 200


def call(caller, *names):
    """A request of somebody, as API Gateway hands it on."""
    http = {"method": "POST", "path": "/", "sourceIp": f"203.0.113.{caller}"}
    context = {"http": http}
    body = json.dumps(names)
    return {"version": "2.0", "rawPath": "/", "requestContext": context, "body": body}


def queued(*names):
    """The same without a caller."""
    return {"body": json.dumps(names)}


def half(caller, name):
    """Somebody calls in every other environment."""
    return [call(caller, name), None] * 4


# Who calls in each environment for the file to be written, and whether a person is to look at it for that.
PLOT = {
    "of-many.csv": ([call(one, "of-many.csv") for one in range(8)], False),
    "of-a-poisoner.csv": (half(POISONER, "of-a-poisoner.csv"), True),
    # Honest, such as one customer's export: nothing tells it from the poisoner's.
    "of-a-customer.csv": (half(3, "of-a-customer.csv"), True),
    "of-two.csv": ([call(3 + one % 2, "of-two.csv") for one in range(8)], False),
    "of-a-queue.csv": ([queued("of-a-queue.csv")] * 8, False),
    "of-both.csv": ([call(3, "of-both.csv"), *[queued("of-both.csv")] * 3, *[None] * 4], False),
    "of-a-monitor.csv": ([call(90, "of-a-monitor.csv")] * 8, False),  # it starts every environment
    # Known misses: of what a program does the wall alone knows, and two addresses are two callers.
    "by-a-child.csv": (half(POISONER, "by-a-child.csv"), False),
    "of-two-addresses.csv": (
        [
            *half(POISONER, "of-two-addresses.csv")[:-2],
            call(POISONER + 1, "of-two-addresses.csv"),
            None,
        ],
        False,
    ),
}


@pytest.fixture(scope="module")
def learned(start, tmp_path_factory):
    """What was proposed of the logs of eight environments, and what these saw."""
    folder = tmp_path_factory.mktemp("callers")
    told = []
    for number, name in enumerate(LOGS):
        running = start(CODE, {"HAUBERK_MODE": "detect"})
        events = [each[number] for each, _ in PLOT.values() if each[number]]
        seen = [running.invoke(event) for event in events]
        log = "".join(one.answer.log for one in seen)
        token = seen[0].statuses[0]["environment"]
        (folder / name).write_text(log.replace(token, f"{number + 1:032x}"))  # of different lots
        told += seen
    done = run_here(("learn", *LOGS, "--format", "json"), folder)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout), told


def test_what_one_caller_alone_has_done_is_for_a_person_and_what_others_do_is_not(learned):
    _, proposed, _ = learned
    (function,) = proposed["functions"]
    for_review = {one["target"]: one["why"] for one in function["review"]}
    files = {name.removeprefix("/tmp/"): why for name, why in for_review.items() if "/tmp/" in name}
    why = "seen from one caller only, of 11"
    assert files == {name: why for name, (_, is_for_review) in PLOT.items() if is_for_review}


def test_records_tell_the_caller_of_the_invocation_and_nobody_s_address(learned):
    _, _, told = learned
    by_target = {one["target"]: one for seen in told for one in seen.activities}
    assert not any("203.0.113." in seen.answer.log for seen in told)
    acts = {name: by_target.get(f"/tmp/{name}", {}).get("caller") for name in PLOT}
    assert acts["of-a-poisoner.csv"] == by_target["/usr/bin/touch"]["caller"] is not None
    assert acts["of-a-queue.csv"] is acts["by-a-child.csv"] is None
    assert by_target["/tmp/of-the-init.csv"].get("caller") is None


def test_each_number_can_be_worked_out_by_who_knows_an_address(learned):
    _, _, told = learned
    (act,) = [one for seen in told[:2] for one in seen.activities if "poisoner" in one["target"]]
    text = f"{act['function']}\n203.0.113.{POISONER}"
    assert act["caller"] == hashlib.sha256(text.encode()).hexdigest()[:3]


def test_a_person_reads_why_and_how_many_callers_an_entry_has(learned):
    folder, _, _ = learned
    done = run_here(("learn", *LOGS), folder, variables={"COLUMNS": "200"})
    assert b"seen from one caller only, of 11" in done.stdout + done.stderr
    shown = run_here(("allowlist", "show", "function", "--log", LOGS[0], "--log", LOGS[1]), folder)
    assert b"2 callers" in shown.stdout
