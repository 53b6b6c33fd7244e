"""What the code of a function tells: rows of code, modules that are imported."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scanned_code import ROWS, of

from hauberk.scan import opened, scan
from hauberk.scan.shell import of_command
from hauberk.scan.text import Hole, Text, joined, marked, text_of, unmarked


@pytest.fixture
def read(tmp_path):
    def read(files, handler="app.handler", environment=None):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return scan(opened(tmp_path), handler, environment)

    return read


def found(profile):
    return {f"{one.kind} {one.operation} {one.target} {one.sure}" for one in profile.findings}


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_code_tells_what_it_does_and_what_is_not_known_of_it(read, row):
    profile = read({"app.py": row.code}, environment=row.environment)
    assert found(profile) == set(row.found)
    told = sorted((one.site.line, one.what) for one in profile.unread)
    assert len(told) == len(row.unknown), told
    for (line, what), expected in zip(told, sorted(row.unknown), strict=True):
        assert f"{line} {what}".startswith(expected)


def test_all_rows_ran():
    assert len(ROWS) >= 70
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_a_finding_names_each_place_that_does_it(read):
    code = of("open('/tmp/a')\nwork()", "def work():\n    open('/tmp/a')")
    (one,) = read({"app.py": code}).findings
    assert [str(site) for site in one.sites] == ["app.py:3", "app.py:5"]


def test_imports_are_followed_within_the_package(read):
    profile = read(
        {
            "app.py": "from store import client\nfrom pkg import inner\nfrom pkg.deep import *\n"
            "def handler(event, context):\n    client.put_object(Bucket='b', Key='k')\n    inner.go()\n    far()",
            "store.py": "import boto3\nclient = boto3.client('s3')",
            "pkg/__init__.py": "",
            "pkg/inner.py": "from . import other as o\ndef go():\n    o.remove('/tmp/x')",
            "pkg/other.py": "from os import remove",
            "pkg/deep.py": "from .more import far",
            "pkg/more.py": "def far():\n    open('/tmp/far')",
            "unused.py": "open('/tmp/unused')",
        }
    )
    assert found(profile) == {
        "api s3:PutObject arn:aws:s3:::b/k exact",
        "file delete /tmp/x exact",
        "file read /tmp/far exact",
    }
    assert "unused.py" not in profile.modules


def test_what_was_installed_is_read_as_far_as_it_is_reached(read):
    profile = read(
        {
            "app.py": "import lib\ndef handler(event, context):\n    lib.put('b')",
            "lib/__init__.py": "import boto3\ndef put(b):\n    boto3.client('s3').list_objects_v2(Bucket=b)\n"
            "def never():\n    open('/tmp/never')",
            "lib-1.0.dist-info/RECORD": "lib/__init__.py,,\n",
        }
    )
    assert found(profile) == {"api s3:ListBucket arn:aws:s3:::b exact"}


def test_of_objects_that_are_made_of_an_installed_class_each_method_is_read(read):
    profile = read(
        {
            "app.py": "import lib, boto3\nlib.Cache(boto3.client('ssm'))\ndef handler(event, context): pass",
            "lib.py": "class Cache:\n"
            "    def __init__(self, client): self.client = client\n"
            "    def refresh(self): self.client.get_parameter(Name='p')\n"
            "class Other:\n    def never(self): open('/tmp/never')",
            "lib-1.0.dist-info/RECORD": "lib.py,,\n",
        }
    )
    assert found(profile) == {"api ssm:GetParameter arn:aws:ssm:*:*:parameter/p exact"}


def test_what_a_decorator_makes_of_the_handler_is_read(read):
    profile = read(
        {
            "app.py": "import lib\n@lib.traced('x')\ndef handler(event, context):\n    open('/tmp/own')",
            "lib.py": "def traced(name):\n    def take(function):\n        def inside(event, context):\n"
            "            open(f'/tmp/{name}')\n            return function(event, context)\n"
            "        return inside\n    return take",
            "lib-1.0.dist-info/RECORD": "lib.py,,\n",
        }
    )
    assert found(profile) == {"file read /tmp/own exact", "file read /tmp/x exact"}


def test_code_that_cannot_be_read_is_told_and_the_rest_is_read(read):
    files = {"app.py": "import bad\ndef handler(e, c):\n    open('/tmp/a')", "bad.py": "def ("}
    profile = read(files)
    assert found(profile) == {"file read /tmp/a exact"}
    assert [str(one.site) for one in profile.unread] == ["bad.py:1"]


PIECES = st.lists(
    st.one_of(st.text(max_size=3), st.builds(Hole, st.sampled_from(["", "uuid"]), st.just("$A"))),
    max_size=6,
)


@settings(deadline=None)
@given(PIECES)
def test_a_text_with_holes_comes_back_as_it_was(pieces):
    whole = joined(text_of(one) if isinstance(one, str) else Text((one,)) for one in pieces)
    holes = []
    assert unmarked(f"x{marked(whole, holes)}", holes) == joined((text_of("x"), whole))


@settings(deadline=None)
@given(st.text(alphabet="ab $`'\"\\;|&()<>\n={}*", max_size=30))
def test_any_command_line_is_answered(line):
    assert of_command(text_of(line))


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_for_code_is_answered(tmp_path_factory, code):
    place = tmp_path_factory.mktemp("any")
    (place / "app.py").write_text(code, errors="replace")
    assert scan(opened(place), "app.handler").handler == "app.handler"
