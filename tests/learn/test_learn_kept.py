"""Which of the codes that are kept is the newest version's, which came before it, and what counts as new to it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_lines import START, activity, armed

from hauberk.learn import believe, observe
from hauberk.learn.code.kept import Kept, code_of, with_given
from hauberk.learn.evidence import evidence_of, in_order
from hauberk.model.kind import Kind
from hauberk.scan import CodeProfile, Finding, Site, Sure, Unread
from hauberk.scan.document import document, of_document

HOUR = 3_600


def code(letter, *, found=(), handler="app.handler"):
    """What was read of a package; its letter stands for what its files hold."""
    return CodeProfile(handler, found, (), {"app.py": letter}, {}, {})


def kept(letters):
    """Codes of a version: `A` from its start, `AB` where `B` came after it, in hour 9."""
    return tuple(Kept(at * 9 * HOUR, at * 9, code(letter)) for at, letter in enumerate(letters))


CODES = [
    # what is kept of versions 1, 2, 3 …   now   before (version)   what is new
    (["A", "B"], "B", "A of 1", {"2": 0}),
    (["A", "B", "C"], "C", "B of 2", {"3": 0}),
    (["A", "B", "A"], "A", "B of 2", {"3": 0}),  # rolled back
    (["A", "B", "B"], "B", "A of 1", {"2": 0, "3": 0}),  # the same code under another name
    (["A", "A"], "A", None, {"1": 0, "2": 0}),
    (["A"], "A", None, {"1": 0}),
    (["", "B"], "B", None, {"2": 0}),
    (["A", "", "B"], "B", "A of 1", {"3": 0}),
    (["A", "B", "", "B"], "B", "A of 1", {"4": 0}),  # nobody knows what version 3 was
    (["AB"], "B", "A of 1", {"1": 9}),  # the code changed under one name
    (["AB", "C"], "C", "B of 1", {"2": 0}),
    (["AB", "B"], "B", "A of 1", {"2": 0}),  # given before its version was seen
    (["AB", "A"], "A", "B of 1", {"2": 0}),
    (["A", "BC"], "C", "B of 2", {"2": 9}),
    (["A", "B", ""], None, None, None),  # nothing is known of the newest
    ([""], None, None, None),
]


@pytest.mark.parametrize(("letters", "now", "before", "new"), CODES)
def test_a_code_is_compared_with_the_latest_before_it_that_differs(letters, now, before, new):
    versions = [str(at + 1) for at in range(len(letters))]
    held = {version: kept(one) for version, one in zip(versions, letters, strict=True)}
    found = code_of(versions, held.__getitem__)
    if now is None:
        assert found is None
        return
    told = (
        f"{found.before.modules['app.py']} of {found.before_of.version}" if found.before else None
    )
    assert (found.now, told, dict(found.new)) == (code(now), before, new)
    assert found.now_of.version == versions[-1]
    assert bool(found.before) is bool(found.before_of)


FOUND = Finding(Kind.FILE, "read", "/tmp/a", Sure.EXACT, (Site("app.py", 1),))
SAME = [
    # another code?
    (code("B"), True),
    (code("A", handler="app.other"), True),
    (CodeProfile("app.handler", (), (), {"app.py": "A"}, {"requests": "1"}, {}), True),
    (CodeProfile("app.handler", (), (), {"app.py": "A", "b.py": "A"}, {}, {}), True),
    (code("A", found=(FOUND,)), False),  # other variables, or another scan
    (code("A"), False),
]


@pytest.mark.parametrize(("given", "is_other"), SAME)
def test_a_code_is_another_where_a_file_or_a_package_is(given, is_other):
    first = with_given((), code("A"), 5 * HOUR)
    assert first == (Kept(5 * HOUR, 0, code("A")),)
    later = with_given(first, given, 9 * HOUR + 1)
    assert later == (
        (*first, Kept(9 * HOUR + 1, 9, given)) if is_other else (Kept(5 * HOUR, 0, given),)
    )


@given(st.lists(st.sampled_from("ABC"), min_size=1, max_size=8))
def test_of_a_version_the_last_two_that_differ_are_kept(letters):
    held = ()
    for at, letter in enumerate(letters):
        held = with_given(held, code(letter), at * HOUR)
        assert with_given(held, code(letter), (at + 1) * HOUR) == held
    changes = [one for at, one in enumerate(letters) if at == 0 or letters[at - 1] != one]
    assert [one.code.modules["app.py"] for one in held] == changes[-2:]
    assert (held[0].since == 0) or len(changes) > 2


# --- what counts as new

ROWS = [
    # file, version, hour of the day
    ("old", "1", 1),
    ("often", "1", 1),
    ("often", "1", 6),
    ("both", "1", 1),
    ("late", "1", 5),
    ("both", "2", 9),
    ("new", "2", 9),
    ("both", "3", 12),
    ("newest", "3", 12),
]
NEWS = [
    # what is new        fresh                   done by it                      its hours   begins
    (None, {"newest"}, {"both", "newest"}, {12}, {1, 9, 12}),
    ({"3": 0}, {"newest"}, {"both", "newest"}, {12}, {1, 9, 12}),
    ({"2": 0, "3": 0}, {"new", "newest"}, {"both", "new", "newest"}, {9, 12}, {1, 9, 12}),
    ({"3": 10}, {"newest"}, {"both", "newest"}, {12}, {1, 9, 12}),
    ({"3": 13}, set(), set(), set(), {1, 9, 12, 13}),  # nothing was seen of it yet
    ({"1": 2, "3": 0}, {"late", "newest"}, {"late", "often", "both", "newest"}, {5, 6, 12}, {1, 2, 9, 12}),
    ({"1": 5, "3": 0}, {"late", "newest"}, {"late", "often", "both", "newest"}, {5, 6, 12}, {1, 5, 9, 12}),
    ({"1": 6, "3": 0}, {"newest"}, {"often", "both", "newest"}, {6, 12}, {1, 6, 9, 12}),
    ({"1": 0, "2": 0, "3": 0}, set(), set(), set(), {1, 9, 12}),  # there was nothing before
]  # fmt: skip
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC).timestamp() // HOUR


def seen(rows):
    """What is believed of a function whose first version starts with the first row."""
    start = [one.replace(b"$LATEST", rows[0][1].encode()) for one in (armed(), START)]
    start[0] = start[0].replace(b"T19:11", f"T{rows[0][2]:02}:00".encode())
    lines = [
        activity("file", "read", f"/tmp/{name}", version=version, timestamp=f"2026-11-23T{hour:02}:00:00.000Z")
        for name, version, hour in rows
    ]  # fmt: skip
    return believe(observe([*start, *lines])).functions["orders"]


@pytest.mark.parametrize(("new", "fresh", "done", "hours", "begins"), NEWS)
def test_what_is_new_is_what_versions_did_from_an_hour_on(new, fresh, done, hours, begins):
    since = {version: at and MIDNIGHT + at for version, at in (new or {}).items()}
    whole = evidence_of(seen(ROWS), since)
    told = [{one.target.removeprefix("/tmp/") for one in of} for of in (whole.fresh, whole.newest)]
    assert told == [fresh, done]
    assert {hour - MIDNIGHT for hour in whole.fresh_hours} == hours
    assert {hour - MIDNIGHT for hour in whole.starts} == begins
    assert whole.reopened == (frozenset(Kind) if hours else frozenset())


@pytest.mark.parametrize(
    ("hours", "order"),
    [
        ({"$LATEST": 1, "10": 5, "9": 3}, ["$LATEST", "9", "10"]),
        ({"$LATEST": 5, "10": 5, "9": 5}, ["$LATEST", "9", "10"]),  # deployed twice in an hour
        ({"100": 5, "99": 5, "11": 3}, ["11", "99", "100"]),
        ({"10": 3, "9": 5}, ["10", "9"]),  # it was gone back to
    ],
)
def test_versions_are_in_the_order_in_which_they_came(hours, order):
    rows = [("a", version, hour) for version, hour in hours.items()]
    assert [one.version for one in in_order(seen(rows))] == order


# --- as a document

TEXT = st.text(max_size=8)
SITES = st.builds(Site, TEXT, st.integers(0, 10**6))
CODE = st.builds(
    CodeProfile,
    TEXT,
    st.lists(
        st.builds(
            Finding,
            st.sampled_from(Kind),
            TEXT,
            st.text(st.characters(), max_size=8),  # lone surrogates, too
            st.sampled_from(Sure),
            st.lists(SITES, max_size=2).map(tuple),
            st.lists(TEXT, max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    st.lists(st.builds(Unread, SITES, TEXT, st.none() | st.sampled_from(Kind)), max_size=3).map(
        tuple
    ),
    st.dictionaries(TEXT, TEXT, max_size=2),
    st.dictionaries(TEXT, TEXT, max_size=2),
    st.dictionaries(TEXT, st.lists(TEXT, max_size=2).map(tuple), max_size=2),
)


@given(CODE)
def test_a_document_is_read_back_as_it_was(one):
    assert of_document(json.loads(json.dumps(document(one)))) == one
