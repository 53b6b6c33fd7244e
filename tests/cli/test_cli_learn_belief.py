"""`hauberk learn`: what a log proves, what it does not, and what is said of that."""

import json

import pytest
from learn_log import LOG
from log_lines import START, activity, armed, detection, record

from hauberk.policy.file import read

pytest.importorskip("hauberk._native", reason="the native core is not built here")


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


LONG_LINE = b'{"note": "' + b"x" * (17 << 20) + b'"}\n'
SAID_EVERYWHERE = [
    # words                                         log         what it says
    (["learn", "a.log"], LONG_LINE, "1 line was passed by: too long; write one event a line"),
    (["doctor", "a.log"], LONG_LINE, "1 line was passed by: too long; write one event a line"),
    (["diff", "a.log", "a.log"], LONG_LINE, "1 line was passed by: too long; write one event a line"),
    (["anomaly", "learn", "a.log"], LONG_LINE, "1 line was passed by: too long; write one event a line"),
    (["replay", "a.log"], LONG_LINE, "1 line was passed by: too long; write one event a line"),
    (["learn", "a.log", "--store", "s"], LONG_LINE, "1 line was passed by: too long; write one event a line"),
    (["allowlist", "show", "orders", "--log", "a.log"], LONG_LINE, "1 line was passed by: too long; write"),
    (["learn", "a.log"], b"", "no record of Hauberk in a.log, which is empty; name logs"),
    (["doctor", "a.log"], b"hauberk: 1\n", "no record of Hauberk in a.log, which is a policy; name logs"),
    (["learn", "a.log", "--code", "."], b"", "no record of Hauberk in a.log, which is empty; name logs"),
    (["learn", "a.log", "a.log"], b"", "no record of Hauberk in these logs; name logs"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "log", "said"), SAID_EVERYWHERE, ids=lambda one: str(one)[:40])
def test_every_command_says_why_logs_show_nothing(hauberk, tmp_path, words, log, said):
    (tmp_path / "a.log").write_bytes(log)
    done = hauberk(*words)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_an_activity_that_no_list_holds_is_told_with_what_follows(learn):
    cut = [
        activity("file", "read", "/tmp/cut…"),
        activity("host", "resolve", "a\u2039redacted\u203a"),
    ]
    done = learn("-", given=LOG + b"".join(cut))
    assert done.returncode == 0
    assert (
        b"warning: 2 activities cannot stand on a list (cut, masked or unwritable target): prevent blocks "
        in done.stderr
    )


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


START_ACT = activity("address", "bind", "[::1]:0", request="")
OTHER_START = [
    armed(environment="e" * 32),
    activity("address", "bind", "[::1]:0", request="", environment="e" * 32),
]
NOTHING_NORMAL = [
    # what the log shows                                                           is anything learned?
    ([START_ACT, *ATTACKED[2:]], False),
    ([START_ACT, START_ACT, *ATTACKED[2:]], False),
    ([START_ACT, *ATTACKED[2:], activity("host", "resolve", "a.b", request="ok")], True),
    ([START_ACT, activity("host", "resolve", "a.b", request="ok"), *ATTACKED[2:]], True),
    ([START_ACT, *ATTACKED[2:], activity("host", "resolve", "a.b", request="bad")], False),
    ([START_ACT], True),
    (
        [*OTHER_START, START_ACT, *ATTACKED[2:]],
        True,
    ),  # another environment began, and was never attacked
]


@pytest.mark.parametrize("is_kept", [False, True])
@pytest.mark.parametrize(("lines", "is_learned"), NOTHING_NORMAL)
def test_how_an_attacked_environment_began_is_no_normal_request(
    learn, tmp_path, lines, is_learned, is_kept
):
    named = [one for one in lines if b"armed" in one]
    log = b"".join([armed(), *named, START, *(one for one in lines if one not in named)])
    store = ["--store", "kept"] if is_kept else []
    done = learn("-", "--trust-unannounced", *store, given=log)
    assert done.returncode == (0 if is_learned else 2), done.stderr
    assert (b"nothing is learned of orders: " in done.stderr) is not is_learned
    assert (tmp_path / "hauberk.yaml").exists() is is_learned


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
    assert b"give their log again, whole" in done.stderr
    assert not (tmp_path / "hauberk.yaml").exists()


def test_each_file_is_a_log_of_its_own(learn, tmp_path):
    second = [one.replace(b"evil", b"second") for one in FORGED]
    start = b"START RequestId: r1 Version: $LATEST\n"
    (tmp_path / "second.log").write_bytes(second[0] + start + second[1])
    assert learn("orders.log", "second.log").returncode == 0
    assert "/var/task/second" in (tmp_path / "hauberk.yaml").read_text()
