"""At a sink, an exclusion of a value lets its pieces pass, and nothing that is beside or around it."""

import pytest
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest

SQL = "x' or 'a'='a"
SHELL = "a=1; cat /etc/hostname"
ROWS = [
    # the event                                                          paths that are told
    ({"q": SQL}, set()),
    ({"q": SQL, "s": "blue"}, set()),
    ({"q": f"{SQL}'--"}, {"q"}),
    ({"q": SQL, "s": SQL}, {"s"}),
    ({"q": SQL, "s": "' or 1=1 --"}, {"s"}),
    ({"q": SQL, "other": SQL}, {"other"}),
    ({"q": SQL, "other": "x' or 'a'"}, {"other"}),
    ({"command": SHELL}, set()),
    ({"command": SHELL, "other": "1; cat /etc/hostname"}, {"other"}),
    ({"command": f"{SHELL}; id"}, {"command"}),
    ({"part": SHELL}, {"part→form.a"}),
    ({"command": SHELL, "part": "a=1; id"}, {"part→form.a"}),
]


@pytest.fixture(scope="module")
def excluding(start):
    values = {"q": SQL, "command": SHELL, "part": SHELL}
    exclusions = [
        {
            "name": f"{path} {detector}",
            "detector": detector,
            "path": path,
            "patterns": [text],
            "scope": "account",
        }
        for path, text in values.items()
        for detector in ("sql-injection", "shell-injection")
    ]
    settings = {"mode": "detect", "protections": {"firewall": "off"}}
    return start(
        "pieces", {"HAUBERK_POLICY": policy(document={"exclusions": exclusions}, **settings)}
    )


@pytest.mark.parametrize(("event", "paths"), ROWS)
def test_the_pieces_of_an_excluded_value_pass_and_all_beside_them_is_told(excluding, event, paths):
    seen = excluding.invoke(event)
    assert {one["input"]["path"] for one in seen.detections} == paths
