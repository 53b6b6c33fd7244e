"""Typed parts fold when three values differ; what an attacker would choose is never let in."""

import json
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import activity, shown

from hauberk.learn.compare import compared
from hauberk.learn.evidence import evidence_of
from hauberk.learn.fold.drawn import Drawn, drawn
from hauberk.learn.fold.fold import drawn_ports, fold
from hauberk.learn.fold.folded import folded
from hauberk.learn.fold.shape import parts
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.model.literal import literal
from hauberk.policy.pattern import pattern_fault

native = pytest.importorskip("hauberk._native", reason="the native core is not built here")

UUIDS = [str(UUID(int=n * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)) for n in range(1, 4)]
HEX = ["9e3779b97f4a7c15", "3c6ef372fe94f82a", "daa66d2c7ddf743f"]
A_UUID = "????????-????-????-????-????????????"
S3 = "arn:aws:s3:::"

FOLDED = [
    # kind, targets, patterns
    ("file", [f"/data/{one}.json" for one in (1, 22, 333)], ["/data/*.json"]),
    ("file", [f"/data/{one}.json" for one in (1, 22)], ["/data/1.json", "/data/22.json"]),
    ("file", ["/data/1", "/data/2", "/data/2", "/data/1"], ["/data/1", "/data/2"]),
    ("file", [f"/data/{one}/a" for one in UUIDS], ["/data/*/a"]),
    ("file", [f"/data/{one}" for one in HEX], ["/data/*"]),
    ("file", [f"/logs/2026-11-{one}.log" for one in (21, 22, 23)], ["/logs/*.log"]),
    ("file", [f"/logs/20261121T1911{one}Z" for one in (21, 22, 23)], ["/logs/*"]),
    (
        "file",
        [f"/tmp/tmp{one}" for one in ("ab_1cd2x", "zz9yxwvu", "q1w2e3r4")],
        ["/tmp/tmp????????"],
    ),
    ("file", ["/tmp/tmpab_1cd2x"], ["/tmp/tmp????????"]),  # one is enough: it never comes again
    ("file", ["/tmp/tmpab_1cd2x/out.png"], ["/tmp/tmp????????/out.png"]),
    ("file", ["/tmp/tmpdatabase", "/tmp/tmpl"], ["/tmp/tmpdatabase", "/tmp/tmpl"]),  # words
    ("file", [f"/tmp/order-{one}.pdf" for one in (1, 2, 3)], ["/tmp/order-*.pdf"]),
    ("file", [f"/tmp/{one}/a.png" for one in UUIDS], [f"/tmp/{A_UUID}/a.png"]),
    ("process", [f"/var/task/{one}/run" for one in UUIDS], ["/var/task/*/run"]),
    ("code", [f"/opt/lib/{one}/x.so" for one in HEX], ["/opt/lib/*/x.so"]),
    ("host", [f"node-{one}.db.example.com" for one in (1, 2, 3)], ["node-*.db.example.com"]),
    ("api", [f"{S3}orders/{one}.png" for one in UUIDS], [f"{S3}orders/*.png"]),
    (
        "api",
        [f"arn:aws:sqs:eu-west-1:123456789012:jobs-{one}" for one in (1, 2, 3)],
        ["arn:aws:sqs:eu-west-1:123456789012:jobs-*"],
    ),
    ("file", [f"/proc/{one}/status" for one in (7, 8, 9)], ["/proc/*/status"]),
    ("file", [f"/proc/{one}/task/{one}/stat" for one in (7, 8, 9)], ["/proc/*/task/*/stat"]),
    # Only what differs folds; the rest keeps its value.
    ("file", [f"/data/7/{one}" for one in (1, 2, 3)], ["/data/7/*"]),
    (
        "file",
        [f"/data/{year}/{one}" for year in (2025, 2026) for one in (1, 2, 3)],
        ["/data/2025/*", "/data/2026/*"],
    ),
    ("file", ["/data/1/9", "/data/2/9", "/data/3/8"], ["/data/1/9", "/data/2/9", "/data/3/8"]),
    # What is a sign in patterns is taken as it is.
    ("file", ["/data/a*", "/data/b?", "/data/c\\"], ["/data/a\\*", "/data/b\\?", "/data/c\\\\"]),
    ("file", [f"/data/[{one}]*" for one in (1, 2, 3)], ["/data/[*]\\*"]),
    ("api", ["*"], ["\\*"]),
]

NOT_FOLDED = [
    # kind, targets that look alike but stay as they are
    ("file", ["/tmp/alpha", "/tmp/beta", "/tmp/gamma"]),
    ("file", [f"/tmp/{one}" for one in (1, 2, 3)]),
    ("file", [f"/tmp/{one}-{one}" for one in (1, 2, 3)]),
    ("file", [f"/tmp/{one}" for one in HEX]),
    ("file", [f"/tmp/{one}/a" for one in (1, 2, 3)]),
    ("file", [f"/dev/shm/{one}" for one in HEX]),
    ("file", [f"/etc/{one}" for one in (1, 2, 3)]),
    ("file", [f"/proc/{one}/{name}" for one in (1, 2, 3) for name in ("environ", "maps", "fd/1")]),
    ("file", [f"/{one}/a" for one in (1, 2, 3)]),
    ("file", [f"/data/v{one}" for one in (1, 2, 3)]),  # a number in a word is a part of its name
    ("process", [f"/tmp/{one}" for one in (1, 2, 3)]),
    ("process", ["a-1", "a-2", "a-3"]),
    ("host", [f"{one}.com" for one in HEX]),
    ("host", [f"shop-{one}.com" for one in (1, 2, 3)]),
    ("host", [f"shop-{one}.co.uk" for one in (1, 2, 3)]),
    ("host", [f"bucket-{one}.s3.amazonaws.com" for one in (1, 2, 3)]),
    ("host", [f"{one}.execute-api.eu-west-1.amazonaws.com" for one in HEX]),
    ("host", [f"tenant-{one}.eu.auth0.com" for one in (1, 2, 3)]),
    ("api", [f"{S3}bucket-{one}/a" for one in (1, 2, 3)]),
    ("api", [f"arn:aws:sqs:eu-west-1:{one}:jobs" for one in (100, 200, 300)]),
    ("api", [f"arn:aws:sqs:eu-west-1:123456789012:{one}" for one in (1, 2, 3)]),
    ("address", [f"10.0.0.{one}:443" for one in (1, 2, 3)]),
    ("address", [f"unix:/tmp/order-{one}" for one in (1, 2, 3)]),
    ("code", [f"orders_{one}.handler" for one in (1, 2, 3)]),
]

ATTACKS = [
    # kind, what was learned, what an attacker brings
    ("file", [f"/tmp/tmp{one:08d}" for one in range(9)], ["/tmp/kworker", "/tmp/tmp1/run.sh"]),
    ("file", [f"/tmp/{one}/a.png" for one in UUIDS], ["/tmp/evil/a.png", "/tmp/x/y/a.png"]),
    ("file", [f"/tmp/{one}" for one in (1, 2, 3)], ["/tmp/kworker", "/tmp/4"]),
    ("file", ["/etc/hosts", "/etc/resolv.conf", "/etc/localtime"], ["/etc/shadow"]),
    ("file", [f"/proc/{one}/stat" for one in (7, 8, 9)], ["/proc/1/environ", "/proc/1/stat/x"]),
    ("file", [f"/data/{one}.json" for one in (1, 2, 3)], ["/data/../etc/shadow", "/data/a/1.json"]),
    ("file", ["/data/*"], ["/data/anything"]),
    ("process", [f"/tmp/{one}/run" for one in UUIDS], ["/tmp/upload_evil/run"]),
    ("host", [f"node-{one}.db.example.com" for one in (1, 2, 3)], ["node-1.evil.db.example.com"]),
    ("host", [f"b-{one}.s3.amazonaws.com" for one in (1, 2, 3)], ["b-4.s3.amazonaws.com"]),
    ("host", [f"t{one}.eu.auth0.com" for one in (1, 2, 3)], ["attacker.eu.auth0.com"]),
    ("api", [f"{S3}b-{one}/k" for one in (1, 2, 3)], [f"{S3}b-4/k", f"{S3}evil/k"]),
    ("api", ["*"], [f"{S3}evil/k"]),
]


def judge(kind, patterns):
    document = {"hauberk": 1, "function": "f", "mode": "prevent"}
    document["allowlist"] = {kind: [f"* {one}" for one in patterns]}
    return native.Judge(json.dumps(document).encode())


@pytest.mark.parametrize(("kind", "targets", "patterns"), FOLDED)
def test_targets_fold_to_the_patterns_of_the_table(kind, targets, patterns):
    assert fold(Kind(kind), targets) == tuple(sorted(patterns))


TEMPORARY = [
    # what the module tempfile named            the pattern
    ("/tmp/7w1q04p9", "/tmp/????????"),  # its test of the folder, at each cold start
    ("/tmp/abcdefgh", "/tmp/????????"),
    ("/tmp/tmpabcdefgh", "/tmp/tmp????????"),
    ("/tmp/order-7w1q04p9.png", "/tmp/order-????????.png"),
    ("/tmp/tmpab_1cd2x/tmp7w1q04p9", "/tmp/tmp????????/tmp????????"),
    ("/7w1q04p9", "/????????"),
    ("/dev/shm/pym-17221-7w1q04p9", "/dev/shm/pym-*-????????"),  # a process' number
    ("/tmp/invoices-7w1q04p9-original.pdf", "/tmp/invoices-????????-original.pdf"),
    ("/tmp/invoices-abcdefgh.pdf", "/tmp/invoices-????????.pdf"),
    ("/dev/shm/17221-7w1q04p9", "/dev/shm/17221-????????"),
    ("/tmp", "/tmp"),
    ("/tmp/short", "/tmp/short"),
]


@pytest.mark.parametrize(("target", "expected"), TEMPORARY)
def test_a_name_that_tempfile_made_folds_at_once(target, expected):
    assert fold(Kind.FILE, [target], Drawn(names=frozenset([target]))) == (expected,)
    if expected.endswith(("/????????", "order-????????.png")):
        assert fold(Kind.FILE, [target])[0].rpartition("/")[2] == target.rpartition("/")[2]


PROFILES = [f"/tmp/profile-{name}" for name in ("i7iWvB", "O080LX", "banana")]
DRAWN = [
    # what was written, what the module tempfile named of it, what was done besides, the patterns of that
    (["/tmp/profile-XXXXXX"], (), PROFILES[:1], ["/tmp/profile-??????"]),
    (["/tmp/profile-XXXXXX"], (), [f"{PROFILES[0]}/lock"], ["/tmp/profile-??????/lock"]),
    (
        ["/tmp/profile-XXXXXX"],
        (),
        [f"{one}/{index}x" for index, one in enumerate(PROFILES)],  # what is below is its own
        ["/tmp/profile-??????/**"],
    ),
    (["/tmp/profile-XXXXXX"], (), ["/tmp/profile-1234567", "/tmp/profile-a/b"], None),
    (
        ["/tmp/a-XXXXXX.png"],
        (),
        ["/tmp/a-i7iWvB.png", "/tmp/a-i7iWvB.sh"],
        ["/tmp/a-??????.png", "/tmp/a-i7iWvB.sh"],
    ),
    (["/tmp/gs-71-XXXXXX"], (), ["/tmp/gs-72-i7iWvB"], ["/tmp/gs-*-??????"]),
    (["/tmp/gs-71-XXXXXX"], (), ["/tmp/gs-x-i7iWvB", "/tmp/gs7-i7iWvB"], None),
    (["/tmp/XXXXXX", "/tmp/aXXXXXXX"], (), ["/tmp/banana", "/tmp/abanana"], None),
    (["/tmp/profile"], (), PROFILES, None),
    (["/tmp/order-7w1q04p9"], (0,), ["/tmp/order-7w1q04p9/x"], ["/tmp/order-????????/x"]),
    (["/tmp/order-7w1q04p9"], (0,), ["/tmp/order-shoes123/x", "/tmp/order-7w1q04p9x"], None),
    (["/tmp/order-7w1q04p9"], (), ["/tmp/order-7w1q04p9/x"], None),
    (["/tmp"], (0,), ["/tmp/a", "/tmp/b", "/tmp/c"], None),  # all share it
    (
        ["/tmp/pymp-7w1q04p9", "/tmp/pymp-7w1q04p9/listener-fpxvtbqk"],
        (0, 1),
        ["/tmp/pymp-7w1q04p9/listener-fpxvtbqk"],
        ["/tmp/pymp-????????/listener-????????"],
    ),
]


@pytest.mark.parametrize(("written", "named", "done", "expected"), DRAWN)
def test_what_was_drawn_at_random_is_known_by_who_drew_it(written, named, done, expected):
    writes = [Activity(Kind.FILE, "write", one) for one in written]
    for kind, before in ((Kind.FILE, ""), (Kind.ADDRESS, "unix:")):
        targets = [before + one for one in done]
        acts = [Activity(kind, "read" if kind is Kind.FILE else "connect", one) for one in targets]
        known = drawn([*writes, *acts], [writes[index] for index in named], writes)
        patterns = sorted(before + one for one in (expected or done))
        assert fold(kind, targets, known) == tuple(patterns)
        by_python = drawn([*writes, *acts], [writes[index] for index in named], [])
        if not named:
            assert fold(kind, targets, by_python) == tuple(sorted(targets))
    processes = [f"{one}/run" for one in done]
    assert fold(Kind.PROCESS, processes, known) == tuple(sorted(processes))


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (
            ["0.0.0.0:40001", "0.0.0.0:2000", "0.0.0.0:50000", "0.0.0.0:80"],
            ["0.0.0.0", "0.0.0.0:80"],
        ),
        (["[::]:40001", "[::]:40002", "[::]:40003"], ["::"]),
        (["0.0.0.0:40001", "0.0.0.0:40002", "127.0.0.1:40003"], None),
        (["0.0.0.0:80", "0.0.0.0:81", "0.0.0.0:82", "0.0.0.0:0"], None),
        (["unix:/a:2001", "unix:/a:2002", "unix:/a:2003"], None),
    ],
)
def test_ports_that_the_system_draws_are_any(bound, expected):
    found = drawn_ports(dict.fromkeys(bound, 1))
    left = set(bound).difference(*(one.targets for one in found))
    assert {one.pattern for one in found} | left == set(expected or bound)


@pytest.mark.parametrize(("kind", "targets"), NOT_FOLDED)
def test_these_targets_stay_as_they_are(kind, targets):
    assert fold(Kind(kind), targets) == tuple(sorted(targets))


@pytest.mark.parametrize(("kind", "learned", "brought"), ATTACKS)
def test_what_an_attacker_brings_is_not_on_the_learned_list(kind, learned, brought):
    ask = judge(kind, fold(Kind(kind), learned))
    for target in learned:
        assert ask.judge(kind, "read", target)[0] == "allow"
    for target in brought:
        assert ask.judge(kind, "read", target)[0] == "block"


PLAIN = ("tmp", "etc", "a", "v1", "1", "22", "333")
WORDS = st.sampled_from((*PLAIN, *"*?\\.-", *HEX, *UUIDS))
SEGMENTS = (
    st.lists(WORDS, min_size=1, max_size=3).map("".join).filter(lambda one: one not in {".", ".."})
)
TARGETS = {
    Kind.FILE: st.lists(SEGMENTS, min_size=1, max_size=4).map(lambda one: "/" + "/".join(one)),
    Kind.HOST: st.lists(SEGMENTS, min_size=1, max_size=4).map(".".join),
    Kind.API: st.lists(SEGMENTS, min_size=1, max_size=3).map(lambda one: S3 + "/".join(one)),
}
LISTS = st.sampled_from(list(TARGETS)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.lists(TARGETS[kind], max_size=12))
)


@settings(max_examples=300, deadline=None)
@given(LISTS, st.randoms())
def test_folding_allows_every_target_and_asks_for_no_order(case, random):
    kind, targets = case
    patterns = fold(kind, targets)
    ask = judge(kind.value, patterns)
    assert all(ask.judge(kind.value, "read", one)[0] == "allow" for one in targets)
    assert all(pattern_fault(kind, one) is None for one in patterns)
    shuffled = targets * 2
    random.shuffle(shuffled)
    assert fold(kind, shuffled) == patterns


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(Kind)), st.text(max_size=40) | TARGETS[Kind.FILE])
def test_a_target_taken_apart_is_the_same_target(kind, target):
    assert "".join(part.text for part in parts(kind, target)) == target


@settings(max_examples=300, deadline=None)
@given(st.text("ab*?\\/.", max_size=12), st.text("ab*?\\/.", max_size=12))
def test_a_literal_matches_itself_only(target, other):
    ask = judge("file", [literal(target)])
    assert (ask.judge("file", "read", other)[0] == "allow") is (other == target)


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        (["/usr/bin/browser"], "/tmp/e??????.py"),
        (["/var/task/app.py:59 save", "/var/task/app.py:8 handler"], "/tmp/eabcdef.py"),
        (["<string>:1 <module>"], "/tmp/eabcdef.py"),
        (None, "/tmp/eabcdef.py"),
    ],
)
def test_what_python_opens_is_no_template(stack, expected):
    told = {} if stack is None else {"stack": stack}
    template, made = (
        activity("file", "write", f"/tmp/{name}.py", **told) for name in ("eXXXXXX", "eabcdef")
    )
    view = shown([template, made]).functions["orders"]
    patterns = {one.fold.pattern for one in folded(evidence_of(view), view.temporary)}
    is_drawn = "?" in expected
    assert patterns == {expected} | (set() if is_drawn else {"/tmp/eXXXXXX.py"})
    new = compared(shown([template]).functions["orders"], view).new
    assert [one.pattern for one in new] == ([] if is_drawn else [expected])
