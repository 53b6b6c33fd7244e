"""Whichever call starts a program, and whoever makes it: its arguments are judged where a policy asks for that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from test_wall_calls import STARTS
from walled import EACH, Done, Walled, found

from contract import policy

TAR = "tar -cf /dev/null"


def settings(
    process: Sequence[str], *, mode: str = "prevent", is_watched: bool = True
) -> dict[str, str]:
    entries = [
        dict(zip(("operation", "target"), entry.split(" ", 1), strict=True)) for entry in process
    ]
    watched = {"watch_arguments": True} if is_watched else {}
    return {"HAUBERK_POLICY": policy(mode=mode, allowlist={"process": entries}, **watched)}


def shapes(done: Done, of: str) -> list[str]:
    """The shapes of arguments that records of a type tell of, each behind the name of its program."""
    told = [target for kind, operation, target in done.told(of) if operation == "arguments"]
    parted = [one.partition(" ") for one in told]
    return [f"{program.rpartition('/')[2]} {shape}" for program, _, shape in parted]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Writes its first argument's name into that file."""
    made = tmp_path / "program"
    made.write_text('#!/bin/sh\necho "$0" > "$1"\n')
    made.chmod(0o755)
    return made


@EACH
@pytest.mark.parametrize("call", STARTS)
def test_each_call_that_starts_a_program_is_asked_for_its_arguments(
    walled: Walled, acts: Path, program: Path, tmp_path: Path, call: str
) -> None:
    listed = [f"arguments {program} /tmp/<path>**", "arguments **/sh -c <code>"]
    policy_of = settings(["start **", *listed])
    mark, word = tmp_path / "mark", "a-word"
    done = walled.run([acts, call, program, word], policy_of, cwd=tmp_path)
    assert not (tmp_path / word).exists() and done.out != "done\n"
    (shape,) = shapes(done, "detection")
    assert shape in ("program <text>", "program <text>+"), done.log
    if walled.is_emulated:
        return
    done = walled.run([acts, call, program, mark], policy_of)
    assert (done.out, mark.exists(), done.detected) == ("done\n", True, [])
    done = walled.run([acts, call, program, word], settings(["start **"]), cwd=tmp_path)
    assert (tmp_path / word).exists() and done.detected == []
    assert shape in shapes(done, "activity")


UNPACK = [
    "arguments **/tar -cf /dev/null /tmp/<path>",
    "arguments **/sh -c <code>",
    "arguments **/env **",
]
CHILDREN = {
    "a shell": ["sh", "-c", "{tar}"],
    "a shell of a shell": ["sh", "-c", "env -i /bin/sh -c '{tar}'"],
    "a clean environment": ["env", "-i", "/bin/sh", "-c", "{tar}"],
    "find": ["find", "{file}", "-exec", "tar", "-cf", "/dev/null", "{}", ";"],
    "xargs": ["sh", "-c", "echo {file} {more} | xargs tar -cf /dev/null"],
}


@pytest.mark.parametrize("child", CHILDREN)
def test_a_child_is_asked_for_its_arguments_whoever_started_it(
    walled: Walled, tmp_path: Path, child: str
) -> None:
    found("tar")
    file = tmp_path / "file"
    file.write_text("x")
    more = [*UNPACK, "arguments **/find **", "arguments **/xargs **"]

    def run(extra: str, listed: list[str], mode: str = "prevent") -> Done:
        words = [
            word.replace("{tar}", f"{TAR} {file} {extra}")
            .replace("{file}", str(file))
            .replace("{more}", extra)
            for word in CHILDREN[child]
        ]
        if child == "find" and extra:
            words[-1:] = [extra, ";"]
        return walled.run(words, settings(["start **", *listed], mode=mode))

    assert run("", more).detected == []
    assert shapes(run("", more), "activity") == []
    for mode in ("detect", "prevent"):
        done = run("--checkpoint=1", more, mode)
        told = "tar -cf /dev/null /tmp/<path> --checkpoint=<number>"
        assert shapes(done, "detection") == [told], done.log
    assert told in shapes(run("--checkpoint=1", []), "activity")


def test_a_shape_is_told_once_and_holds_no_secret(walled: Walled) -> None:
    word = "S3cretWord99"
    command = f"true --name={word} {word}; true --name=other {word}; true --{word}=1; true --password=x; true"
    done = walled.run(
        ["sh", "-c", command.replace("true", "/bin/true")],
        settings(["start **"]),
        environment={"DB_PASSWORD": word},
    )
    assert word not in "".join(shapes(done, "activity"))
    assert shapes(done, "activity") == [
        "true --name=<text> <text>",
        "true -<option>=<number>",
        "true --password=<text>",
        "true <nothing>",
    ]


def test_without_the_switch_nothing_is_told_of_arguments(walled: Walled) -> None:
    command = ["sh", "-c", "/bin/true --name=x"]
    for listed in ([], ["arguments x"]):
        done = walled.run(command, settings(["start **", *listed], is_watched=False))
        assert shapes(done, "activity") == shapes(done, "detection") == []
