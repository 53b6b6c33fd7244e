"""What code in the function's process does past the sinks: its effect, and what sees it."""

import pytest
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
INJECTION = "a' OR '1'='1"
STRICT = {"HAUBERK_POLICY": policy(mode="prevent", protections={"firewall": "off"})}
TEXTS = ("text_that_encodes_otherwise", "text_that_composes_otherwise", "text_of_a_class")


@pytest.fixture(scope="module")
def both(start):
    """The function alone, and with the guard."""
    return [start("past", settings) for settings in (None, STRICT)]


@pytest.mark.parametrize("act", TEXTS)
def test_a_statement_is_what_its_text_holds(both, act):
    plain, guarded = both
    assert plain.invoke({"act": act, "text": INJECTION}).value == {"value": [["a"]]}
    seen = guarded.invoke({"act": act, "text": INJECTION})
    assert "blocked by Hauberk: sql-injection" in seen.value["error"]
    assert [one["detector"] for one in seen.detections] == ["sql-injection"]
    assert guarded.invoke({"act": act, "text": "a"}).value == {"value": [["a"]]}
