"""Code is loaded, and what would go on past the wall is called, only where that is listed."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest
from walled import EACH, Walled, prevent

from contract import policy

DETECT = {"HAUBERK_MODE": "detect"}


def libz(walled: Walled) -> Path:
    """A library, which everybody has."""
    found = next(walled.root.glob("usr/lib/*-linux-gnu/libz.so.1"), None)
    if found is None:
        pytest.skip("libz is not installed")
    return found


@EACH
def test_code_is_loaded_only_where_that_is_listed(
    walled: Walled, acts: Path, tmp_path: Path
) -> None:
    library = tmp_path / "lib.so"
    found = libz(walled)
    shutil.copyfile(found, library)
    assert walled.run([acts, "dlopen", library]).out == "done\n"
    done = walled.run([acts, "dlopen", library], prevent(code=[]))
    assert done.out == f"error {errno.EACCES}\n"
    assert done.detected == [("unlisted-code", str(library))]
    for settings in (prevent(code=[f"load {library}"]), DETECT):
        assert walled.run([acts, "dlopen", library], settings).out == "done\n"
    # By its bare name, or below a folder of the platform, it is the platform's.
    for name in ("libz.so.1", f"/{found.relative_to(walled.root)}"):
        done = walled.run([acts, "dlopen", name], prevent(code=[]))
        assert (done.out, done.detected) == ("done\n", [])


@EACH
@pytest.mark.parametrize("variable", ["LD_PRELOAD", "LD_AUDIT"])
def test_a_library_that_the_loader_is_asked_for_is_code(
    walled: Walled, tmp_path: Path, variable: str
) -> None:
    library = tmp_path / "lib.so"
    shutil.copyfile(libz(walled), library)
    command = ["sh", "-c", f"{variable}={library} /bin/cat /proc/self/stat > /dev/null && echo ran"]
    done = walled.run(command, prevent(code=[]))
    assert (done.out, done.detected) == ("", [("unlisted-code", str(library))])
    done = walled.run(command, prevent(code=[f"load {library}"]))
    assert (done.out, done.detected) == ("ran\n", [])


# What would go on past the wall, and what a program says that has it.
PAST = {
    "ring": ("io_uring_setup", "done\n", errno.ENOSYS),
    "namespace_apart": ("dlmopen", "s3cretdone\n", errno.EACCES),
}


@EACH
@pytest.mark.parametrize("call", PAST)
def test_what_would_go_on_past_the_wall_is_refused_where_anything_is_and_else_told(
    walled: Walled, acts: Path, tmp_path: Path, call: str
) -> None:
    name, done, error = PAST[call]
    file = tmp_path / "file"
    file.write_text("s3cret")
    command = [acts, call, file]
    if walled.run(command).out != done:
        pytest.skip(f"{name} is not to be had here")
    told = ("code", "call", name)
    assert walled.run(command, {}).out == done
    seen = walled.run(command, DETECT)
    assert (seen.out, told in seen.told("activity"), seen.detected) == (done, True, [])
    listed = {"HAUBERK_POLICY": policy(mode="detect", allowlist={"code": []})}
    seen = walled.run(command, listed)
    assert (seen.out, seen.detected) == (done, [("unlisted-code", name)])
    one_kind = policy(mode="detect", protections={"address": "prevent"})
    one_detector = policy(mode="detect", detectors={"memory-read": {"mode": "prevent"}})
    for prevents in (
        prevent(code=[f"call {name}"]),
        {"HAUBERK_MODE": "prevent"},
        one_kind,
        one_detector,
    ):
        settings = prevents if isinstance(prevents, dict) else {"HAUBERK_POLICY": prevents}
        assert walled.run(command, settings).out == f"error {error}\n"
