"""What a function answers and writes is, byte for byte, what it is without the guard."""

import importlib.util
import uuid
from pathlib import Path

import pytest
from protected import last_words

from pythons import EVERY

pytestmark = pytest.mark.pythons(*EVERY)
ACTS = Path(__file__).parent / "functions" / "acts" / "app.py"
MODES = {
    "without": None,
    "detect": {"HAUBERK_MODE": "detect"},
    "prevent": {"HAUBERK_MODE": "prevent"},
}


def acts():
    spec = importlib.util.spec_from_file_location("acts_of_the_tests", ACTS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.ACTS)


# After these the runtime's process is at an end, in one version or another.
ENDS = {"too_big", "surrogate", "exit", "interrupt", "os_exit"}


def require_identical(plain, guarded, names):
    for name in names:
        event = f'{{"act": "{name}", "text": "ä; b", "n": [1.50, -0, 1e2]}}'.encode()
        request_id = str(uuid.uuid5(uuid.NAMESPACE_OID, name))
        expected = plain.invoke_raw(event, request_id)
        for running in guarded:
            seen = running.invoke_raw(event, request_id)
            assert seen.payload == expected.payload, name
            assert seen.answer.error == expected.answer.error, name
            assert last_words(seen.own_log) == last_words(expected.own_log), name
            assert (seen.answer.init_ms is None) == (expected.answer.init_ms is None), name
            assert not seen.detections, name


def test_answers_errors_and_logs_are_as_without_the_guard(start):
    plain, *guarded = (start("acts", settings) for settings in MODES.values())
    names = [name for name in acts() if name not in ENDS]
    assert len(names) > 35
    require_identical(plain, guarded, names)


def test_what_ends_the_process_ends_it_as_without_the_guard(start):
    plain, *guarded = (start("acts", settings) for settings in MODES.values())
    require_identical(plain, guarded, sorted(ENDS))


def test_runaway_recursion_ends_in_the_same_error_a_few_frames_earlier(start):
    """The known difference: the guard stands on the stack below the handler."""
    code = "def handler(event, context): return handler(event, context)"
    errors = [start(code, settings).invoke({}) for settings in MODES.values()]
    assert {one.error for one in errors} == {"RecursionError"}
    assert len({one.message for one in errors}) == 1
