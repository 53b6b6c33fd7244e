"""What is in the zips that are shipped."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from layer.build import LIMIT_BYTES
from layer.content import FIXED, LIBRARY, OURS, WALL
from layer.elf import newest_glibc
from layer.headers_last import are_last
from layer.late import PAGE, late
from layer.native import LATE

from pythons import EVERY, interpreter

ADDRESS_BYTES = 8
# What a Python makes of the bytecode that it finds beside each source.
READ = """
import importlib.util, json, marshal, sys, zipfile
read = {}
with zipfile.ZipFile(sys.argv[1]) as layer:
    for name in sys.argv[2:]:
        bytecode = layer.read(importlib.util.cache_from_source(name))
        read[name] = {
            "magic": bytecode[:4] == importlib.util.MAGIC_NUMBER,
            "flags": int.from_bytes(bytecode[4:8], "little"),
            "hash": bytecode[8:16] == importlib.util.source_hash(layer.read(name)),
            "file": marshal.loads(bytecode[16:]).co_filename,
        }
print(json.dumps(read))
"""
UNCHECKED_HASH = 1


def test_all_of_ours_is_under_hauberk_but_one_pth(layer: zipfile.ZipFile) -> None:
    elsewhere = [name for name in layer.namelist() if not name.startswith("hauberk/")]
    assert elsewhere == ["python/hauberk.pth"]


def test_the_layer_holds_every_part_that_attaches_the_guard(layer: zipfile.ZipFile) -> None:
    names = set(layer.namelist())
    wanted = {path for _, path, _ in FIXED} | {WALL}
    wanted |= {
        f"{LIBRARY}/{name}" for name in ("_native.abi3.so", "guard/start.py", "model/kind.py")
    }
    assert wanted <= names


def test_the_layer_holds_nothing_of_the_tools(layer: zipfile.ZipFile) -> None:
    packages = {name.removeprefix(f"{LIBRARY}/").split("/")[0] for name in layer.namelist()}
    assert packages.isdisjoint({"cli", "learn", "local", "policy", "spec", "_native.pyi"})


def test_the_wrapper_can_be_run_and_nothing_can_be_written_by_others(
    layer: zipfile.ZipFile,
) -> None:
    modes = {info.filename: info.external_attr >> 16 & 0o777 for info in layer.infolist()}
    assert modes["hauberk/wrapper"] == 0o755
    assert set(modes.values()) == {0o644, 0o755}


def test_the_layer_fits_its_budget(layer: zipfile.ZipFile) -> None:
    assert 0 < sum(info.file_size for info in layer.infolist()) <= LIMIT_BYTES


def test_entries_are_sorted_and_carry_no_time_of_their_own(layer: zipfile.ZipFile) -> None:
    assert layer.namelist() == sorted(layer.namelist())
    assert {info.date_time for info in layer.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("library", [f"{LIBRARY}/_native.abi3.so", WALL])
def test_the_libraries_load_on_the_oldest_image_of_lambda(
    layer: zipfile.ZipFile, library: str
) -> None:
    assert (2, 0) < newest_glibc(layer.read(library)) <= (2, 26)


@pytest.mark.parametrize("library", [f"{LIBRARY}/_native.abi3.so", WALL])
def test_the_loader_looks_at_a_library_s_end_first(layer: zipfile.ZipFile, library: str) -> None:
    assert are_last(layer.read(library))


@pytest.mark.skipif(not shutil.which("readelf"), reason="readelf (binutils) is not installed")
def test_a_child_loads_no_further_library_for_the_wall(
    layer: zipfile.ZipFile, tmp_path: Path
) -> None:
    wall = layer.extract(WALL, tmp_path)
    shown = subprocess.check_output(["readelf", "--dynamic", "--wide", wall], text=True)
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", shown)
    assert "libc.so.6" in needed
    assert [name for name in needed if not name.startswith(("libc.so", "ld-linux-"))] == []


@pytest.mark.parametrize("version", EVERY)
def test_each_source_has_bytecode_for_each_python_that_is_never_checked(
    layer: zipfile.ZipFile, version: str
) -> None:
    sources = [name for name in layer.namelist() if name.startswith(OURS) and name.endswith(".py")]
    assert "hauberk/boot.py" in sources
    command = [interpreter(version), "-c", READ, str(layer.filename), *sources]
    read = json.loads(subprocess.check_output(command))
    assert read == {
        name: {"magic": True, "flags": UNCHECKED_HASH, "hash": True, "file": f"/opt/{name}"}
        for name in sources
    }


def test_the_loader_is_told_of_few_of_the_walls_own_addresses(layer: zipfile.ZipFile) -> None:
    if not any(architecture in str(layer.filename) for architecture in LATE):
        pytest.skip("the loader writes all of them there: late writing was not run on it")
    hidden, told = late(layer.read(WALL))
    assert hidden > 500
    # What stands on a page with the list that the loader reads, wherever the linker put it, and libc's functions.
    assert told < PAGE / ADDRESS_BYTES + 256
