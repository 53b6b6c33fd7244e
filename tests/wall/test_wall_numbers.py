"""The numbers by which system calls are judged are the kernel's, on both architectures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TABLE = Path(__file__).parents[2] / "native/wall/src/calls/raw.rs"
ROW = re.compile(r"^    (\w+) (\d+|-) (\d+|-) (?:made|asked)\(", re.MULTILINE)
DEFINED = re.compile(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)$", re.MULTILINE)
HEADERS = {
    "x86_64": "x86_64-linux-gnu/asm/unistd_64.h",
    "arm64": "asm-generic/unistd.h",
}


@pytest.mark.parametrize(("at", "architecture"), tuple(enumerate(HEADERS)))
def test_each_number_is_the_kernels(at: int, architecture: str) -> None:
    header = Path("/usr/include") / HEADERS[architecture]
    if not header.exists():
        pytest.skip("the kernel's headers are not installed")
    numbers = dict(DEFINED.findall(header.read_text()))
    rows = ROW.findall(TABLE.read_text())
    assert len(rows) > 40
    for name, *told in rows:
        if name in numbers:
            assert told[at] == numbers[name], name
        elif name != "fchmodat2":  # later than the headers may be
            assert told[at] == "-", name
