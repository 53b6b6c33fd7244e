"""Names fold where new ones keep coming, and nowhere else; the state may be split and mixed at will."""

from collections import Counter

import pytest
from bench.folding import measured
from hypothesis import given, settings
from hypothesis import strategies as st

from hauberk.learn.fold.fold import folds
from hauberk.model.kind import Kind

NAMES = ("acme", "globex", "initech", "umbrella", "hooli", "stark", "wayne", "tyrell", "cyberdyne")
ULIDS = [f"01J{n * 7919 % 1000003:06d}XKQ" for n in range(9)]
RANDOM = [f"{a}7Gh2k{a}9" for a in "abcdefghi"]
S3 = "arn:aws:s3:::"

FOLDED = [
    # kind, targets, of which each was seen once, and the patterns
    ("file", [f"/mnt/t/{one}/x.json" for one in NAMES], ["/mnt/t/*/x.json"]),
    ("file", [f"/mnt/t/{one}.csv" for one in NAMES], ["/mnt/t/*.csv"]),
    ("file", [f"/mnt/t/for-{one}.csv" for one in NAMES], ["/mnt/t/for-*.csv"]),
    ("file", [f"/mnt/{one}.bin" for one in ULIDS], ["/mnt/*.bin"]),
    ("file", [f"/tmp/upload_{one}" for one in RANDOM], ["/tmp/upload_????????"]),
    ("file", [f"/tmp/upload_{one}/a" for one in RANDOM], ["/tmp/upload_????????/a"]),
    ("file", [f"/tmp/out/{one}.png" for one in NAMES], ["/tmp/out/*.png"]),
    ("host", [f"{one}.api.example.com" for one in NAMES], ["*.api.example.com"]),
    ("host", [f"{one}.example.co.uk" for one in NAMES], ["*.example.co.uk"]),
    ("api", [f"{S3}orders/{one}/a.json" for one in NAMES], [f"{S3}orders/*/a.json"]),
    # What does not take part keeps its value; two levels and types fold together.
    (
        "file",
        [*(f"/mnt/t/{one}/x.json" for one in NAMES), "/mnt/u/admin.key", "/mnt/t/for-x.key"],
        ["/mnt/t/*/x.json", "/mnt/t/for-x.key", "/mnt/u/admin.key"],
    ),
    (
        "file",
        [f"/mnt/t/{one}/2026-11-{day}.csv" for day, one in enumerate(NAMES, 11)],
        ["/mnt/t/*/*.csv"],
    ),
]

KEPT = [
    # the same, of which nothing may fold
    ("file", [f"/tmp/{one}" for one in NAMES]),
    ("file", [f"/tmp/{one}" for one in RANDOM]),
    ("file", [f"/tmp/upload_{one}" for one in NAMES]),  # words
    ("file", [f"/tmp/out/{one}" for one in NAMES]),  # programs have no ending
    ("file", [f"/etc/{one}.conf" for one in NAMES]),
    ("file", [f"/etc/app/{one}.conf" for one in NAMES]),
    ("file", [f"/proc/self/{one}" for one in NAMES]),
    ("file", [f"/var/task/{one}.py" for one in NAMES]),
    ("file", [f"/opt/python/{one}.py" for one in NAMES]),
    ("file", [f"/home/{one}/x" for one in NAMES]),
    ("file", [f"/{one}/x" for one in NAMES]),
    ("process", [f"/mnt/t/{one}" for one in NAMES]),
    ("process", [f"/mnt/t/{one}/run.sh" for one in NAMES]),
    ("code", [f"/mnt/t/{one}.so" for one in NAMES]),
    ("code", [f"orders.{one}" for one in NAMES]),
    ("host", [f"{one}.com" for one in NAMES]),
    ("host", [f"{one}.co.uk" for one in NAMES]),
    ("host", [f"{one}.eu.auth0.com" for one in NAMES]),
    ("host", [f"{one}.s3.eu-west-1.amazonaws.com" for one in NAMES]),
    ("host", [f"{one}.execute-api.eu-west-1.amazonaws.com" for one in NAMES]),
    ("address", [f"10.0.0.{one}:{4000 + one}" for one in range(9)]),
    ("address", [f"unix:/mnt/{one}.sock" for one in NAMES]),
    ("api", [f"{S3}{one}/a.json" for one in NAMES]),
    ("api", [f"arn:aws:dynamodb:eu-west-1:123456789012:table/{one}" for one in NAMES]),
    ("api", [f"arn:aws:iam::123456789012:role/{one}" for one in NAMES]),
    ("file", [f"/mnt/t/{one}.csv" for one in NAMES[:7]]),  # too few
]


def patterns(kind, counts, sandboxes=8):
    return [one.pattern for one in folds(Kind(kind), counts, sandboxes=sandboxes)]


@pytest.mark.parametrize(("kind", "targets", "expected"), FOLDED)
def test_names_that_keep_coming_fold_to_the_patterns_of_the_table(kind, targets, expected):
    counts = dict.fromkeys(targets, 1)
    assert patterns(kind, counts) == expected
    assert patterns(kind, counts, sandboxes=7) == sorted(targets) or "2026" in targets[0]


@pytest.mark.parametrize(("kind", "targets"), KEPT)
def test_these_names_stay_as_they_are(kind, targets):
    assert patterns(kind, dict.fromkeys(targets, 1)) == sorted(targets)


def test_names_that_come_again_and_again_stay_and_swallow_no_rare_one():
    counts = {f"/mnt/t/{one}.csv": 60 for one in NAMES} | {"/mnt/t/rare.csv": 1}
    assert patterns("file", counts) == sorted(counts)


def test_a_fold_says_for_which_targets_it_stands_and_why():
    counts = {f"/mnt/t/{one}.csv": n + 1 for n, one in enumerate(NAMES)}
    (one,) = folds(Kind.FILE, counts, sandboxes=8)
    assert one.targets == tuple(sorted(counts))
    assert one.why == "word: 9 seen, 1 of them once, 45 times in all"
    assert folds(Kind.FILE, {"/mnt/a": 3})[0].why == ""


SEGMENTS = st.sampled_from([*NAMES, "x", "1", "22", "2026-11-27", *RANDOM, "a.csv", "b.csv", "*"])
PATHS = st.tuples(st.sampled_from(["/mnt", "/tmp", "/etc"]), SEGMENTS, SEGMENTS).map("/".join)


@settings(max_examples=100, deadline=None)
@given(st.lists(PATHS, max_size=80), st.randoms())
def test_any_order_and_any_sharding_fold_alike_and_every_target_has_its_place(targets, chance):
    whole = folds(Kind.FILE, Counter(targets), sandboxes=8)
    mixed = list(targets)
    chance.shuffle(mixed)
    shards = [Counter(mixed[start::3]) for start in range(3)]
    assert folds(Kind.FILE, shards[2] + shards[0] + shards[1], sandboxes=8) == whole
    assert sorted(one for fold in whole for one in fold.targets) == sorted(set(targets))


def test_a_very_deep_path_is_folded_as_any_other():
    deep = ["/mnt" + "/a" * 500 + f"/{one}" for one in NAMES]
    assert len(patterns("file", dict.fromkeys(deep, 1))) == 1


def test_folding_by_evidence_leaves_little_new_and_lets_no_attacker_in():
    found = {(one.kind, one.way): one for one in measured(trained=4000, tried=1000)}
    for kind, most in (("file", 12_000), ("host", 12_000), ("api", 3_000)):
        assert found[kind, "types and evidence"].accepted == ()
        assert found[kind, "types and evidence"].new <= most
        assert found[kind, "types alone"].new >= 5 * found[kind, "types and evidence"].new
        assert found[kind, "more than ten children become `*`"].accepted
