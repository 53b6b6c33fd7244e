"""Format strings: a field that an input brings may name what it is given, and not reach into it."""

from itertools import count

import pytest
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest


@pytest.fixture(scope="module")
def run(start):
    running = {}
    for mode in ("detect", "prevent"):
        settings = {"HAUBERK_POLICY": policy(mode=mode, protections={"firewall": "off"})}
        running[mode] = start("formats", settings)
    numbers = count()

    def invoke(mode, way, value):
        # Each under a path of its own: what is frequent is not written each time.
        key = f"q{next(numbers)}"
        return running[mode].invoke({"way": way, "key": key, key: value})

    return invoke


REACHES = "{0.__init__.__globals__[SECRET]}"
BY_NAME = REACHES.replace("0", "order")
SECRET = "the secret"
ATTACKS = [
    # way, the outsider's value, what it gets
    ("format", REACHES, SECRET),
    ("format", "Hello {0.name}", "Hello Ada"),
    ("part", BY_NAME, f"Dear Ada: {SECRET}"),
    ("taken", REACHES, SECRET),
    ("class", REACHES, SECRET),
    ("unbound", REACHES, SECRET),
    ("map", BY_NAME, SECRET),
    ("formatter", REACHES, SECRET),
    ("field", "__init__.__globals__[SECRET]", SECRET),
    ("field", "__dict__", "{'name': 'Ada', 'price': 5.0}"),
    ("form", " {0.__init__.__globals__[SECRET]:{1}}", f"  Ada {SECRET}"),
]


@pytest.mark.parametrize(("way", "value", "gets"), ATTACKS)
def test_an_input_that_reaches_into_an_object_is_told_in_detect(run, way, value, gets):
    seen = run("detect", way, value)
    assert seen.value == gets
    found = {(one["detector"], one["verdict"], one["protection"]) for one in seen.detections}
    assert found == {("template-injection", "alert", "flow")}


@pytest.mark.parametrize(("way", "value", "gets"), ATTACKS)
def test_an_input_that_reaches_into_an_object_is_refused(run, way, value, gets):
    seen = run("prevent", way, value)
    assert seen.error == "ValueError", seen.answer.log
    assert "blocked by Hauberk: template-injection" in seen.message
    (record,) = seen.detections
    assert (record["verdict"], record["cwe"]) == ("block", 1336)
    assert (
        record["stack"][0].rsplit("/", 1)[1].startswith(("app.py:", "string.py:", "__init__.py:"))
    )


LOOK_ALIKES = [
    # way, the outsider's value, what it gets
    ("format", "Total: 5.0 [EUR]", "Total: 5.0 [EUR]"),
    ("format", "{{0.__class__}}", "{0.__class__}"),
    ("map", "5.0 {{x[0]}}", "5.0 {x[0]}"),
    ("formatter", "a.b {{c}}", "a.b {c}"),
    ("part", "5.0", "Dear Ada: 5.0"),
    ("field", "price", "5.0"),
    ("form", " a.b[c]", "  Ada a.b[c]"),
    ("value", REACHES, f"Ada: {REACHES}"),
    ("percent", "{0.__class__} %s", "{0.__class__} Ada"),
]


@pytest.mark.parametrize(("way", "value", "gets"), LOOK_ALIKES)
def test_a_text_in_its_place_passes(run, way, value, gets):
    seen = run("prevent", way, value)
    assert (seen.value, seen.detections) == (gets, [])
