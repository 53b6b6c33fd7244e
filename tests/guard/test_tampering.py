"""What of the guard is changed while it runs is told at once, and put back in prevent; who wraps it is let alone."""

import pytest
from protected import oldest_and_newest, policy

# What changes which piece, and whether it can be put back.
ATTACKS = {
    "replaced_gate": ("event gate awslambdaric.bootstrap.handle_event_request", True),
    "replaced_method": ("watched http.client.HTTPConnection.endheaders", True),
    "removed_method": ("watched http.client.HTTPConnection.endheaders", True),
    "replaced_function": ("watched _socket.gethostbyname", True),
    "replaced_judge": ("the guard's hauberk._native.admit_text", True),
    "named_its_own": ("the guard's hauberk._native.admit_text", True),
    "placed_its_own": ("watched http.client.HTTPConnection.endheaders", True),
    "placed_behind_the_gate": ("event gate awslambdaric.bootstrap.handle_event_request", True),
    "placed_over_the_judge": ("the guard's hauberk._native.admit_text", True),
    "placed_with_a_text_of_its_own": ("watched http.client.HTTPConnection.endheaders", True),
    "replaced_what_it_looks_with": ("watched http.client.HTTPConnection.endheaders", True),
    "kept_another_finder": ("finder of modules", True),
    "replaced_part": ("the guard's hauberk.guard.sql._blocked", True),
    "other_code": ("the guard's hauberk.guard.sql._blocked", True),
    "patched_fence": ("the guard's hauberk.guard.fence.Fence.__exit__", True),
    "patched_finder": ("the guard's hauberk.guard.imports.Finder.find_spec", True),
    "lost_log": ("log", True),
    "removed_finder": ("finder of modules", True),
    "other_path": ("finder of modules", True),
    "unlinked_hook": ("audit hook", True),
    "unredirected": ("function open", True),
    "rewritten_policy": ("policy", True),
}
OF_WALL = {
    "rewritten_policy": ("wall's policy", True),
    "closed_descriptors": ("wall's descriptors", False),
    "written_memory": ("wall's memory", False),
    "other_functions_of_wall": ("wall's functions", False),
    "passed_by_wall": ("wall's place", False),
    "passed_by_wall_once": ("wall's place", False),
    "unmapped_wall": ("wall's library", False),
}
EACH = [(act, *told) for act, told in [*ATTACKS.items(), *OF_WALL.items()]]
LOOK_ALIKES = (
    *("wrapped_gate", "decorated_method", "wrapt_method", "wrapper_class", "mocked_and_undone"),
    *("spied", "own_finder", "own_audit_hook", "subclass", "threads"),
    *("other_slots", "loaded_and_unloaded"),
)
INJECTION = "a' OR '1'='1"


def settings(mode, **fields):
    files = [{"operation": "*", "target": "**"}, {"operation": "read", "target": NAMED}]
    off = {"firewall": "off"}
    lists = {"file": files}
    return {"HAUBERK_POLICY": policy(mode=mode, allowlist=lists, protections=off, **fields)}


NAMED = "/tmp/only-the-policy-names-this"


def told(*invocations):
    found = [one for seen in invocations for one in seen.detections]
    return [one for one in found if one["detector"] == "guard-tampered"]


def attacked(running, act):
    """The invocation of the attack and the two after it."""
    return [running.invoke({"act": name}) for name in (act, "nothing", "nothing")]


@oldest_and_newest
@pytest.mark.parametrize(("act", "piece", "_"), EACH)
def test_in_detect_each_change_is_told_once_and_left(start, act, piece, _):
    seen = attacked(start("tampering", settings("detect")), act)
    assert [one.answer.error for one in seen] == [None] * 3
    found = [one for one in told(*seen) if one["target"] == piece]
    assert [(one["level"], one["verdict"]) for one in found] == [("FATAL", "alert")], seen
    assert "expected" in found[0]["reason"] and "put back" not in found[0]["reason"]


@oldest_and_newest
@pytest.mark.parametrize(("act", "piece", "is_put_back"), EACH)
def test_in_prevent_what_can_be_is_put_back(start, act, piece, is_put_back):
    running = start("tampering", settings("prevent"))
    seen = attacked(running, act)
    assert [one.answer.error for one in seen] == [None] * 3
    found = [one for one in told(*seen) if one["target"] == piece]
    assert [one["reason"].endswith("; it was put back") for one in found] == [is_put_back], seen
    asked = running.invoke({"act": "ask", "text": INJECTION})
    assert "blocked by Hauberk: sql-injection" in str(asked.value)
    again = running.invoke({"act": act}), running.invoke({"act": "nothing"})
    assert bool(told(*again)) == is_put_back


@pytest.mark.parametrize(("act", "piece", "is_put_back"), EACH)
def test_where_a_fault_blocks_the_invocation_is_refused(start, act, piece, is_put_back):
    running = start("tampering", settings("prevent", on_error="block"))
    seen = [running.invoke({"act": name}) for name in (act, "nothing", "nothing")]
    errors = [one.answer.error is not None for one in seen]
    assert errors == [False, True, not is_put_back]
    assert "guard-tampered" in seen[1].message
    assert (piece, "block") in {(one["target"], one["verdict"]) for one in told(*seen)}


@oldest_and_newest
@pytest.mark.parametrize("act", LOOK_ALIKES)
def test_who_stands_in_front_of_the_guard_and_leads_to_it_is_let_alone(
    start, with_packages, python, act
):
    code = "tampering" if python else with_packages("tampering")
    running = start(code, settings("prevent", on_error="block"))
    seen = [running.invoke({"act": name}) for name in (act, "nothing", "nothing", act)]
    if seen[0].answer.error and b"ModuleNotFoundError" in seen[0].payload:
        pytest.skip("no wrapt for this Python here")
    assert [one.answer.error for one in seen] == [None] * 4
    assert [one for one in seen[1:] if one.detections] == []
    asked = running.invoke({"act": "ask", "text": INJECTION})
    assert "blocked by Hauberk: sql-injection" in str(asked.value)


def test_without_the_protection_nothing_is_said(start):
    running = start(
        "tampering", {"HAUBERK_POLICY": policy(mode="detect", protections={"lambda": "off"})}
    )
    assert told(*attacked(running, "replaced_method")) == []


def test_an_exclusion_is_of_one_piece(start):
    exclusion = {
        "name": "own-http",
        "detector": "guard-tampered",
        "path": "**",
        "patterns": ["watched http.client.**"],
        "scope": "account",
    }
    document = {"exclusions": [exclusion]}
    running = start("tampering", {"HAUBERK_POLICY": policy(mode="detect", document=document)})
    assert told(*attacked(running, "replaced_method")) == []
    assert told(*attacked(running, "removed_finder"))
