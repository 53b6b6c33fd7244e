"""What commands say of logs and stores that are not there."""

import pytest
from learn_log import LOG

STORELESS = [
    "learn --store none",
    "replay --store none",
    "diff 41 42 --store none",
    "anomaly learn --store none",
    "allowlist show orders --store none",
    "allowlist diff hauberk.yaml --store none",
    "exclude 6e0c2f40a91b7d35 --store none",
]
SIDELESS = ["replay", "replay a.log --store none", "anomaly learn", "anomaly learn a.log --store b"]


@pytest.mark.parametrize("words", STORELESS)
def test_a_store_that_is_not_there_is_refused_and_not_made(hauberk, tmp_path, words):
    done = hauberk(*words.split())
    said = "hauberk: none: no store; `hauberk learn LOGS --store none` makes one\n"
    assert (done.returncode, done.stderr) == (2, said)
    assert not (tmp_path / "none").exists()


UNNAMED = [
    # words                                    what they say
    (["learn", ""], "the name of a log is empty; name a file or a folder, `.` for this one"),
    (["learn", "", "--store", "s"], "the name of a log is empty"),
    (["learn", "a.log", ""], "the name of a log is empty"),
    (["replay", ""], "the name of a log is empty"),
    (["doctor", ""], "the name of a log is empty"),
    (["diff", "", "a.log"], "the name of a log is empty"),
    (["anomaly", "learn", ""], "the name of a log is empty"),
    (["allowlist", "show", "orders", "--log", ""], "the name of a log is empty"),
    (["exclude", "6e0c2f40a91b7d35", "--log", ""], "the name of a log is empty"),
    (["learn", "empty"], "empty: no file is in it; name a folder that holds logs, or a file"),
    (["doctor", "empty"], "empty: no file is in it"),
    (["learn", "empty", "--store", "s"], "empty: no file is in it"),
]


@pytest.mark.parametrize(("words", "said"), UNNAMED)
def test_no_log_is_read_that_nobody_named(hauberk, tmp_path, words, said):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.log").write_bytes(LOG)
    done = hauberk(*words)
    assert (done.returncode, said in done.stderr, done.stdout) == (2, True, ""), done.stderr


@pytest.mark.parametrize("name", [".", "full", "a.log"])
def test_folders_and_files_are_read_by_their_names(hauberk, tmp_path, name):
    (tmp_path / "full" / "b").mkdir(parents=True)
    for place in ("full/b/a.log", "a.log"):
        (tmp_path / place).write_bytes(LOG)
    assert hauberk("learn", name, "-o", "new.yaml").returncode == 0


@pytest.mark.parametrize("words", SIDELESS)
def test_logs_or_a_store_are_named_and_not_both(hauberk, words):
    done = hauberk(*words.split())
    assert done.returncode == 2
    assert done.stderr.startswith("hauberk: name logs, or the --store that holds records")
