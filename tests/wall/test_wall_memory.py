"""The wall asks the C library's allocator for nothing: not before a program's `main`, not in a call, not in a child."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from walled import EACH, Done, Walled, found, prevent

SETTINGS: dict[str, dict[str, str]] = {
    "without a policy": {},
    "detect": {"HAUBERK_MODE": "detect"},
    "prevent": prevent(process=["start **"], file=["chmod /tmp/**"]),
}
ASKS = """
#include <stdlib.h>
__attribute__((constructor)) static void ask(void) { free(malloc(100)); }
"""
Count = Callable[..., Done]


@pytest.fixture
def count(walled: Walled, compiled: Callable[..., Path], tmp_path: Path) -> Count:
    """How often memory was asked for, by a program and by a child of it: before `main`, and by an act."""
    counter = compiled("counter", "-shared", "-fPIC", "-fno-builtin")
    program, file = compiled("counted"), tmp_path / "file"
    file.write_text("")

    def counted(*libraries: Path, **settings: str) -> Done:
        environment = {"LD_PRELOAD": ":".join(map(str, [*libraries, counter])), **settings}
        done = walled.run([program, file, "again"], environment=environment)
        assert (len(done.out.splitlines()), "9999" in done.out) == (2, False)
        return done

    return counted


@EACH
@pytest.mark.parametrize("name", SETTINGS)
def test_no_memory_is_asked_of_the_c_library(count: Count, walled: Walled, name: str) -> None:
    under = count(walled.library, **SETTINGS[name])
    assert under.out == count().out
    assert bool(under.records) == (name != "without a policy")


def test_what_is_asked_before_main_is_counted(count: Count, tmp_path: Path) -> None:
    source, library = tmp_path / "asks.c", tmp_path / "asks.so"
    source.write_text(ASKS)
    command = [found("cc"), "-O0", "-shared", "-fPIC", str(source), "-o", str(library)]
    subprocess.run(command, check=True)
    assert count(library).out != count().out
