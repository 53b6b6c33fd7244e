"""Keys are their owner's only, and never overwritten."""

import os
import stat
import threading

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hauberk.policy import KeyFileError, signing


def test_a_new_key_is_readable_by_its_owner_only(tmp_path):
    file = tmp_path / "deep" / "key.pem"
    before = os.umask(0)
    try:
        key = signing.create(file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert os.listdir(file.parent) == ["key.pem"]
    loaded = signing.load(file)
    assert signing.public_bytes(loaded.public_key()) == signing.public_bytes(key.public_key())


def test_a_key_that_is_there_stays(tmp_path):
    file = tmp_path / "key.pem"
    signing.create(file)
    content = file.read_bytes()
    with pytest.raises(KeyFileError, match="is already there"):
        signing.create(file)
    assert file.read_bytes() == content
    assert os.listdir(tmp_path) == ["key.pem"]


def test_of_many_that_create_at_once_one_does(tmp_path):
    file, found = tmp_path / "key.pem", []
    ready = threading.Barrier(8)

    def create():
        ready.wait()
        try:
            found.append(signing.public_bytes(signing.create(file).public_key()))
        except KeyFileError:
            found.append(signing.public_bytes(signing.load(file).public_key()))

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_key_of_this_run_is_the_default_one_or_kept_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    signing.of_this_run()
    assert os.listdir(tmp_path) == []
    key = signing.create(signing.default_path())
    told = signing.public_bytes(signing.of_this_run().public_key())
    assert told == signing.public_bytes(key.public_key())


def test_a_key_that_others_may_read_is_refused(tmp_path):
    file = tmp_path / "key.pem"
    signing.create(file)
    file.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        signing.load(file)


def test_what_is_no_ed25519_key_is_refused(tmp_path):
    file = tmp_path / "key.pem"
    with pytest.raises(
        KeyFileError, match=r"no such key; `hauberk policy key --out .*` creates one"
    ):
        signing.load(file)
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    for content, what in (
        (other, "not an Ed25519 key"),
        (b"", "not a PEM"),
        (b"\0" * 99, "not a PEM"),
    ):
        file.write_bytes(content)
        file.chmod(0o600)
        with pytest.raises(KeyFileError, match=what):
            signing.load(file)


def test_the_default_place_follows_the_configuration_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert signing.default_path() == tmp_path / "hauberk" / "signing-key.pem"
    for ignored in ("", "relative"):
        monkeypatch.setenv("XDG_CONFIG_HOME", ignored)
        assert str(signing.default_path()) == "/home/ada/.config/hauberk/signing-key.pem"


def test_a_fingerprint_is_half_of_the_sha256():
    assert signing.fingerprint(b"") == "e3b0c44298fc1c149afbf4c8996fb924"
