"""Each promise of the demonstration, broken on purpose."""

from dataclasses import replace

import pytest
from demo.judgement import DETECT, LEARNING, PREVENT, UNPROTECTED, complaints
from demo.records import Record
from demo.story import Outcome, Phase

ALERT = Record("detection", "ERROR", "1", "sql-injection", "a reason", "{}")
BLOCK = replace(ALERT, level="FATAL")
ANSWERS = (b"probe", b"other")


def outcome(effect: str, *records: Record, probe: bytes = b"probe") -> Outcome:
    return Outcome(effect, records, probe)


def phases(**changed: Outcome) -> tuple[Phase, ...]:
    outcomes = {
        UNPROTECTED: outcome("dumped"),
        DETECT: outcome("dumped", ALERT),
        PREVENT: outcome("", BLOCK),
        **changed,
    }
    return tuple(
        Phase(name, ANSWERS, (), {"sql": outcomes[name]} if name in outcomes else {})
        for name in (UNPROTECTED, LEARNING, DETECT, PREVENT)
    )


def test_a_story_that_keeps_every_promise_has_no_complaint() -> None:
    assert complaints(phases(), ("sql",), 0) == ()


BROKEN = [
    (UNPROTECTED, outcome(""), "had no effect"),
    (UNPROTECTED, outcome("dumped", probe=b"error"), "answered otherwise"),
    (DETECT, outcome("", ALERT), "was hindered"),
    (DETECT, outcome("dumped"), "was not reported"),
    (DETECT, outcome("dumped", ALERT, probe=b"error"), "answered otherwise"),
    (PREVENT, outcome("dumped", BLOCK), "had its effect"),
    (PREVENT, outcome(""), "left no record"),
    (PREVENT, outcome("", ALERT), "left no record"),
    (PREVENT, outcome("", BLOCK, probe=b"error"), "answered otherwise"),
]


@pytest.mark.parametrize(("phase", "broken", "words"), BROKEN)
def test_a_broken_promise_about_an_attack_is_a_complaint(
    phase: str, broken: Outcome, words: str
) -> None:
    (complaint,) = complaints(phases(**{phase: broken}), ("sql",), 0)
    assert complaint.startswith(phase) and words in complaint


@pytest.mark.parametrize("place", range(4))
def test_a_false_alarm_in_any_phase_is_a_complaint(place: int) -> None:
    told = list(phases())
    told[place] = replace(told[place], alarms=(ALERT,))
    (complaint,) = complaints(tuple(told), ("sql",), 0)
    assert "false alarm" in complaint


@pytest.mark.parametrize("place", range(1, 4))
def test_another_answer_to_a_normal_request_is_a_complaint(place: int) -> None:
    told = list(phases())
    told[place] = replace(told[place], answers=(b"probe", b"changed"))
    (complaint,) = complaints(tuple(told), ("sql",), 0)
    assert "another answer" in complaint


def test_an_attack_that_was_not_tried_is_a_complaint_in_each_phase() -> None:
    assert len(complaints(phases(), ("sql", "forgotten"), 0)) == 3
