"""What a store keeps of codes: whole or not at all, under no stranger's name, nothing that the scan does not print."""

import json
import os
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hauberk.cli.scan import as_json
from hauberk.learn.code.kept import Kept
from hauberk.scan import CodeProfile, opened, scan
from hauberk.store.codes import MOST_BYTES, MOST_VERSIONS, keep_code, read_codes

A, B, C = (CodeProfile("app.handler", (), (), {"app.py": one}, {}, {}) for one in "ABC")
HOUR = 3_600


class Store:
    """A folder of codes, and what was told of it."""

    def __init__(self, root):
        self.root, self.told = root, []
        (root / "local").mkdir()

    def keep(self, code, function="orders", version="7", now=0):
        """Keep one."""
        return keep_code(self.root, function, version, code, now, self.told.append)

    def read(self, function="orders", version="7"):
        """Read those of a version."""
        return read_codes(self.root, function, version, self.told.append)

    @property
    def files(self):
        """All that is there but for the lock."""
        return [one for one in self.root.rglob("*") if one.is_file() and one.name != "lock"]


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def test_what_is_kept_is_read_again(store):
    assert store.read() == ()
    store.keep(A, now=5 * HOUR)
    assert store.read() == (Kept(5 * HOUR, 0, A),)
    store.keep(B, now=9 * HOUR)
    assert store.read() == (Kept(5 * HOUR, 0, A), Kept(9 * HOUR, 9, B))
    assert store.keep(C, now=11 * HOUR) == store.read()
    assert [one.code for one in store.read()] == [B, C]
    assert not store.told


def test_the_same_again_writes_nothing(store):
    store.keep(A)
    (file,) = store.files
    before = file.stat()
    store.keep(A, now=HOUR)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


NAMES = [
    ("orders", "7"),
    ("orders", "8"),
    ("orders", "$LATEST"),
    ("orders/7", ""),
    ("", "orders"),
    ("../../x", "7"),
    ("x", "../../x"),
    ("/etc/passwd", "/etc/passwd"),
    (".", ".."),
    ("a\0b", "\udcff"),
    ("x" * 5_000, "\n"),
]


def test_each_function_and_version_has_its_own_whatever_they_are_called(store):
    for at, (function, version) in enumerate(NAMES):
        store.keep(A, function, version, now=at)
    for at, (function, version) in enumerate(NAMES):
        assert store.read(function, version) == (Kept(at, 0, A),)
    assert len(store.files) == len(NAMES)
    folder = store.root / "local" / "code"
    assert all(one.parent.parent == folder for one in store.files)


def changed(**fields):
    return lambda value: {**value, **fields}


def in_kept(**fields):
    return lambda value: {**value, "kept": [{**value["kept"][0], **fields}]}


def in_read(**fields):
    return lambda value: in_kept(read={**value["kept"][0]["read"], **fields})(value)


SITE = ["app.py", 1]
FINDING = {
    "kind": "file",
    "operation": "read",
    "target": "/a",
    "sure": "exact",
    "sites": [SITE],
    "unknown": [],
}
DAMAGED = [
    # what is changed                         is it read?
    (lambda value: value, True),
    (in_read(findings=[FINDING]), True),
    (in_read(findings=[{**FINDING, "kind": "disk"}]), False),
    (in_read(findings=[{**FINDING, "target": 5}]), False),
    (in_read(findings=[{**FINDING, "source": "x = 1"}]), False),
    (in_read(findings=[{**FINDING, "sites": [["app.py"]]}]), False),
    (in_read(findings=None), False),
    (in_read(modules=["app.py"]), False),
    (in_read(imports={"app.py": "requests"}), False),
    (in_read(handler=None), False),
    (in_kept(given="1"), False),
    (in_kept(given=-1), False),
    (in_kept(given=1 << 60), False),
    (in_kept(since=1e400), False),
    (in_kept(since=1.5), False),
    (in_kept(read=None), False),
    (changed(kept=[]), False),
    (changed(function="mail"), False),
    (changed(version="8"), False),
    (changed(code=0), False),
    (changed(code="1"), False),
    (changed(code=None), False),
    (changed(more=1), False),
    (lambda value: {**value, "kept": value["kept"] * 3}, False),
    (lambda value: [value], False),
    (lambda value: None, False),
]


@pytest.mark.parametrize(("change", "is_read"), DAMAGED)
def test_what_is_not_as_it_was_written_is_told_of_and_taken_for_absent(store, change, is_read):
    store.keep(A)
    (file,) = store.files
    file.write_text(json.dumps(change(json.loads(file.read_bytes()))))
    assert bool(store.read()) is is_read
    said = "orders: the code that is kept of version 7 is damaged, and left out; give the code with --code"
    assert store.told == [said] * (not is_read)


BYTES = [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"1" * 10_000, b'{"code": 1}']


@pytest.mark.parametrize("content", BYTES, ids=range(len(BYTES)))
def test_bytes_that_are_no_such_file_are_told_of_and_replaced(store, content):
    store.keep(B)
    (file,) = store.files
    file.write_bytes(content)
    assert store.read() == () and len(store.told) == 1
    store.keep(A, now=HOUR)
    assert store.read() == (Kept(HOUR, 0, A),)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_change_of_a_byte_is_read_as_something_or_told_of(store, data):
    store.keep(A)
    store.keep(B)
    (file,) = store.files
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    store.told.clear()
    file.write_bytes(content)
    assert bool(store.read()) is not bool(store.told)
    file.unlink()


def test_a_file_of_a_newer_schema_is_told_of_as_such(store):
    store.keep(A)
    (file,) = store.files
    file.write_text(json.dumps({"code": 2, "codes": []}))
    assert store.read() == ()
    assert (
        "was written by a newer Hauberk; use that one, or give the code with --code"
        in store.told[0]
    )


def large(letter, size):
    return CodeProfile("app.handler", (), (), {"app.py": letter * size}, {}, {})


def test_a_file_that_is_too_long_is_neither_written_nor_read(store):
    half = MOST_BYTES // 2
    store.keep(large("A", half))
    kept = store.keep(large("B", half), now=HOUR)
    assert [one.code.modules["app.py"][0] for one in kept] == ["B"]  # for two there is no room
    assert store.keep(large("C", 2 * half)) == ()
    assert "its code tells too much to be kept" in store.told.pop()
    assert store.read() == kept
    (file,) = store.files
    with file.open("ab") as written:
        written.write(b" " * half)
    assert store.read() == () and "is damaged" in store.told[0]


def test_of_very_many_versions_the_last_written_are_kept(store):
    clock = count(10**9)
    for version in range(MOST_VERSIONS + 3):
        for file in store.files:
            os.utime(file, (file.stat().st_atime, min(file.stat().st_mtime, next(clock))))
        store.keep(A, version=str(version))
    there = [bool(store.read(version=str(one))) for one in range(MOST_VERSIONS + 3)]
    assert there == [False] * 3 + [True] * MOST_VERSIONS
    store.keep(A, function="mail")
    assert len(store.files) == MOST_VERSIONS + 1


def test_a_draft_that_a_writer_left_is_no_code_and_is_gone_with_the_next(store):
    store.keep(A)
    (file,) = store.files
    file.with_suffix(".draft").write_bytes(b"{")
    file.rename(file.with_suffix(".draft"))
    assert store.read() == () and not store.told
    store.keep(B)
    assert [one.code for one in store.read()] == [B] and len(store.files) == 1


SECRETS = ("hunter2", "s3cr3t-t0ken", "correct horse", "AKIAIOSFODNN7EXAMPLE", "BEGIN PRIVATE")
CODE = """
import boto3, os, subprocess, urllib.request

PASSWORD = "hunter2"  # correct horse

def handler(event, context):
    boto3.resource("dynamodb").Table(os.environ["TABLE"]).put_item(Item={"key": "s3cr3t-t0ken"})
    boto3.client("s3", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key=PASSWORD)
    subprocess.run(["/opt/bin/tool", "--password", PASSWORD, os.environ["TOKEN"]])
    urllib.request.urlopen("https://user:hunter2@api.example.com/x?token=s3cr3t-t0ken")
    urllib.request.urlopen(os.environ["LINK"])
    open(event + PASSWORD)
    exec(event)
    key = "-----BEGIN PRIVATE KEY-----"
"""
VARIABLES = {
    "TABLE": "orders",
    "TOKEN": "s3cr3t-t0ken",
    "UNUSED": "correct horse",
    "LINK": "https://user:hunter2@link.example.com/",
}


def texts(value):
    """All texts of a document, keys too."""
    if isinstance(value, dict):
        return {one for pair in value.items() for each in pair for one in texts(each)}
    if isinstance(value, list):
        return {one for each in value for one in texts(each)}
    return {value} if isinstance(value, str) else set()


def test_no_value_is_kept_that_the_scan_does_not_print(store):
    (store.root / "package").mkdir()
    (store.root / "package/app.py").write_text(CODE)
    read = scan(opened(store.root / "package"), "app.handler", VARIABLES)
    store.keep(read)
    (file,) = [one for one in store.files if one.suffix == ".json"]
    content = file.read_text()
    assert [one for one in SECRETS if one in content] == []
    value = json.loads(content)["kept"][0]["read"]
    printed = json.dumps(as_json(read))
    told = texts({name: value[name] for name in ("handler", "findings", "unread")})
    assert {"api.example.com", "link.example.com", "/opt/bin/tool"} <= told
    assert [one for one in told if json.dumps(one)[1:-1] not in printed] == ["unread"]
    of_files = texts({name: value[name] for name in ("modules", "bundled", "imports")})
    hashes = {*read.modules.values(), *read.bundled.values()}
    names = {*read.modules, *read.bundled, *read.imports, *sum(read.imports.values(), ())}
    assert of_files - hashes - names == {"modules", "bundled", "imports"}
