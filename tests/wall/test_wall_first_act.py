"""A program's first act is judged whenever it comes, and one that does nothing leaves the wall alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from walled import EACH, Walled, found, prevent

TEXT = "s3cret\n"
# Where the first act comes, and how often it is done.
PLACES = {"main": 1, "handler": 1, "threads": 8, "fork": 1, "vfork": 1, "rights": 1}


@pytest.fixture
def secret() -> Iterator[Path]:
    """A file that everybody may read."""
    with tempfile.NamedTemporaryFile("w", prefix="hauberk-first-") as file:
        file.write(TEXT)
        file.flush()
        os.chmod(file.name, 0o644)
        yield Path(file.name)


@EACH
@pytest.mark.parametrize("place", PLACES)
def test_the_first_act_of_a_program_is_judged_wherever_it_comes(
    walled: Walled, compiled: Callable[..., Path], secret: Path, place: str
) -> None:
    if place == "rights" and os.geteuid():
        pytest.skip("only root can give up rights")
    # Behind `env`, which says in which invocation it starts: the program need not tell.
    command = [found("env"), str(compiled("first")), place, str(secret)]
    assert walled.run(command).out == TEXT * PLACES[place]
    done = walled.run(command, prevent(file=[]))
    assert done.out == ""
    assert ("unlisted-file", str(secret)) in done.detected
    done = walled.run(command, prevent(file=[f"read {secret}"]))
    assert (done.out, done.detected) == (TEXT * PLACES[place], [])


def test_a_program_that_does_nothing_reads_no_policy(walled: Walled) -> None:
    script = "strace -qq -o /dev/stderr -e trace=mremap,mmap true 2>&1 | grep -c NORESERVE"
    found("strace")
    done = walled.run([found("sh"), "-c", script], {"HAUBERK_MODE": "detect"})
    assert done.out == "0\n"
