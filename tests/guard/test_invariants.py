"""Each invariant holds, and its check notices when it is broken on purpose."""

import pytest
from breakages import BREAKAGES, FAULTS
from broken import broken
from invariants import (
    Bench,
    a_clean_warm_invocation_is_silent,
    an_attacked_invocation_teaches_nothing,
    answers_are_as_without,
    faults_are_counted_and_shown,
    imports_the_standard_library_and_its_own,
    one_judge_decides,
    only_the_fence_swallows,
    opens_no_connection,
    values_leave_only_redacted,
    what_is_not_armed_is_told,
)
from protected import oldest_and_newest

CHECKS = {
    "1 imports": (imports_the_standard_library_and_its_own, ()),
    "1 connections": (opens_no_connection, ()),
    "2 one judge": (one_judge_decides, ()),
    "3 one fence": (only_the_fence_swallows, ()),
    "3 faults": (faults_are_counted_and_shown, FAULTS),
    "4 gaps": (what_is_not_armed_is_told, ()),
    "5 answers": (answers_are_as_without, ()),
    "6 silence": (a_clean_warm_invocation_is_silent, ()),
    "7 redaction": (values_leave_only_redacted, ()),
    "8 learning": (an_attacked_invocation_teaches_nothing, ()),
}


@oldest_and_newest
@pytest.mark.parametrize("name", CHECKS)
def test_an_invariant_holds(start, layer, tmp_path, name):
    check, faults = CHECKS[name]
    check(Bench(start, broken(layer, faults, tmp_path / "layer") if faults else layer))


@pytest.mark.parametrize(
    "breakage", BREAKAGES, ids=[f"{one.check}: {one.what}" for one in BREAKAGES]
)
def test_its_check_notices_that_it_is_broken(start, layer, tmp_path, breakage):
    check, faults = CHECKS[breakage.check]
    bench = Bench(start, broken(layer, (*faults, breakage.patch), tmp_path / "layer"))
    with pytest.raises(AssertionError):
        check(bench)


def test_every_invariant_has_a_check_that_was_seen_to_notice():
    assert {one.check for one in BREAKAGES} == set(CHECKS)
    assert {name.split()[0] for name in CHECKS} == {str(number) for number in range(1, 9)}
