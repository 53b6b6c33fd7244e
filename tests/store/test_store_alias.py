"""The store shows of an alias what the learner's own definition shows."""

from functools import reduce

import pytest
from fresh_store import store, unheard
from log_lines import START, activity, armed, detection
from test_learn_alias import LOGS, SHOWN

from hauberk.learn import Partial, believe, merge, observe


@pytest.mark.parametrize("alias", [one for one, _ in SHOWN])
def test_the_store_shows_of_an_alias_what_the_definition_shows(connection, alias):
    whole = reduce(merge, map(observe, LOGS), Partial())
    with store(connection, rows_at_once=4) as one:
        one.ingest([*LOGS, *LOGS], unheard)
        one.compact(many=2)
        assert one.profile(unheard) == believe(whole)
        assert one.profile(unheard, alias=alias) == believe(whole, alias=alias)
        assert one.profile(unheard) == believe(whole)


def test_what_an_alias_names_first_and_tells_later_is_put_together(connection):
    first = [armed(), START, activity("file", "read", "/tmp/a", "r1")]
    later = [activity("file", "read", "/tmp/b", "r2", alias="live"), detection("r3", alias="live")]
    whole = merge(observe(first), observe(later))
    with store(connection) as one:
        one.ingest([first], unheard)
        assert not one.profile(unheard, alias="live").functions
        one.ingest([later], unheard)
        assert one.profile(unheard, alias="live") == believe(whole, alias="live")
        assert len(believe(whole, alias="live").activities("orders")) == 2
