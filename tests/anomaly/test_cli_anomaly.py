"""`hauberk anomaly`: logs and a store teach the same, what is rare in another log is told, bad input is said."""

import json

import pytest
from log_lines import START, activity, armed, detection
from typer.testing import CliRunner

from hauberk.anomaly.model import merge
from hauberk.anomaly.model_file import read_models
from hauberk.cli import app
from hauberk.cli.anomalies import _at_most
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

READ = Activity(Kind.API, "s3:GetObject", "arn:aws:s3:::orders/a.json")
HOST = Activity(Kind.HOST, "resolve", "pay.example.com")
SHELL = Activity(Kind.PROCESS, "start", "/usr/bin/bash")


def _stamp(hour, second):
    return f"2026-{1 + hour // 672:02}-{1 + hour % 672 // 24:02}T{hour % 24:02}:00:{second:02}.000Z"


def _log(hours, *more):
    """A function with a sandbox an hour, as its log would be."""
    lines = [armed(), START]
    for hour in hours:
        told = {"environment": f"{hour:032x}", "request": f"r{hour}"}
        lines += [
            armed(environment=told["environment"]),
            activity(*HOST, timestamp=_stamp(hour, 1), **told),
            activity(*READ, timestamp=_stamp(hour, 2), **told),
        ]
    return b"".join([*lines, *more])


@pytest.fixture
def hauberk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "may.log").write_bytes(_log(range(0, 1344, 8)))
    bad = {"environment": f"{1400:032x}", "request": "bad"}
    shell = activity(*SHELL, timestamp=_stamp(1400, 3), **bad)
    probe = detection("other", environment=bad["environment"])
    (tmp_path / "june.log").write_bytes(_log([1400], shell, probe))

    def run(*arguments):
        return CliRunner().invoke(app, ["anomaly", *arguments])

    return run


def test_a_log_teaches_and_another_one_is_told_of(hauberk):
    learned = hauberk("learn", "may.log")
    assert learned.exit_code == 0, learned.output
    rows = [line for line in learned.stdout.splitlines() if line.startswith(("│", "┃"))]
    assert rows and all(row.endswith(row[0]) and "…" not in row for row in rows), learned.stdout
    told = hauberk("score", "june.log", "--format", "json", "--fail-on", "alert")
    assert told.exit_code == 1
    (alert,) = json.loads(told.stdout)
    assert (alert["request_id"], alert["detected"]) == ("bad", False)
    assert alert["why"][0]["value"] == "process /usr/bin/bash"
    assert alert["score"] > alert["threshold"] and alert["question"] == "things"
    text = hauberk("score", "june.log").stdout
    assert f"bad: {alert['score']:.1f}, told from {alert['threshold']:.1f}\n" in text
    assert "process /usr/bin/bash: 0 of " in text and "1 alert of 2 invocations" in text
    assert hauberk("score", "may.log", "--fail-on", "alert").exit_code == 0


SILENT = [
    # a log,                          what is said of it,                                      status
    (armed(), "orders: nothing to score, no activity is recorded: of a kind that has an allowlist", 0),
    (armed("other"), "other: no model; nothing is told of it", 0),
    (b"no line of Hauberk's\n", "no record of Hauberk is believed in these", 2),
]  # fmt: skip


@pytest.mark.parametrize("is_kept", [False, True])
@pytest.mark.parametrize(("log", "said", "status"), SILENT)
def test_where_nothing_can_be_scored_it_says_why(hauberk, tmp_path, log, said, status, is_kept):
    assert hauberk("learn", "may.log").exit_code == 0
    (tmp_path / "silent.log").write_bytes(log + START)
    words = ["silent.log"]
    if is_kept:
        CliRunner().invoke(app, ["learn", "silent.log", "--store", "kept", "-o", "h.yaml"])
        words = ["--store", "kept"]
    told = hauberk("score", *words)
    assert (told.exit_code, said in told.stderr) == (status, True), told.output
    assert "0 alerts of" not in told.stdout
    assert status or "nothing was scored" in told.stdout


def test_a_store_gives_the_same_model_as_its_logs(hauberk, tmp_path):
    assert hauberk("learn", "may.log", "june.log", "-o", "logs.json").exit_code == 0
    words_ = ["learn", "may.log", "june.log", "--store", "kept", "-o", "h.yaml", "--accept-review"]
    done = CliRunner().invoke(app, words_)
    assert done.exit_code == 0, done.output
    assert hauberk("learn", "--store", "kept", "-o", "store.json").exit_code == 0
    assert (tmp_path / "store.json").read_text() == (tmp_path / "logs.json").read_text()


def test_earlier_models_are_added_to(hauberk, tmp_path):
    assert hauberk("learn", "may.log", "-o", "a.json").exit_code == 0
    assert hauberk("learn", "may.log", "--add", "a.json", "-o", "b.json").exit_code == 0
    once, twice = (read_models((tmp_path / name).read_bytes(), name) for name in ("a.json", "b.json"))  # fmt: skip
    assert twice["orders"].model == merge(once["orders"].model, once["orders"].model)


BAD = [
    (["learn"],),
    (["learn", "none.log"],),
    (["score", "may.log", "--model", "may.log"],),
    (["score"],),
]


@pytest.mark.parametrize(("arguments",), BAD)
def test_bad_input_is_said(hauberk, tmp_path, arguments):
    (tmp_path / "anomaly.json").write_text('{"anomaly":2,"functions":{}}')
    assert hauberk(*arguments).exit_code == 2


MODELS = [
    # what the file holds; None: it is not there        what is said
    (None, "x.json: no such file; `hauberk anomaly learn LOGS -o x.json` writes one"),
    ("", "x.json: holds no models; name a file that `hauberk anomaly learn LOGS -o FILE` wrote"),
    ("\xff", "x.json: holds no models"),
    ('{"profile":1}', "x.json: holds no models"),
    ("hauberk: 1\n", "x.json: holds no models"),
    ('{"anomaly":2}', "x.json: a damaged file of models; `hauberk anomaly learn LOGS -o x.json` writes it anew"),
    ('{"anomaly":2,', "x.json: a damaged file of models"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "said"), MODELS)
def test_what_holds_no_models_is_said_with_what_writes_them(hauberk, tmp_path, content, said):
    if content is not None:
        (tmp_path / "x.json").write_text(content, encoding="latin-1")
    for words in (
        ["score", "may.log", "--model", "x.json"],
        ["learn", "may.log", "--add", "x.json"],
    ):
        done = hauberk(*words)
        assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
        assert "Error)" not in done.stderr


@pytest.mark.parametrize(
    ("given", "status"), [("nan", 2), ("-1", 2), ("inf", 2), ("x", 2), ("0", 0), ("5.5", 0)]
)
def test_a_threshold_is_a_number_from_0_on(hauberk, given, status):
    assert hauberk("learn", "may.log").exit_code == 0
    assert hauberk("score", "may.log", f"--threshold={given}").exit_code == status


def test_a_bound_is_never_written_lower_than_it_is():
    for alerts in (0.0, 0.04, 1.0, 1.07, 9.96, 9.99, 10.2, 1234.5):
        assert float(_at_most(alerts).replace(",", "")) >= alerts
    assert (_at_most(1.07), _at_most(1.0), _at_most(10.2)) == ("1.1", "1.0", "11")


@pytest.mark.parametrize("words_", [["score", "may.log"], ["learn", "may.log", "--add", "anomaly.json"]])  # fmt: skip
def test_models_of_an_earlier_version_are_refused_with_what_to_do(hauberk, tmp_path, words_):
    (tmp_path / "anomaly.json").write_text('{"anomaly":1,"functions":{}}')
    told = hauberk(*words_)
    assert told.exit_code == 2
    assert "another version" in told.stderr and "hauberk anomaly learn" in told.stderr


def test_a_model_that_never_tells_says_so_and_one_that_tells_does_not(hauberk):
    for learned, options, is_warned in (
        ("june.log", (), True),
        ("june.log", ("--threshold", "2"), False),
        ("may.log", (), False),
    ):
        assert hauberk("learn", learned).exit_code == 0
        told = hauberk("score", "june.log", *options)
        assert ("its model never tells" in told.stderr) is is_warned, (learned, options)
