"""What a path leads to is judged, however it is written, and though no descriptor is left to look at it by."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from walled import Walled, found, prevent

from conftest import Compile

ACTS = ("mkdir", "chmod", "unlink")


@pytest.fixture(scope="session")
def paths(compiled: Compile) -> Path:
    """The program that does one act on a path."""
    return compiled("paths")


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A folder whose contents are listed, one whose are not, and ways from the one to the other."""
    for name in ("listed/deep", "other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "listed" / "to-other").symlink_to("../other")
    (tmp_path / "listed" / "to-mark").symlink_to(tmp_path / "other" / "mark")
    return tmp_path


def only_listed(world: Path) -> dict[str, str]:
    listed = prevent(file=[f"* {world}/listed/**"])
    return {**listed, "HAUBERK_KERNEL": "off"}  # what the library does by itself


def made(world: Path, act: str, folder: str) -> None:
    mark = world / folder / "mark"
    if mark.is_dir():
        mark.rmdir()
    mark.unlink(missing_ok=True)
    if act != "mkdir":
        mark.write_text("")
        mark.chmod(0o600)


def state(mark: Path) -> int | None:
    return mark.stat().st_mode if mark.exists() else None


@pytest.mark.parametrize(
    "way", ["listed/../other/mark", "listed/to-other/mark", "listed/deep/../../other/mark"]
)
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("descriptors", ["full", "free"])
def test_no_way_leads_out_of_what_is_listed(
    walled: Walled, paths: Path, world: Path, descriptors: str, act: str, way: str
) -> None:
    mark = world / "other" / "mark"
    made(world, act, "other")
    before = state(mark)
    done = walled.run([paths, descriptors, act, world / way], only_listed(world))
    assert (done.error, state(mark)) == (errno.EACCES, before)
    assert walled.run([paths, descriptors, act, world / way]).error == 0
    assert state(mark) != before


@pytest.mark.parametrize("act", ACTS)
def test_what_is_listed_is_done_without_a_descriptor_left(
    walled: Walled, paths: Path, world: Path, act: str
) -> None:
    for way in ("listed/mark", "other/../listed/mark", "listed/deep/../mark"):
        made(world, act, "listed")
        done = walled.run([paths, "full", act, world / way], only_listed(world))
        assert (done.error, done.detected) == (0, []), way
    made(world, act, "listed")
    done = walled.run([paths, "full", act, "listed/mark"], only_listed(world), cwd=world)
    assert (done.error, done.detected) == (0, [])


def test_a_link_that_names_no_file_is_followed_without_a_descriptor_left(
    walled: Walled, paths: Path, world: Path
) -> None:
    made(world, "chmod", "other")
    mark, way = world / "other" / "mark", world / "listed" / "to-mark"
    assert walled.run([paths, "full", "chmod", way], only_listed(world)).error == errno.EACCES
    assert mark.stat().st_mode & 0o777 == 0o600


def test_a_chain_of_links_to_nothing_is_followed_to_its_end(
    walled: Walled, paths: Path, world: Path
) -> None:
    listed = world / "listed"
    (listed / "a" / "b").mkdir(parents=True)
    (listed / "first").symlink_to("c/second")
    (listed / "a" / "b" / "second").symlink_to("../../other/mark")
    os.rename(listed / "a" / "b", listed / "c")  # from there the second link leads out
    for link in ("first", "c/second"):
        done = walled.run([paths, "free", "open", listed / link], only_listed(world))
        assert (done.error, (world / "other" / "mark").exists()) == (errno.EACCES, False)
        assert ("unlisted-file", str(world / "other" / "mark")) in done.detected
    assert walled.run([paths, "free", "open", listed / "first"]).error == 0
    assert (world / "other" / "mark").exists()


def test_libraries_may_be_unloaded_while_others_act_beside_one_that_was_brought_in(
    walled: Walled, compiled: Compile, paths: Path, tmp_path: Path
) -> None:
    found("cc")
    brought = compiled("leaves", "-shared", "-fPIC")
    broken = tmp_path / "broken.so"
    broken.write_text("no library")
    command = [paths, "unloads", brought, broken, tmp_path, "3"]
    assert walled.run(command).out == "done\n"
    for settings in ({"HAUBERK_MODE": "detect"}, {"HAUBERK_MODE": "prevent"}):
        done = walled.run(command, settings)
        assert (done.status, done.out) == (0, "done\n"), done.log[-2000:]
        assert not any(record.get("faults") for record in done.records)
