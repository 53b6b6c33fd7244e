"""Models read as they were written; what is none, or another version's, is refused with what to do."""

import pytest

from hauberk.anomaly.invocation import Invoked, Phase
from hauberk.anomaly.lesson import learned_of
from hauberk.anomaly.model_file import ModelError, model_text, read_models
from hauberk.learn.profile.believe import HOUR_MS
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

HOST = Activity(Kind.HOST, "resolve", "pay.example.com")


def one(hour):
    """An invocation in an hour."""
    at = hour * HOUR_MS
    return Invoked("orders", "0" * 32, "r1", at, Phase.FIRST, ((at, HOST),), (), False, False)


def test_models_read_as_they_were_written():
    known = {"orders": learned_of(map(one, range(400)), frozenset(range(400)))}
    text = model_text(known)
    assert read_models(text.encode(), "x") == known
    assert model_text(read_models(text.encode(), "x")) == text


NO_MODELS = [
    b"",
    b"[]",
    b"{}",
    b'{"anomaly":3,"functions":{}}',
    b'{"anomaly":2,"functions":{"a":{}}}',
]


@pytest.mark.parametrize("content", NO_MODELS)
def test_what_is_no_model_is_refused(content):
    with pytest.raises(ModelError, match="`hauberk anomaly learn LOGS -o x`"):
        read_models(content, "x")


def test_what_an_earlier_version_wrote_is_refused_with_what_to_do():
    with pytest.raises(ModelError, match=r"another version.*`hauberk anomaly learn LOGS -o x`"):
        read_models(b'{"anomaly":1,"functions":{}}', "x")
