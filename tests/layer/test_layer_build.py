"""How a layer is put together, and what is refused."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer.build import LIMIT_BYTES, LayerError, require_shippable, write_zip
from layer.bytecode import compiled
from layer.content import LIBRARY, Entry
from layer.elf import NotElf, needed_versions, newest_glibc

ENTRIES = [Entry(f"hauberk/{number}.py", b"x = 1\n" * number, 0o644) for number in range(50)]

REFUSED = [
    # glibc   unzipped bytes   what the refusal says
    ((2, 27), 1, "glibc 2.27"),
    ((3, 0), 1, "glibc 3.0"),
    ((2, 17), LIMIT_BYTES + 1, "bytes unzipped"),
]
SHIPPABLE = [((2, 26), 1), ((2, 9), 1), ((0, 0), 1), ((2, 17), LIMIT_BYTES)]


@pytest.mark.parametrize(("glibc", "unzipped", "says"), REFUSED)
def test_a_layer_that_lambda_cannot_load_or_that_is_too_large_is_refused(
    glibc: tuple[int, int], unzipped: int, says: str
) -> None:
    with pytest.raises(LayerError, match=says):
        require_shippable(glibc, unzipped)


@pytest.mark.parametrize(("glibc", "unzipped"), SHIPPABLE)
def test_a_layer_within_the_limits_is_shipped(glibc: tuple[int, int], unzipped: int) -> None:
    require_shippable(glibc, unzipped)


@given(order=st.permutations(ENTRIES))
def test_the_order_of_the_files_found_does_not_change_the_zip(order: list[Entry]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        zips = [Path(folder, name) for name in ("a.zip", "b.zip")]
        write_zip(zips[0], ENTRIES)
        write_zip(zips[1], order)
        assert zips[0].read_bytes() == zips[1].read_bytes()


def test_a_zip_gives_back_what_was_put_in(tmp_path: Path) -> None:
    write_zip(tmp_path / "layer.zip", ENTRIES)
    with zipfile.ZipFile(tmp_path / "layer.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            entry.path: entry.data for entry in ENTRIES
        }


def test_bytecode_is_the_same_each_time_it_is_made() -> None:
    source = b"KINDS = {'process', 'file', 'api', 'host'}\ndef f(x):\n    return x in {'a', 'b'}\n"
    entries = [Entry(f"{LIBRARY}/model/kind.py", source, 0o644)]
    first, versions = compiled(entries)
    assert versions
    assert len(first) == len(versions)
    assert compiled(entries) == (first, versions)


@pytest.mark.skipif(not shutil.which("readelf"), reason="readelf (binutils) is not installed")
def test_the_glibc_versions_read_are_those_that_readelf_reads() -> None:
    library = Path(struct.__file__).parent / "lib-dynload"
    files = [Path(sys.executable).resolve(), *library.glob("*.so")]
    for file in files:
        shown = subprocess.check_output(["readelf", "--version-info", "--wide", file], text=True)
        needs = shown.partition("Version needs section")[2]
        names = {word for word in needs.split() if word.startswith("GLIBC_")}
        assert {n for n in needed_versions(file.read_bytes()) if n.startswith("GLIBC_")} == names


@pytest.mark.parametrize(
    "junk", [b"", b"\x7fELF", b"\x7fELF\x01\x01" + bytes(64), b"MZ" + bytes(64)]
)
def test_what_is_no_64_bit_elf_file_is_refused(junk: bytes) -> None:
    with pytest.raises(NotElf):
        newest_glibc(junk)
