"""`hauberk learn`: from a log to a policy that the judge agrees with."""

import json
import os

import pytest
from learn_log import LOG
from log_lines import START, activity, armed

from hauberk.model.kind import Kind
from hauberk.policy.file import read

pytest.importorskip("hauberk._native", reason="the native core is not built here")


def test_a_log_becomes_a_policy(learn, tmp_path):
    done = learn("orders.log", "-o", "hauberk.yaml")
    assert done.returncode == 0
    assert done.stderr == b"hauberk: warning: 1 line was passed by: broken JSON\n"
    (orders,) = read(tmp_path / "hauberk.yaml").functions
    learned = {kind.value: [one.target for one in held] for kind, held in orders.allowlist.items()}
    assert learned == {
        "process": ["/var/task/bin/thumbnail"],
        "file": ["/tmp/order-*.pdf"],
        "api": ["\\*"],
        "host": [],
        "address": ["10.0.0.5:5432", "[::1]:80", "unix:/tmp/a\\*"],
        "code": [],
    }
    told = done.stdout.decode()
    assert "from 6 invocations and cold starts that wrote records, 1 of them under attack\n" in told
    assert "left out, since only those under attack did it: 1 activity\n" in told
    assert "3.0 weeks to go" in told and "\nalarms a week: false alarms that the list would" in told


def test_by_way_of_a_store_the_policy_is_the_same(learn, tmp_path):
    without = learn("orders.log", "-o", "without.yaml", "--format", "json")
    for words in (("orders.log",), ("orders.log", "orders.log"), ()):
        done = learn(*words, "--store", "records", "-o", "with.yaml", "--format", "json")
        assert (done.returncode, done.stderr) == (0, without.stderr)
        told, expected = (json.loads(one.stdout) for one in (done, without))
        assert (tmp_path / "with.yaml").read_bytes() == (tmp_path / "without.yaml").read_bytes()
        if words == ("orders.log",):
            assert told == expected


def test_how_the_alarms_came_down_is_drawn_and_what_folding_brought_is_said(learn, tmp_path):
    (tmp_path / "days").mkdir()
    for day in range(1, 21):
        token, stamp = f"{day:032x}", f"2026-11-{day:02}T02:10:00Z"
        about = {"environment": token, "timestamp": stamp}
        acts = [activity("file", "write", f"/tmp/order-{day * 7}.pdf", **about)]
        acts += [activity("host", "resolve", "new.example.com", **about)] if day == 20 else []
        head = armed(environment=token, stream=f"2026/11/{day:02}/[$LATEST]{token}")
        start = head.replace(b"2026-11-23T19:11:00", stamp[:-1].encode())
        (tmp_path / "days" / f"{day}.log").write_bytes(b"".join([start, START, *acts]))
    text = learn("days", "-o", "a.yaml").stdout.decode()
    lines = {line.split()[1]: line for line in text.splitlines() if "▃" in line}
    assert list(lines) == [kind.value for kind in Kind]
    assert "≤ 78" in lines["file"] and "≤ 0.7" in lines["file"]
    assert all(len(line) <= 80 for line in lines.values())
    assert "without folding the alarms a week would be file ≤ " in text
    told = json.loads(learn("days", "-o", "b.yaml", "--format", "json").stdout)
    kinds = {one["kind"]: one for one in told["functions"][0]["kinds"]}
    days = [at["day"] for at in kinds["host"]["curve"]]
    assert (days[0], days[-1], len(days)) == ("2026-11-01", "2026-11-20", 20)
    assert kinds["host"]["curve"][-1]["alarms_a_week"] == kinds["host"]["alarms_a_week"]
    assert kinds["host"]["curve"][-2]["alarms_a_week"] < kinds["host"]["alarms_a_week"]
    assert kinds["file"]["alarms_a_week_unfolded"] > 5
    assert 0 < kinds["file"]["next_invocation"] < 0.1


@pytest.mark.parametrize("names", ["abcdefghijklmnopqrstuvwxyz", "ab"])
@pytest.mark.parametrize("width", [80, 120])
def test_a_row_of_the_table_stands_on_one_line(learn, tmp_path, monkeypatch, names, width):
    monkeypatch.setenv("COLUMNS", str(width))
    acts = [
        activity("file", "read", f"/opt/{name}", request=f"r{n}")
        for n, name in enumerate(names * 40)
    ]
    lines = [
        armed(),
        START,
        *acts,
        *(activity("host", "resolve", f"{name * 3}.example") for name in names),
    ]
    (tmp_path / "many.log").write_bytes(b"".join(lines))
    text = learn("many.log", "-o", "a.yaml").stdout.decode()
    rows = [line.split("│") for line in text.splitlines() if line.startswith("│")]
    kinds = [row for row in rows if len(row) == 9]
    assert [row[1].strip() for row in kinds] == [kind.value for kind in Kind]
    assert all(row[-2].strip().endswith((" to go", "complete")) for row in kinds)
    assert max(map(len, text.splitlines()[1:10])) <= width


def test_neither_a_log_nor_a_store_is_refused(learn):
    done = learn()
    assert done.returncode == 2
    assert b"no log is named; name one, or the --store that holds records" in done.stderr


def test_a_folder_that_is_no_store_is_refused_by_its_name(learn):
    done = learn("orders.log", "--store", ".")
    assert done.returncode == 2
    assert b"neither a store nor an empty folder; name another --store" in done.stderr


def test_the_same_log_twice_leaves_every_byte(learn, tmp_path):
    file = tmp_path / "hauberk.yaml"
    assert learn("orders.log").returncode == 0
    first, written = file.read_bytes(), file.stat().st_mtime_ns
    assert learn("orders.log").returncode == 0
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (first, written)


def test_json_tells_the_same_as_the_table(learn):
    told = json.loads(learn("-", "--format", "json", given=LOG).stdout)
    (orders,) = told["functions"]
    assert told["unreadable"] == {"broken JSON": 1}
    assert (orders["invocations"], orders["attacked"], orders["dropped"]) == (6, 1, 1)
    file = next(one for one in orders["kinds"] if one["kind"] == "file")
    assert file == {
        "kind": "file",
        "seen": 4,
        "new": 1,
        "entries": 1,
        "review": 0,
        "state": "learning",
        "alarms_a_week": 78.35,
        "weeks_needed": 3.03,
        "alarms_a_week_unfolded": 151.18,
        "curve": [{"day": "2026-11-23", "alarms_a_week": 78.35, "is_complete": False}],
        "next_invocation": pytest.approx(0.0777, abs=1e-4),
    }
    assert orders["folds"] == [
        {
            "kind": "file",
            "operation": "write",
            "target": "/tmp/order-*.pdf",
            "stands_for": 4,
            "why": "number: 4 seen, 4 of them once, 4 times in all",
        }
    ]


SHELL = activity("process", "start", "/usr/bin/sh")


def test_what_is_dangerous_is_left_for_a_person_and_told(learn, tmp_path):
    done = learn("-", given=LOG + SHELL)
    assert done.returncode == 0
    assert "/usr/bin/sh" not in (tmp_path / "hauberk.yaml").read_text()
    told = done.stdout.decode()
    assert "1 entry is left out, for you to decide: " in told
    assert "starts a shell" in told and "needs no review (`hauberk learn --code`)" in told
    (orders,) = json.loads(learn("-", "--format", "json", given=LOG + SHELL).stdout)["functions"]
    (left,) = orders["review"]
    assert (left["kind"], left["operation"], left["target"]) == ("process", "*", "/usr/bin/sh")
    assert (left["stands_for"], left["invocations"], left["why"]) == (1, 1, "starts a shell")


def test_a_crowd_of_what_callers_named_hides_no_danger(learn):
    hosts = [
        activity("host", "resolve", f"{chr(97 + at % 26)}{at}x.example", named_by="body→$.url")
        for at in range(70)
    ]
    shown = activity("code", "load", "/tmp/x.so")
    told = learn("-", given=b"".join([LOG, *hosts, shown])).stdout.decode()
    assert "71 entries are left out" in told and "and 11 more" in told
    assert told.count("a caller named it") == 59 and "/tmp/x.so" in told


def test_what_a_person_accepts_is_listed_and_told(learn, tmp_path):
    done = learn("-", "--accept-review", given=LOG + SHELL)
    assert "/usr/bin/sh" in (tmp_path / "hauberk.yaml").read_text()
    assert "1 entry was taken by --accept-review: look at each" in done.stdout.decode()
    assert "left out, for you" not in learn("-", given=LOG + SHELL).stdout.decode()


def test_a_kind_of_which_all_is_left_out_is_told(learn, tmp_path):
    log = armed() + b"START RequestId: r1 Version: $LATEST\n" + SHELL
    said = b"no process is allowed: all that was seen is left for you to decide"
    assert said in learn("-", given=log).stderr
    policy = (tmp_path / "hauberk.yaml").read_text()
    assert "process: []" in policy
    assert learn("-", given=log).returncode == 0
    assert (tmp_path / "hauberk.yaml").read_text() == policy


def test_the_file_keeps_its_mode_and_its_link(learn, tmp_path):
    (tmp_path / "real.yaml").write_text("hauberk: 1\n")
    (tmp_path / "real.yaml").chmod(0o640)
    (tmp_path / "hauberk.yaml").symlink_to("real.yaml")
    assert learn("orders.log").returncode == 0
    assert (tmp_path / "hauberk.yaml").is_symlink()
    assert "thumbnail" in (tmp_path / "real.yaml").read_text()
    assert (tmp_path / "real.yaml").stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["hauberk.yaml", "orders.log", "real.yaml"]


def test_what_a_rule_denies_is_told(learn, tmp_path):
    rule = "{name: no-thumbs, kind: process, patterns: ['**/thumbnail'], scope: account}"
    (tmp_path / "hauberk.yaml").write_text(f"hauberk: 1\nrules: [{rule}]\n")
    done = learn("orders.log")
    assert done.returncode == 0
    said = "process start /var/task/bin/thumbnail was seen but is denied by rule no-thumbs"
    assert said in done.stderr.decode()


def test_a_function_in_mode_off_is_learned_all_the_same(learn, tmp_path):
    (tmp_path / "hauberk.yaml").write_text("hauberk: 1\nfunctions: {orders: {mode: off}}\n")
    assert learn("orders.log").returncode == 0
    assert "thumbnail" in (tmp_path / "hauberk.yaml").read_text()


def test_an_output_in_no_folder_is_refused_by_its_name(learn):
    done = learn("orders.log", "-o", "none/hauberk.yaml")
    assert done.returncode == 2
    assert done.stderr.endswith(b"/none is no folder; name another --output\n")


def test_no_line_ends_with_a_space(learn):
    told = learn("orders.log").stdout.decode().splitlines()
    assert told and told == [line.rstrip() for line in told]


def test_a_broken_policy_is_left_alone(learn, tmp_path):
    (tmp_path / "hauberk.yaml").write_text("hauberk: 1\nfuctions: {}\n")
    done = learn("orders.log")
    assert done.returncode == 2
    assert b"did you mean `functions`?" in done.stderr
    assert (tmp_path / "hauberk.yaml").read_text() == "hauberk: 1\nfuctions: {}\n"


def test_a_log_that_is_not_there_is_refused(learn):
    done = learn("none.log")
    assert done.returncode == 2
    assert (
        done.stderr
        == b"hauberk: none.log: no such file or directory; name log files that can be read\n"
    )


def test_one_alias_alone_is_learned_and_one_that_nobody_used_is_refused(learn, tmp_path):
    of_alias = activity("file", "write", "/tmp/live", request="r9", alias="live")
    (tmp_path / "live.log").write_bytes(LOG + of_alias)
    for words in (("live.log",), ("live.log", "--store", "records"), ("--store", "records")):
        done = learn(*words, "--alias", "live", "-o", "live.yaml")
        assert done.returncode == 0, done.stderr
        assert b"/tmp/live" in (tmp_path / "live.yaml").read_bytes()
        done = learn(*words, "--alias", "liv", "-o", "none.yaml")
        assert done.returncode == 2
        assert (
            b"nothing that is believed was done for the alias liv; name another one" in done.stderr
        )
        assert not (tmp_path / "none.yaml").exists()


IDLE = [
    # options that would do nothing,                  what is said
    (
        ["--function", "orders"],
        "--function says whose --code it is; name that, too, or leave it out",
    ),
    (["--function", "nobody"], "--function says whose --code it is"),
    (
        ["--handler", "app.handler"],
        "--handler and --environment are of the --code; name that, or leave",
    ),
    (["--environment", "none"], "--handler and --environment are of the --code"),
    (["--workers", "3"], "--workers read logs into a --store; name one, or leave --workers out"),
    (["--alias", ""], "--alias is empty; name an alias of the function, or leave --alias out"),
    (["--code-before", "."], "--code-before is what --code is compared with"),
    (["--store", "kept", "--workers", "3"], None),
    ([], None),
]


@pytest.mark.parametrize(("options", "said"), IDLE, ids=str)
def test_an_option_that_would_do_nothing_is_refused(learn, tmp_path, options, said):
    done = learn("orders.log", *options)
    assert done.returncode == (2 if said else 0), done.stderr
    assert (said or "").encode() in done.stderr
    assert (tmp_path / "hauberk.yaml").exists() is (said is None)


def test_a_profile_is_written_over_a_profile_only(learn, tmp_path):
    log = (tmp_path / "orders.log").read_bytes()
    done = learn("orders.log", "--profile", "orders.log")
    assert done.returncode == 2 and b"orders.log: there already, and no profile" in done.stderr
    assert (tmp_path / "orders.log").read_bytes() == log
    for _ in range(2):
        assert learn("orders.log", "--profile", "p.profile").returncode == 0
