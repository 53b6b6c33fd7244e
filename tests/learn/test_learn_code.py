"""What the code explains, lists and opens again, of what a function was seen to do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from log_lines import activity, shown

from hauberk.learn import propose
from hauberk.learn.code.code_change import code_change
from hauberk.learn.code.of_code import explained
from hauberk.learn.code.unexplained import unexplained
from hauberk.learn.code.with_code import Code
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.scan import CodeProfile, opened, scan

ACCOUNT = "eu-west-1:123456789012"
CODE = """
import boto3, os, subprocess, tempfile, urllib.request, uuid

def handler(event, context):
    boto3.resource("dynamodb").Table("orders").put_item(Item=event)
    boto3.resource("dynamodb").Table("rare").delete_item(Key=event)
    boto3.client("s3").put_object(Bucket="pictures", Key=event["key"])
    subprocess.run(["convert", event["key"]])
    subprocess.run(["/opt/bin/rare"])
    os.system("gzip x")
    open("/tmp/plain.txt", "w")
    open(f"/tmp/{uuid.uuid4()}.bin", "w")
    open(f"/tmp/{event['key']}", "w")
    open(f"/tmp/{len(event)}", "w")
    open(f"/tmp/{len(event)}_{len(event)}", "w")
    open("/proc/self/environ")
    urllib.request.urlopen("https://api.example.com/x")
    return "https://only.example.com/named"
"""
UUID = "1f0c5b1e-8a33-4f0e-9c59-0d2f4b1f3a77"


@pytest.fixture
def read(tmp_path):
    def read(code=CODE, name="now", **files):
        place = tmp_path / name
        place.mkdir()
        for file, text in {"app": code, **files}.items():
            (place / f"{file}.py").write_text(text)
        return scan(opened(place), "app.handler")

    return read


SEEN = [
    # kind      operation            target                                       does the code explain it?
    ("api", "dynamodb:PutItem", f"arn:aws:dynamodb:{ACCOUNT}:table/orders", True),
    ("api", "dynamodb:PutItem", f"arn:aws:dynamodb:{ACCOUNT}:table/salaries", False),
    ("api", "dynamodb:Scan", f"arn:aws:dynamodb:{ACCOUNT}:table/orders", False),
    ("api", "s3:PutObject", "arn:aws:s3:::pictures/evil.zip", False),  # the event says it
    ("process", "start", "/usr/bin/convert", True),
    ("process", "start", "/tmp/convert", False),
    ("process", "start", "/usr/bin/sh", True),  # dangerous, and what the code asks for
    ("process", "start", "/usr/bin/bash", False),
    ("file", "write", "/tmp/plain.txt", True),
    ("file", "read", "/tmp/plain.txt", False),
    ("file", "write", f"/tmp/{UUID}.bin", True),
    ("file", "write", "/tmp/evil.bin", False),
    ("file", "write", "/tmp/k_worker", False),
    ("file", "write", "/tmp/kworker", False),  # the event says it, or a number does
    ("file", "read", "/proc/self/environ", True),
    ("file", "read", "/proc/1/environ", False),
    ("host", "resolve", "api.example.com", True),
    ("host", "resolve", "only.example.com", True),
    ("host", "resolve", "api.example.com.evil.example", False),
]


@pytest.mark.parametrize(("kind", "operation", "target", "is_explained"), SEEN)
def test_the_code_explains_what_it_names_and_nothing_else(
    read, kind, operation, target, is_explained
):
    one = Activity(Kind(kind), operation, target)
    assert (one in explained(read(), [one]).by) is is_explained


def test_of_two_accounts_neither_is_taken_for_the_functions_own(read):
    mine, foreign = (
        Activity(Kind.API, "dynamodb:PutItem", f"arn:aws:dynamodb:eu-west-1:{account}:table/orders")
        for account in ("123456789012", "999999999999")
    )
    code = read()
    assert explained(code, [mine]).by
    assert not explained(code, [mine, foreign]).by


def test_what_is_dangerous_or_known_in_part_is_never_listed_before_it_was_seen(read):
    seen = [Activity(Kind.API, "dynamodb:PutItem", f"arn:aws:dynamodb:{ACCOUNT}:table/orders")]
    ready = explained(read(), seen).ready
    assert {kind.value: sorted(one.target for one in of) for kind, of in ready.items()} == {
        "api": [f"arn:aws:dynamodb:{ACCOUNT}:table/{name}" for name in ("orders", "rare")],
        "file": ["/tmp/????????-????-????-????-????????????.bin", "/tmp/plain.txt"],
        "host": ["api.example.com"],
        "process": ["/opt/bin/rare"],
    }
    assert not [one for one in explained(read(name="again"), []).of(Kind.API)]  # whose table?


LINES = [
    activity("api", "dynamodb:PutItem", f"arn:aws:dynamodb:{ACCOUNT}:table/orders"),
    activity("process", "start", "/usr/bin/convert"),
    activity("process", "start", "/usr/bin/sh"),
    activity("file", "write", f"/tmp/{UUID}.bin"),
    activity("file", "write", "/tmp/other.txt"),
    activity("host", "resolve", "api.example.com"),
]


def proposed(lines, now=None, before=None, **options):
    code = {"orders": Code(now, before)} if now else None
    (one,) = propose(shown(lines), None, code=code, **options).functions
    return one


def entries(one):
    return {
        (kind.value, each.target, each.origin) for kind, held in one.new.items() for each in held
    }


def test_an_entry_says_whether_it_was_seen_or_the_code_alone_tells_it(read):
    one = proposed(LINES, read())
    assert entries(one) == {
        ("api", f"arn:aws:dynamodb:{ACCOUNT}:table/orders", "runtime"),
        ("api", f"arn:aws:dynamodb:{ACCOUNT}:table/rare", "code"),
        ("process", "/usr/bin/convert", "runtime"),
        ("process", "/usr/bin/sh", "runtime"),
        ("process", "/opt/bin/rare", "code"),
        ("file", "/tmp/????????-????-????-????-????????????.bin", "code"),  # in the stead of one
        ("file", "/tmp/other.txt", "runtime"),
        ("file", "/tmp/plain.txt", "code"),
        ("host", "api.example.com", "runtime"),
    }
    assert not one.left_out
    unseen = {each.target for kind in Kind for each in one.code.unseen(kind)}
    assert unseen == {f"arn:aws:dynamodb:{ACCOUNT}:table/rare", "/opt/bin/rare", "/tmp/plain.txt"}


def test_without_the_code_what_is_dangerous_is_for_a_person(read):
    assert [one.what.fold.pattern for one in proposed(LINES).left_out] == ["/usr/bin/sh"]


def test_a_kind_that_is_still_learning_is_not_listed_for_what_the_code_tells(read):
    one = proposed(LINES[1:2], read(), only_seen=True)
    assert set(one.new) == {Kind.PROCESS}


def test_what_the_code_told_before_is_no_new_thing_and_the_bound_is_less(read):
    one = proposed(LINES, read())
    bounds = {kind: (one.completeness[kind].bound, one.code.unaided[kind].bound) for kind in Kind}
    less = {kind for kind, (aided, unaided) in bounds.items() if aided < unaided}
    assert less == {Kind.API, Kind.FILE, Kind.HOST}
    assert all(aided <= unaided for aided, unaided in bounds.values())


CALLS = """
import boto3

def handler(event, context):
    boto3.resource("dynamodb").Table("orders").put_item(Item=event)
    boto3.client("s3").get_object(Bucket="pictures", Key=event["key"])
"""
STRANGE = [
    # seen                                                                        does the code do it?
    ("dynamodb:PutItem", f"arn:aws:dynamodb:{ACCOUNT}:table/orders", True),
    ("dynamodb:Scan", f"arn:aws:dynamodb:{ACCOUNT}:table/salaries", False),
    ("dynamodb:PutItem", f"arn:aws:dynamodb:{ACCOUNT}:table/salaries", False),
    ("s3:GetObject", "arn:aws:s3:::pictures/backup.sql", True),  # an event may say it
    ("s3:GetObject", "arn:aws:s3:::evil/backup.sql", False),
    ("s3:PutObject", "arn:aws:s3:::pictures/a.png", False),
]


@pytest.mark.parametrize(("operation", "target", "is_the_codes"), STRANGE)
def test_a_call_of_aws_that_nothing_in_the_code_makes_is_for_a_person(
    read, operation, target, is_the_codes
):
    one = proposed([activity("api", operation, target)], read(CALLS))
    assert [each.why for each in one.left_out] == (
        [] if is_the_codes else ["nothing in the code does it"]
    )


PURE = """
import os, uuid, urllib.request

def handler(event, context):
    open(f"/mnt/pages/{uuid.uuid4()}/page.png", "w")
    open("/mnt/out.zip", "w")
    urllib.request.urlopen(f"https://{event['tenant']}.api.example.com/x")
"""
RUNS = PURE + "    os.system('gzip x')\n"
ASKS = PURE + "    import boto3\n    boto3.client('s3').list_buckets()\n"
NUMBERS = PURE.replace("urlopen", "Request")  # which asks for nothing
FRAME, PROGRAM = "/var/task/app.py:5 handler", "/usr/bin/gzip"
ELSEWHERE = [
    # code, kind, operation, target, who did it                                   may it be the code's?
    (PURE, "process", "start", "/usr/bin/openssl", FRAME, False),
    (RUNS, "process", "start", "/usr/bin/openssl", FRAME, False),
    (RUNS, "process", "start", "/usr/bin/openssl", PROGRAM, True),  # what a program does is not known
    (PURE, "process", "start", "/usr/bin/openssl", PROGRAM, False),  # it starts none
    (PURE, "file", "write", f"/mnt/pages/{UUID}/page.png", FRAME, True),
    (PURE, "file", "write", f"/mnt/pages/{UUID}/page.sh", FRAME, False),
    (PURE, "file", "read", f"/mnt/pages/{UUID}/page.png", FRAME, False),
    (PURE, "file", "read", "/mnt/keys/master.pem", FRAME, False),
    (RUNS, "file", "read", "/mnt/keys/master.pem", PROGRAM, True),
    (PURE, "file", "read", "/etc/mime.types", FRAME, True),  # the system's own
    (PURE, "file", "write", "/mnt/out.zip.6eF2aB19", FRAME, True),  # before it has its name
    (PURE, "file", "write", "/mnt/out.zips", FRAME, False),
    (PURE, "file", "write", "/tmp/tmpx8f_k2m1", "/var/lang/lib/python3.12/tempfile.py:9 m", True),
    (PURE, "host", "resolve", "acme.api.example.com", FRAME, True),
    (PURE, "host", "resolve", "cdn-metrics.example", FRAME, False),
    (PURE, "host", "resolve", "s3.eu-west-1.amazonaws.com", FRAME, False),
    (ASKS, "host", "resolve", "s3.eu-west-1.amazonaws.com", FRAME, True),
    (PURE, "address", "connect", "203.0.113.9:443", FRAME, True),  # it may be a host's
    (NUMBERS, "address", "connect", "203.0.113.9:443", FRAME, False),
    (PURE, "code", "unpickle", "yaml.loader", FRAME, False),
    (PURE + "    import pickle; pickle.loads(event)\n", "code", "unpickle", "yaml.loader", FRAME, True),
]  # fmt: skip


@pytest.mark.parametrize("row", ELSEWHERE, ids=lambda row: f"{row[3]} by {row[4][:14]}")
def test_what_nothing_in_the_code_does_is_for_a_person(read, row):
    code, kind, operation, target, site, is_possible = row
    line = activity(kind, operation, target, stack=[site])
    left = [each.why for each in proposed([line], read(code)).left_out]
    assert left == ([] if is_possible else ["nothing in the code does it"])


@settings(deadline=None)
@given(st.lists(st.sampled_from(ELSEWHERE)))
def test_what_is_strange_is_not_possible_and_does_not_hang_on_what_else_was_seen(rows):
    seen = [Activity(Kind(kind), operation, target) for _, kind, operation, target, *_ in rows]
    code = CodeProfile("app.handler", (), (), {}, {}, {})
    found = unexplained(code, seen, frozenset(seen[::2]))
    assert found.isdisjoint(seen[::2])
    assert found == {
        one for each in seen for one in unexplained(code, [each], frozenset(seen[::2]))
    }


@pytest.mark.parametrize(
    "more",
    [
        "import elsewhere",
        "import requests",
        "exec(input())",
        "import boto3.x as x\nx.y.put_object(Bucket='b')",
    ],
)
def test_where_not_all_of_the_code_was_read_nothing_is_strange(read, more):
    row = STRANGE[1]
    one = proposed([activity("api", row[0], row[1])], read(f"{CALLS}\n{more}\n"))
    assert not one.left_out


# --- a change of the code

HELPER = "import subprocess\ndef help():\n    open('/tmp/plain.txt')\n"
BEFORE = "import helper\ndef handler(event, context):\n    helper.help()\n    open('/tmp/old.txt')\n    open(event)\n"
AFTER = BEFORE.replace("old", "new")
CHANGES = [
    # what the code is now                  what a helper is now                   open again
    (BEFORE, HELPER, set()),
    (BEFORE, HELPER + "    open('/tmp/more.txt')\n", {"code"}),  # what is told is listed
    (BEFORE, HELPER + "    open(f'/tmp/{help}')\n", {"file", "code"}),
    (BEFORE, HELPER + "    subprocess.run([help()])\n", {"process", "code"}),
    (BEFORE, HELPER + "    exec(help())\n", {kind.value for kind in Kind}),
    (BEFORE, "import requests\n" + HELPER, {"file", "host", "address", "process", "code"}),
    (AFTER, HELPER, {"file", "code"}),  # `open(event)` stands in what was changed
]


@pytest.mark.parametrize(("now", "helper", "reopened"), CHANGES)
def test_open_again_is_what_changed_code_may_do_and_does_not_tell(read, now, helper, reopened):
    change = code_change(read(BEFORE, "old", helper=HELPER), read(now, "new", helper=helper))
    assert {kind.value for kind in change.reopened} == reopened


def test_a_package_that_is_another_opens_every_kind(read, tmp_path):
    before = read(BEFORE, "old", helper=HELPER)
    read(BEFORE, "new", helper=HELPER)
    (tmp_path / "new/requests").mkdir()
    (tmp_path / "new/requests/__init__.py").write_text("x = 1")
    change = code_change(before, scan(opened(tmp_path / "new"), "app.handler"))
    assert set(change.reopened) == set(Kind)


OLD = "def handler(event, context):\n    open('/tmp/old.txt')\n    open('/tmp/both.txt')\n"
NEW = "def handler(event, context):\n    open('/tmp/both.txt')\n"


def test_what_only_older_code_does_is_left_out_with_its_place(read):
    lines = [activity("file", "read", f"/tmp/{name}.txt") for name in ("old", "both", "neither")]
    one = proposed(lines, read(NEW, "new"), read(OLD, "old"))
    assert [(each.what.fold.pattern, each.why) for each in one.left_out] == [
        ("/tmp/neither.txt", "nothing in the code does it"),
        ("/tmp/old.txt", "no longer in the code: it was at app.py:2"),
    ]
    kept = {target for kind, target, _ in entries(one) if kind == "file"}
    assert kept == {"/tmp/both.txt"}


def test_what_the_newest_version_was_seen_to_do_is_kept(read):
    old, new = (
        activity("file", "read", f"/tmp/{name}.txt", version=version)
        for name, version in (("both", "1"), ("old", "2"))
    )
    later = new.replace(b"2026-11-23T19", b"2026-11-24T19")
    one = proposed([old, later], read(NEW, "new"), read(OLD, "old"))
    assert not one.left_out


def test_a_change_that_opens_a_kind_adds_to_its_bound_and_leaves_the_others(read):
    lines = [activity("file", "read", "/tmp/both.txt"), activity("process", "start", "/bin/ls")]
    helpers = HELPER, HELPER + "    open(f'/tmp/{help}')\n"
    before, after = (
        read(BEFORE, name, helper=one) for name, one in zip(("old", "new"), helpers, strict=True)
    )
    alone, changed = proposed(lines, after), proposed(lines, after, before)
    for kind in Kind:
        is_more = changed.completeness[kind].bound > alone.completeness[kind].bound
        assert is_more is (kind in (Kind.FILE, Kind.CODE))
