"""Packages of another suite, from a repository of our own: what apt cannot verify is not taken."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from layer.debian import NoPackages, Suite, unpack_whole

NEEDS = ("apt-get", "dpkg-deb", "gpg")
missing = [name for name in NEEDS if not shutil.which(name)]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"{', '.join(missing)} not installed")
CONTROL = """Package: {name}
Version: 1
Architecture: all
Maintainer: tests <tests@example.com>
Depends: {depends}
Description: a package
"""
Gpg = Callable[..., bytes]


@pytest.fixture(scope="module")
def gpg() -> Iterator[Gpg]:
    """gpg with a key named `ours` and one named `others`."""
    with tempfile.TemporaryDirectory() as home:  # its socket needs a short path

        def run(*arguments: str | Path, told: bytes = b"") -> bytes:
            command = ["gpg", "--homedir", home, "--batch", "--quiet", *arguments]
            return subprocess.run(command, input=told, check=True, stdout=subprocess.PIPE).stdout

        for name in ("ours", "others"):
            run("--passphrase", "", "--quick-generate-key", name, "ed25519", "sign", "never")
        yield run
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


@pytest.fixture
def mirror(tmp_path: Path, gpg: Gpg, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror with the suite `next`, of which this machine's apt knows `stable`.

    This machine's apt is told to take what is not signed, which must not count.
    """
    folder = tmp_path / "debian"
    index = folder / "dists" / "next" / "main" / "binary-amd64" / "Packages"
    index.parent.mkdir(parents=True)
    index.write_text("\n".join((_package(folder, "top", "below"), _package(folder, "below", ""))))
    digest = f"{hashlib.sha256(index.read_bytes()).hexdigest()} {index.stat().st_size}"
    release = (
        f"Suite: next\nCodename: next\nArchitectures: amd64\nComponents: main\nSHA256:\n {digest} "
    )
    (folder / "Release").write_text(release + "main/binary-amd64/Packages\n")
    for name in ("ours", "others"):
        (tmp_path / f"{name}.gpg").write_bytes(gpg("--export", name))
    sign(folder, gpg, "ours")
    (tmp_path / "sources.list").write_text(f"deb copy:{folder} stable main\n")
    (tmp_path / "apt.conf").write_text(
        f'Dir::Etc::sourcelist "{tmp_path}/sources.list";\nDir::Etc::sourceparts "-";\n'
        'Acquire::AllowInsecureRepositories "true";\nAPT::Get::AllowUnauthenticated "true";\n'
    )
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    return folder


def _package(mirror: Path, name: str, depends: str) -> str:
    """Builds a package with one file; its entry in the index."""
    tree = mirror.parent / f"tree-{name}"
    (tree / "DEBIAN").mkdir(parents=True)
    control = CONTROL.format(name=name, depends=depends).replace("Depends: \n", "")
    (tree / "DEBIAN" / "control").write_text(control)
    (tree / "usr").mkdir()
    (tree / "usr" / name).write_text(name)
    file = mirror / f"{name}.deb"
    build = ["dpkg-deb", "--root-owner-group", "--build", tree, file]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return f"{control}Filename: {file.name}\nSize: {file.stat().st_size}\nSHA256: {digest}\n"


def sign(mirror: Path, gpg: Gpg, key: str) -> None:
    signed = gpg("--local-user", key, "--clear-sign", told=(mirror / "Release").read_bytes())
    (mirror / "dists" / "next" / "InRelease").write_bytes(signed)


def unpacked(mirror: Path, suite: Suite) -> dict[str, str]:
    """The files that come of the package `top`, by name."""
    target = mirror.parent / "root"
    unpack_whole("top", "amd64", mirror.parent / "cache", target, suite)
    return {file.name: file.read_text() for file in target.rglob("*") if file.is_file()}


def next_suite(mirror: Path) -> Suite:
    return Suite("next", mirror.parent / "ours.gpg")


def test_a_package_is_unpacked_with_what_it_depends_on(mirror: Path) -> None:
    (mirror.parent / "cache").mkdir()
    assert unpacked(mirror, next_suite(mirror)) == {"top": "top", "below": "below"}


def signed_by_others(mirror: Path, gpg: Gpg) -> None:
    sign(mirror, gpg, "others")


def not_signed(mirror: Path, gpg: Gpg) -> None:
    (mirror / "dists" / "next" / "InRelease").unlink()
    shutil.copy(mirror / "Release", mirror / "dists" / "next" / "Release")


def changed_after_it_was_signed(mirror: Path, gpg: Gpg) -> None:
    release = mirror / "dists" / "next" / "InRelease"
    release.write_text(release.read_text().replace("Codename: next", "Codename: Next"))


def with_another_index(mirror: Path, gpg: Gpg) -> None:
    index = mirror / "dists" / "next" / "main" / "binary-amd64" / "Packages"
    index.write_text(index.read_text().replace("a package", "A package"))


def with_another_package(mirror: Path, gpg: Gpg) -> None:
    with (mirror / "below.deb").open("r+b") as file:
        file.seek(100)
        file.write(b"x")


def gone(mirror: Path, gpg: Gpg) -> None:
    shutil.rmtree(mirror / "dists" / "next")


REFUSED = [
    # what is wrong              what the reason says
    (signed_by_others, "NO_PUBKEY|Missing key|not signed"),
    (not_signed, "is not signed"),
    (changed_after_it_was_signed, "BADSIG|[Bb]ad signature|not signed"),
    (with_another_index, "Hash Sum mismatch|unexpected size"),
    (with_another_package, "Hash Sum mismatch"),
    (gone, "no longer has a Release file|does not have a Release file"),
]


@pytest.mark.parametrize(("change", "says"), REFUSED, ids=[one.__name__ for one, _ in REFUSED])
def test_what_cannot_be_verified_is_refused_with_the_reason(
    mirror: Path, gpg: Gpg, change: Callable[[Path, Gpg], None], says: str
) -> None:
    (mirror.parent / "cache").mkdir()
    change(mirror, gpg)
    with pytest.raises(NoPackages, match=says):
        unpacked(mirror, next_suite(mirror))
    assert not (mirror.parent / "root").exists()


def test_packages_that_apt_leaves_where_they_are_are_not_taken_for_an_empty_folder(
    mirror: Path,
) -> None:
    (mirror.parent / "cache").mkdir()
    (mirror.parent / "sources.list").write_text(f"deb file:{mirror} stable main\n")
    with pytest.raises(NoPackages, match="fetched nothing"):
        unpacked(mirror, next_suite(mirror))


def test_without_the_suite_s_keys_nothing_is_fetched(mirror: Path) -> None:
    with pytest.raises(NoPackages, match="install debian-archive-keyring"):
        unpacked(mirror, Suite("next", mirror / "no-such-keyring.gpg"))


def test_a_machine_that_takes_no_packages_of_debian_is_told_so(mirror: Path) -> None:
    (mirror.parent / "cache").mkdir()
    os.truncate(mirror.parent / "sources.list", 0)
    with pytest.raises(NoPackages, match="no mirror of Debian"):
        unpacked(mirror, next_suite(mirror))
