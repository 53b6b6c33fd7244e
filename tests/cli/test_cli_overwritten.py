"""A command writes over its own sort of file, and over no other one."""

import pytest
from learn_log import LOG

pytest.importorskip("hauberk._native", reason="the native core is not built here")

PROFILE = b'{"incomplete":0,"profile":1,"records":0,"trusted":0,"unbelieved":0,"unreadable":{}}\n'
MODELS = b'{"anomaly":1,"functions":{}}\n'
POLICY = b"hauberk: 1\nfunctions: {}\n"
SORTS = {
    "profile": PROFILE,
    "models": MODELS,
    "policy": POLICY,
    "log": LOG,
    "code": b'"""HAUBERK1"""\n',
    "json": b'{"a":1}',
    "space": b"\n",
}
WRITING = [
    # a command that ends without more work,         what it writes over, what it says of the rest
    (("anomaly", "learn", "a.log", "-o", "there"), "models", "there already, and no file of models"),
    (("local", "learn", ".", "--events", "none", "--log", "there"), "log", "there already, and no log"),
    (("local", "learn", ".", "--events", "none", "--profile", "there"), "profile", "there already, and no profile"),
]  # fmt: skip


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(("words", "own", "said"), WRITING)
def test_a_file_of_another_sort_stays(hauberk, tmp_path, words, own, said, sort):
    (tmp_path / "there").write_bytes(SORTS[sort])
    (tmp_path / "a.log").write_bytes(LOG)
    done = hauberk(*words)
    is_refused = (
        done.returncode == 2 and f"hauberk: there: {said}; name another file" in done.stderr
    )
    assert is_refused is (sort != own), done.stderr
    if is_refused:
        assert (tmp_path / "there").read_bytes() == SORTS[sort]


@pytest.mark.parametrize("words", [one[0] for one in WRITING])
def test_an_empty_file_is_written_over(hauberk, tmp_path, words):
    (tmp_path / "there").write_bytes(b"")
    (tmp_path / "a.log").write_bytes(LOG)
    assert "there already" not in hauberk(*words).stderr


def test_models_are_replaced_by_models(hauberk, tmp_path):
    (tmp_path / "a.log").write_bytes(LOG)
    (tmp_path / "there").write_bytes(MODELS)
    assert hauberk("anomaly", "learn", "a.log", "-o", "there").returncode == 0
    assert (tmp_path / "there").read_bytes() != MODELS


@pytest.mark.parametrize(("mode", "status"), [(0o400, 2), (0o444, 2), (0o600, 0), (0o640, 0)])
def test_a_policy_that_nobody_is_to_write_stays(hauberk, tmp_path, mode, status):
    (tmp_path / "a.log").write_bytes(LOG)
    (tmp_path / "p.yaml").write_bytes(POLICY)
    (tmp_path / "p.yaml").chmod(mode)
    done = hauberk("learn", "a.log", "-o", "p.yaml")
    assert done.returncode == status, done.stderr
    assert ("p.yaml: read-only; allow it" in done.stderr) is (status == 2)
    assert ((tmp_path / "p.yaml").read_bytes() == POLICY) is (status == 2)
    assert (tmp_path / "p.yaml").stat().st_mode & 0o777 == mode
