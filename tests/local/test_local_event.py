"""Events: what Lambda would refuse."""

import pytest

from hauberk.local.event import EVENT_LIMIT, event_bytes
from hauberk.local.function import EventError

TAKEN = [
    # event                     bytes
    ({"a": "é"}, b'{"a": "\\u00e9"}'),
    ("text", b'"text"'),
    (None, b"null"),
    (b"", b"{}"),  # Invoke without a payload
    (b' {"a" :1}\n', b' {"a" :1}\n'),
    (b'"' + b"x" * (EVENT_LIMIT - 2) + b'"', b'"' + b"x" * (EVENT_LIMIT - 2) + b'"'),
    (b"[" * 10_000 + b"]" * 10_000, b"[" * 10_000 + b"]" * 10_000),
]


@pytest.mark.parametrize(("event", "expected"), TAKEN, ids=range(len(TAKEN)))
def test_an_event_is_passed_on_as_it_is(event, expected):
    assert event_bytes(event) == expected


REFUSED = [
    # event                     why
    (b"{", "not JSON: Expecting property name"),
    (b"{} {}", "not JSON: Extra data"),
    (b'{"a": NaN}', "NaN is not a JSON number"),
    (b"[-Infinity]", "-Infinity is not a JSON number"),
    (b'"\xff"', "not JSON: no UTF-8 at byte 1; save it as UTF-8"),
    ('{"a": 1}'.encode("utf-16"), "not JSON"),
    (b"\xef\xbb\xbf{}", "BOM"),
    (b'"' + b"x" * EVENT_LIMIT + b'"', "6,291,458 bytes; Lambda takes up to 6,291,456"),
    ("x" * EVENT_LIMIT, "6,291,458 bytes"),
]


@pytest.mark.parametrize(("event", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_an_event_that_lambda_would_refuse_is_refused_with_the_reason(event, why):
    with pytest.raises(EventError, match=why):
        event_bytes(event)
