"""What commands say of logs and stores that are not there."""

import pytest

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


@pytest.mark.parametrize("words", SIDELESS)
def test_logs_or_a_store_are_named_and_not_both(hauberk, words):
    done = hauberk(*words.split())
    assert done.returncode == 2
    assert done.stderr.startswith("hauberk: name logs, or the --store that holds records")
