"""Code that is made from inputs: source text that they change, marshalled code that they hold."""

import base64
import marshal
import subprocess
import sys
from itertools import count

import pytest
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
MAKE = "__import__('os').mkdir('WORLD/made')"


@pytest.fixture(scope="module")
def run(start):
    running = {
        mode: start("code", {"HAUBERK_POLICY": policy(mode=mode, protections={"firewall": "off"})})
        for mode in ("detect", "prevent")
    }
    numbers = count()

    def invoke(mode, way, value):
        # Each under a path of its own: what is frequent is not written each time.
        key = f"q{next(numbers)}"
        made = running[mode].outside / "made"
        if made.exists():
            made.rmdir()
        value = value.replace("WORLD", running[mode].world)
        return running[mode].invoke({"way": way, "key": key, key: value}), made.exists()

    return invoke


ATTACKS = [
    # way        the outsider's value          what the call raises
    ("eval", f"{MAKE} or 1", "SyntaxError"),
    ("exec", f"{MAKE} or 1", "SyntaxError"),
    ("exec", "1\n__import__('os').mkdir('WORLD/made')\nb = 1", "SyntaxError"),
    ("compile", MAKE, "SyntaxError"),
]


@pytest.mark.parametrize(("way", "value", "error"), ATTACKS)
def test_code_that_an_input_changes_runs_and_is_reported_in_detect(run, way, value, error):
    seen, is_made = run("detect", way, value)
    assert is_made, seen.answer.log
    found = {(one["detector"], one["verdict"]) for one in seen.detections}
    assert ("code-injection", "alert") in found
    # Then it acts: what was compiled under a name of its own is taken for the maker's.
    assert (("injected-code", "alert") in found) == (way != "compile")
    of_input = [one for one in seen.detections if one["detector"] == "code-injection"]
    assert all(one["input"]["path"].startswith("q") for one in of_input)


@pytest.mark.parametrize(("way", "value", "error"), ATTACKS)
def test_code_that_an_input_changes_is_refused_as_code_that_does_not_parse(run, way, value, error):
    seen, is_made = run("prevent", way, value)
    assert not is_made
    assert seen.error == error
    assert "blocked by Hauberk: code-injection" in seen.message
    assert {(one["detector"], one["verdict"]) for one in seen.detections} == {
        ("code-injection", "block")
    }


LOOK_ALIKES = [
    # way        the outsider's value          what it gets
    ("eval", "21", 42),
    ("eval", "(1 + 20)", 42),
    ("exec", "41", 42),
    ("compile", "'a', 'b'", ["a", "b"]),
    ("quoted", MAKE, None),
    ("literal", "('a', {'b': 1})", ["a", {"b": 1}]),  # made a tree, not run
    ("parsed", "import os; os.remove('x')", 2),
    ("own", "x" * 400, 42),
    ("own of buffer", "x" * 400, 42),
    ("own of file", "x" * 400, 42),
]


@pytest.mark.parametrize(("way", "value", "gets"), LOOK_ALIKES)
def test_values_and_what_is_not_run_pass(run, way, value, gets):
    seen, is_made = run("prevent", way, value)
    assert not seen.detections
    assert not is_made
    assert gets is None or seen.value == gets


CHOSEN = [
    # way         the outsider's value
    ("imported", "colorsys"),
    ("imported", " xml.dom.expatbuilder "),
    ("called", "zipapp"),
    ("enclosed", "pydoc_data"),
]
OFFERED = [
    ("stated", "wave"),
    ("stated", "xml.dom.pulldom"),
    ("dispatched", "order"),
    ("relative", "refund"),
    ("imported", "jobs"),
    ("imported", "jobs.order"),
    ("encoded", "cp864"),
    ("encoded", "utf_16_le"),
]


@pytest.mark.parametrize(("way", "value"), CHOSEN)
@pytest.mark.parametrize("mode", ["detect", "prevent"])
def test_the_choice_of_a_module_that_is_not_the_packages_is_told(run, mode, way, value):
    seen, _ = run(mode, way, value)
    assert seen.value, seen.answer.log  # an alert: a table of the code's own may hold the words
    found = {(one["detector"], one["verdict"], one["confidence"]) for one in seen.detections}
    assert found == {("code-injection", "alert", 75)}


def test_a_policy_may_have_the_choice_of_a_module_blocked(start):
    settings = policy(
        protections={"firewall": "off"}, detectors={"code-injection": {"block_from": 75}}
    )
    running = start("code", {"HAUBERK_POLICY": settings})
    seen = running.invoke({"way": "imported", "key": "q", "q": "colorsys"})
    assert seen.error == "ImportError"
    assert "blocked by Hauberk: code-injection" in seen.message
    seen = running.invoke({"way": "dispatched", "key": "q", "q": "order"})
    assert (seen.value, seen.detections) == ("jobs.order", [])


@pytest.mark.parametrize(("way", "value"), OFFERED)
def test_the_choice_of_what_the_code_offers_is_not(run, way, value):
    seen, _ = run("detect", way, value)
    assert seen.value, seen.answer.log
    assert seen.detections == []


@pytest.fixture
def marshalled(python, runtime):
    """An expression as the code of the version that the function runs on."""
    command = "import marshal, sys; sys.stdout.buffer.write(marshal.dumps(compile('os.mkdir(path)', 'x', 'eval')))"
    interpreter = python.get("python", sys.executable)
    made = subprocess.run([interpreter, "-c", command], capture_output=True, check=True)
    assert len(made.stdout) > len(marshal.dumps("x"))
    return base64.b64encode(made.stdout).decode()


LOADED = ("marshalled", "loaded of buffer", "loaded of file")


@pytest.mark.parametrize("way", LOADED)
def test_marshalled_code_of_an_input_runs_and_is_reported_in_detect(run, way, marshalled):
    seen, is_made = run("detect", way, marshalled)
    assert is_made
    record, acts = seen.detections
    assert (record["detector"], record["cwe"]) == ("unsafe-deserialization", 502)
    assert acts["detector"] == "injected-code"


@pytest.mark.parametrize("way", LOADED)
def test_marshalled_code_of_an_input_is_refused_as_bad_data(run, way, marshalled):
    seen, is_made = run("prevent", way, marshalled)
    assert not is_made
    assert seen.error == "ValueError"
    assert "blocked by Hauberk: unsafe-deserialization" in seen.message
