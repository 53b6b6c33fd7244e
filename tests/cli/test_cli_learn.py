"""`hauberk learn`: from a log to a policy that the judge agrees with."""

import json
import os
import subprocess
import sys

import pytest
from log_lines import START, activity, armed, detection, record

from hauberk.policy.file import read

pytest.importorskip("hauberk._native", reason="the native core is not built here")

LOG = b"".join(
    [
        armed(),
        b"START RequestId: r1 Version: $LATEST\n",
        *(activity("file", "write", f"/tmp/order-{n}.pdf", request=f"r{n}") for n in range(4)),
        activity("process", "start", "/var/task/bin/thumbnail"),
        activity("api", "s3:PutObject", "*"),
        activity("address", "connect", "10.0.0.5:5432"),
        activity("address", "connect", "[::1]:80"),
        activity("address", "connect", "unix:/tmp/a*"),
        activity("process", "start", "/usr/bin/id", request="bad"),
        detection("bad"),
        b'{"hauberk": "HAUBERK1", "type": "activ\n',
    ]
)


@pytest.fixture
def learn(tmp_path):
    (tmp_path / "orders.log").write_bytes(LOG)

    def run(*arguments, given=None):
        return subprocess.run(
            [sys.executable, "-m", "hauberk.cli", "learn", *arguments],
            cwd=tmp_path,
            input=given,
            capture_output=True,
            check=False,
            timeout=60,
        )

    return run


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


def test_by_way_of_a_store_the_policy_is_the_same(learn, tmp_path):
    without = learn("orders.log", "-o", "without.yaml", "--format", "json")
    for words in (("orders.log",), ("orders.log", "orders.log"), ()):
        done = learn(*words, "--store", "records", "-o", "with.yaml", "--format", "json")
        assert (done.returncode, done.stderr) == (0, without.stderr)
        told, expected = (json.loads(one.stdout) for one in (done, without))
        assert (tmp_path / "with.yaml").read_bytes() == (tmp_path / "without.yaml").read_bytes()
        for one in (*told["functions"], *expected["functions"]):
            del one["size"]  # the policies have keys of their own
        if words == ("orders.log",):
            assert told == expected


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
    assert "starts a shell" in told
    (orders,) = json.loads(learn("-", "--format", "json", given=LOG + SHELL).stdout)["functions"]
    (left,) = orders["review"]
    assert (left["kind"], left["operation"], left["target"]) == ("process", "*", "/usr/bin/sh")
    assert (left["stands_for"], left["invocations"], left["why"]) == (1, 1, "starts a shell")


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


REFUSED_POLICY = b"".join(
    [
        record("status", "", state="refused", message="detect: unsigned"),
        b"START RequestId: r1 Version: $LATEST\n",
        activity("file", "read", "/tmp/a"),
    ]
)
REFUSED = [
    # the log                                what it says
    (b"", "no record of Hauberk"),
    (b"START\nEND\n", "no record of Hauberk"),
    (b"HAUBERK1 but broken\n", "no record of Hauberk"),
    (activity("file", "read", "/tmp/a"), "1 record is not believed: "),
    (REFUSED_POLICY, "no status record shows the guard armed in orders"),
]


@pytest.mark.parametrize(("log", "said"), REFUSED)
def test_a_log_that_proves_nothing_writes_nothing(learn, tmp_path, log, said):
    done = learn("-", given=log)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert not (tmp_path / "hauberk.yaml").exists()


ATTACKED = [armed(), START, activity("file", "read", "/tmp/a", request="bad"), detection("bad")]


def test_logs_of_attacked_invocations_only_write_nothing_and_say_so(learn, tmp_path):
    done = learn("-", given=b"".join(ATTACKED))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"nothing is learned of orders: " in done.stderr
    assert b"add logs of normal requests" in done.stderr
    assert not (tmp_path / "hauberk.yaml").exists()


def test_a_function_seen_under_attack_only_hinders_no_other(learn, tmp_path):
    attacked = b"".join(ATTACKED).replace(b'"orders"', b'"bills"')
    (tmp_path / "bills.log").write_bytes(attacked)
    done = learn("orders.log", "bills.log")
    assert done.returncode == 0
    assert b"nothing is learned of bills: " in done.stderr
    assert [one.name for one in read(tmp_path / "hauberk.yaml").functions] == ["orders"]


def test_a_policy_that_holds_every_kind_stays_as_it_is_in_an_attack(learn, tmp_path):
    assert learn("orders.log").returncode == 0
    written = (tmp_path / "hauberk.yaml").read_bytes()
    assert learn("-", given=b"".join(ATTACKED)).returncode == 0
    assert (tmp_path / "hauberk.yaml").read_bytes() == written


EMPTIED = [
    # what a normal invocation did                        what is told
    (
        [activity("process", "start", "/bin/x")],
        b"no file is allowed: only invocations under attack",
    ),
    ([activity("file", "read", "/tmp/b")], b""),
]


@pytest.mark.parametrize(("normal", "said"), EMPTIED)
def test_a_kind_that_only_attacks_used_is_told(learn, normal, said):
    done = learn("-", given=b"".join([*ATTACKED, *normal]))
    assert done.returncode == 0
    assert said in done.stderr
    assert (b"under attack" in done.stderr) == bool(said)


def test_a_log_without_any_activity_is_told(learn):
    done = learn("-", given=armed() + START)
    assert done.returncode == 0
    assert (
        b"warning: orders: the logs show no activity at all, so nothing is allowed" in done.stderr
    )


def test_answers_of_hauberk_local_in_json_are_told_from_a_log(learn, tmp_path):
    answers = json.dumps([{"request_id": "r", "log": LOG.decode()}], indent=2).encode()
    (tmp_path / "run.json").write_bytes(answers)
    for name, given in (("run.json", None), ("-", answers)):
        done = learn(name, given=given)
        assert done.returncode == 2
        assert (
            b"not a log, but answers that `hauberk local` printed with --format json" in done.stderr
        )
        assert b"2> first.log" in done.stderr


def test_an_output_in_no_folder_is_refused_by_its_name(learn):
    done = learn("orders.log", "-o", "none/hauberk.yaml")
    assert done.returncode == 2
    assert done.stderr.endswith(b"/none is no folder; name another --output\n")


def test_no_line_ends_with_a_space(learn):
    told = learn("orders.log").stdout.decode().splitlines()
    assert told and told == [line.rstrip() for line in told]


def test_only_seen_does_without_the_status(learn, tmp_path):
    assert learn("-", "--only-seen", given=REFUSED_POLICY).returncode == 0
    (orders,) = read(tmp_path / "hauberk.yaml").functions
    assert list(orders.allowlist) == ["file"]


FORGED = [
    armed(environment="f" * 32, stream="s"),
    activity("process", "start", "/var/task/evil", environment="f" * 32),
]


def test_what_a_stranger_may_have_forged_is_left_out_and_told(learn, tmp_path):
    done = learn("-", given=LOG + b"".join(FORGED))
    assert done.returncode == 0
    assert b"warning: 2 records are not believed: " in done.stderr
    assert b"add the start of their log streams" in done.stderr
    assert "evil" not in (tmp_path / "hauberk.yaml").read_text()
    told = json.loads(learn("-", "--format", "json", given=LOG + b"".join(FORGED)).stdout)
    assert (told["unbelieved"], told["trusted"]) == (2, 0)


def test_what_is_believed_on_the_user_s_word_only_is_told(learn, tmp_path):
    done = learn("-", "--trust-unannounced", given=LOG + b"".join(FORGED))
    assert done.returncode == 0
    assert b"warning: 2 records are believed by --trust-unannounced only" in done.stderr
    assert "evil" in (tmp_path / "hauberk.yaml").read_text()


def test_an_environment_that_lost_records_is_left_out_and_told(learn, tmp_path):
    lost = record("status", state="gap", message="", dropped=1)
    done = learn("-", given=LOG + lost)
    assert done.returncode == 2
    assert b"1 environment has lost records" in done.stderr
    assert not (tmp_path / "hauberk.yaml").exists()


def test_each_file_is_a_log_of_its_own(learn, tmp_path):
    second = [one.replace(b"evil", b"second") for one in FORGED]
    start = b"START RequestId: r1 Version: $LATEST\n"
    (tmp_path / "second.log").write_bytes(second[0] + start + second[1])
    assert learn("orders.log", "second.log").returncode == 0
    assert "/var/task/second" in (tmp_path / "hauberk.yaml").read_text()


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
