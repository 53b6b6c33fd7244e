"""A store that is older than columns of today is read, added to and compacted as any other."""

from fresh_store import store, unheard
from log_lines import START, activity, armed

from hauberk.learn import believe, merge, observe
from hauberk.learn.profile.callers import callers_of
from hauberk.store import segment

BEFORE = [armed(), START, activity("file", "read", "/tmp/a", "r1")]
AFTER = [
    armed(environment="e" * 32),
    START,
    activity("file", "read", "/tmp/a", "r2", environment="e" * 32, caller="0ff"),
    activity("file", "read", "/tmp/b", "r2", environment="e" * 32, caller="0ff", named_by="body"),
]


def older(one):
    """Take from all segments the columns that came later."""
    for each in segment.segments(one.segments):
        file, draft = one.segments / each.name, one.segments / "older"
        one.connection.execute(
            f"COPY (SELECT * EXCLUDE (caller, is_named) FROM '{file}') TO '{draft}' (FORMAT parquet)"
        )
        draft.replace(file)


def test_older_segments_are_read_beside_newer_ones_and_merged_with_them(connection):
    for first in (BEFORE, AFTER[:2]):
        with store(connection) as one:
            one.ingest([first], unheard)
            older(one)
            assert one.profile(unheard) == believe(observe(first))
            one.ingest([BEFORE, first, AFTER], unheard)
            whole = believe(merge(observe(BEFORE), observe(AFTER)))
            assert one.profile(unheard) == whole
            assert one.compact(many=2) > 0
            assert one.profile(unheard) == whole
    a, b = whole.functions["orders"].seen
    assert (a.callers, b.callers) == (callers_of([None, 0xFF]), callers_of([0xFF]))
    assert (a.is_named, b.is_named) == (False, True)
