"""A kind moves by itself where a person asked for it, when its list is complete, and never past what a person set."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache, reduce

import pytest
from log_lines import START, STREAM, activity, armed, detection
from typer.testing import CliRunner

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from hauberk.cli import app
from hauberk.learn import Partial, believe, merge, observe, propose
from hauberk.learn.edit import edited
from hauberk.learn.promote import promote
from hauberk.model.kind import Kind
from hauberk.model.mode import Mode
from hauberk.policy.file import from_bytes

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
SELDOM = ("/tmp/a", "/tmp/b", "/tmp/c")


def sandbox(number, lines):
    """The log of an environment that began `number` half days after the first."""
    at = (BEGIN + timedelta(hours=12 * number)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    own = {"environment": f"{number:032x}", "timestamp": at}
    head = armed(environment=own["environment"], stream=STREAM).replace(
        b"2026-11-23T19:11:00.123Z", at.encode()
    )
    return [head, START, *(one(own) for one in lines)]


def does(kind, operation, target):
    return lambda own: activity(kind, operation, target, **own)


@cache
def profile(days, odd=(), since=0):
    """Of two sandboxes a day: the same host each time; each of three files once; what is odd since a day."""
    always = [does("host", "resolve", "api.example.com")]
    partials = []
    for number in range(2 * days):
        lines = [*always, *(does("file", "read", one) for one in SELDOM[number : number + 1])]
        lines += [does(*one) for one in odd if number >= 2 * since]
        partials.append(observe(sandbox(number, lines)))
    return believe(reduce(merge, partials, Partial()))


SHELL = ("process", "start", "/bin/sh")
HEAD = (
    "hauberk: 1  # ours\nfunctions:\n  orders:\n    mode: {mode}   # since May\n    auto: {auto}\n"
)


def promoted(settings="", *, auto="alert", mode="detect", days=14, odd=(), rest="", since=0):
    text = HEAD.format(mode=mode, auto=auto) + settings + rest
    existing = from_bytes(text.encode(), "p")
    now = int(BEGIN.timestamp())
    proposal = promote(propose(profile(days, odd, since), existing), existing, now)
    change = edited(text.encode(), "p", proposal)
    assert not change.is_rewritten
    lines = iter(change.text.splitlines())
    assert all(line in lines for line in text.splitlines() if "promoted" not in line)
    return proposal.functions[0], change.text, from_bytes(change.text.encode(), "p").functions[0]


COMPLETE = {Kind.PROCESS, Kind.API, Kind.HOST, Kind.ADDRESS, Kind.CODE}  # all but the files

STAGES = [
    # what is set                                                      listed, and the mode of host then
    (dict(auto="off"), set(Kind), Mode.DETECT),  # as ever: all at once, modes untouched
    (dict(auto="propose"), set(), Mode.DETECT),
    (dict(auto="alert"), COMPLETE, Mode.DETECT),
    (dict(auto="prevent"), COMPLETE, Mode.PREVENT),
    (dict(auto="prevent", days=5), set(), Mode.DETECT),  # not complete
    (dict(auto="prevent", settings="    least_days: 31\n"), set(), Mode.DETECT),  # a monthly job
    (dict(auto="prevent", settings="    least_days: 10\n"), COMPLETE, Mode.PREVENT),
    (dict(auto="alert", mode="prevent"), COMPLETE, Mode.PREVENT),  # not looser than the function
    (dict(auto="prevent", mode="off"), set(), Mode.OFF),
    (dict(auto="prevent", settings="    protections: {host: detect}\n"), COMPLETE, Mode.DETECT),
    (dict(auto="alert", settings="    protections: {host: prevent}\n"), COMPLETE, Mode.PREVENT),
    (dict(auto="prevent", settings="    protections: {host: off}\n"), COMPLETE - {Kind.HOST}, Mode.OFF),
    (dict(auto="prevent", odd=(SHELL,)), COMPLETE - {Kind.PROCESS}, Mode.PREVENT),  # a shell waits
]  # fmt: skip


@pytest.mark.parametrize(("given", "listed", "mode"), STAGES)
def test_a_kind_moves_as_far_as_it_is_asked_and_no_further(given, listed, mode):
    told, text, after = promoted(**given)
    assert set(after.allowlist) == listed
    assert after.protections.get("host", after.mode) is mode
    made = {move.kind for move in told.moves if move.is_made}
    assert made == (set() if given["auto"] == "off" else listed)
    assert set(told.waiting) | {move.kind for move in told.moves} == (
        set() if given["auto"] == "off" else set(Kind)
    )
    again = from_bytes(text.encode(), "p")
    once_more = promote(
        propose(profile(given.get("days", 14), given.get("odd", ())), again), again, 0
    )
    assert edited(text.encode(), "p", once_more).text == text


def test_what_moved_and_what_waits_says_why():
    told, text, _ = promoted(auto="prevent", odd=(SHELL,))
    moves = {move.kind: move for move in told.moves}
    assert moves[Kind.HOST].why.startswith("complete, at most ")
    assert (moves[Kind.HOST].before, moves[Kind.HOST].after) == (None, Mode.PREVENT)
    assert told.waiting[Kind.FILE].startswith("not complete, 1.9 of ")
    assert "left for you to decide" in told.waiting[Kind.PROCESS]
    assert "promoted: {" in text.replace("\n", " ") or "promoted:\n" in text
    told, _, _ = promoted(auto="propose")
    assert [move.is_made for move in told.moves] == [False] * len(COMPLETE)


ELSEWHERE = ("host", "resolve", "cdn-metrics.example")
SINCE = [
    # since which day of 30 another host is asked for, twice a day        does it wait for a person?
    (0, False),
    (10, False),
    (20, True),
]


@pytest.mark.parametrize(("since", "waits"), SINCE)
def test_what_is_new_after_a_list_was_complete_holds_its_kind_back(since, waits):
    told, _, after = promoted(auto="prevent", days=30, odd=(ELSEWHERE,), since=since)
    assert (Kind.HOST not in after.allowlist) == waits
    assert [one.why for one in told.left_out if one.what.kind is Kind.HOST] == (
        ["new on day 7 after the list was complete"] if waits else []
    )
    assert ("left for you to decide" in told.waiting.get(Kind.HOST, "")) == waits


DECIDED = [
    # what a person says of the shell                                                  is it listed then?
    ("rules: [{name: r, kind: process, patterns: ['**/sh'], scope: account}]\n", True),
    ("exclusions: [{name: e, kind: process, patterns: [/bin/sh], scope: account}]\n", True),
    ("rules: [{name: r, kind: process, patterns: ['**/bash'], scope: account}]\n", False),
    ("rules: [{name: r, kind: process, patterns: ['**/sh'], scope: account, expires: 1970-01-01}]\n", False),
]  # fmt: skip


@pytest.mark.parametrize(("rest", "is_listed"), DECIDED)
def test_a_dangerous_value_waits_until_a_person_decided(rest, is_listed):
    _, _, after = promoted(auto="prevent", odd=(SHELL,), rest=rest)
    assert (Kind.PROCESS in after.allowlist) == is_listed
    assert after.allowlist.get(Kind.PROCESS, ()) == ()  # the shell itself is on no list


ON = [
    # the list and the promotion                                               moves on to prevent?
    ("host: [{target: api.example.com}]", "{host: detect}", True),
    ("host: [{target: api.example.com}]", "{}", False),  # a person's list
    ("host: []", "{host: detect}", False),  # something is new
    ("host: [{target: api.example.com}]", "{host: prevent}", False),  # it is there
]


@pytest.mark.parametrize(("listed", "before", "moves"), ON)
def test_what_was_moved_to_alerts_goes_on_when_nothing_is_new(listed, before, moves):
    settings = f"    allowlist: {{{listed}}}\n    promoted: {before}\n"
    text = HEAD.format(mode="detect", auto="prevent") + settings
    existing = from_bytes(text.encode(), "p")
    (told,) = promote(propose(profile(14), existing), existing, 0).functions
    assert (Kind.HOST in {move.kind for move in told.moves}) == moves


def test_attacks_alone_empty_no_kind():
    attacked = [
        lambda own: detection("bad", **own),
        lambda own: activity("code", "load", "/a.so", "bad", **own),
    ]
    partials = [
        observe(sandbox(number, [*attacked, does("host", "resolve", "a.b")]))
        for number in range(28)
    ]
    existing = from_bytes(HEAD.format(mode="detect", auto="alert").encode(), "p")
    proposal = propose(believe(reduce(merge, partials, Partial())), existing)
    (told,) = promote(proposal, existing, 0).functions
    assert "only invocations under attack" in told.waiting[Kind.CODE]
    assert Kind.CODE not in told.new


def test_the_command_moves_a_kind_and_prints_why(tmp_path, monkeypatch):
    (tmp_path / "logs").mkdir()
    for number in range(28):
        lines = sandbox(number, [does("host", "resolve", "api.example.com")])
        (tmp_path / f"logs/{number}.log").write_bytes(b"".join(lines))
    (tmp_path / "hauberk.yaml").write_text(HEAD.format(mode="detect", auto="prevent"))
    monkeypatch.chdir(tmp_path)
    variables = {"NO_COLOR": "1", "COLUMNS": "200", "XDG_CONFIG_HOME": str(tmp_path)}
    runner = CliRunner(env=variables)
    told = json.loads(
        runner.invoke(
            app, ["allowlist", "diff", "hauberk.yaml", "--log", "logs", "--format", "json"]
        ).stdout
    )
    assert ("mode", "host", "narrower") in {
        (one["section"], one["what"], one["effect"]) for one in told["changes"]
    }
    done = runner.invoke(app, ["learn", "logs"])
    assert done.exit_code == 0, done.stderr
    assert "host moved, learning → prevent: complete, at most " in done.stdout
    told = json.loads(runner.invoke(app, ["learn", "logs", "--format", "json"]).stdout)
    assert (told["functions"][0]["moves"], told["functions"][0]["waiting"]) == ([], {})
    explained = runner.invoke(
        app, ["policy", "explain", "orders", "host", "resolve", "evil.example"]
    ).stdout
    assert "block: not on the allowlist" in explained
