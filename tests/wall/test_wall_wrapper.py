"""The layer's wrapper raises the wall around any runtime, and starts the runtime whatever is wrong with the wall."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from walled import EACH, LIBRARY, Start, Walled, found

from contract import is_record, policy
from pythons import THIS, interpreter


def test_another_runtime_has_the_wall_alone_and_says_so(start: Start, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    code = f"process.stdout.write(require('child_process').execSync('cat {secret}; true'))"
    status, out, records, rest = start(found("node"), "-e", code)
    assert (status, out, rest) == (0, "s3cret", "")
    assert (records[0]["state"], records[0]["mode"]) == ("armed", "detect")
    assert records[0]["coverage"]["process"] == "armed"
    assert records[0]["coverage"]["event"].startswith("gap: ")
    assert str(secret) in {record.get("target") for record in records}
    others = [{"operation": "read", "target": f"/{folder}/**"} for folder in ("proc", "sys")]
    settings = {"HAUBERK_POLICY": policy(allowlist={"file": others})}
    status, out, records, _ = start(found("node"), "-e", code, **settings)
    assert (status, out) == (0, "")
    assert [one["target"] for one in records if one["type"] == "detection"] == [str(secret)]


PYTHON = """
import os, subprocess
print([name for name in os.environ if name in ("LD_PRELOAD", "HAUBERK_WALL")])
print(subprocess.run(["cat", "/etc/hostname"], capture_output=True).returncode)
print(subprocess.run(["cat", "/etc/hostname"], capture_output=True, env={}).returncode)
"""


@pytest.fixture
def program_of_python(walled: Walled) -> str:
    """The Python of the architecture, without what this checkout installs for its own."""
    return walled.python if walled.is_emulated else str(interpreter(THIS))


@EACH
def test_python_has_both_in_one_environment(
    program_of_python: str, start: Start, tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PYTHON)
    status, out, records, rest = start(program_of_python, program, HAUBERK_MODE="detect")
    assert (status, out, rest) == (0, "[]\n0\n0\n", "")
    assert len({record["environment"] for record in records}) == 1
    assert [record["state"] for record in records if record["type"] == "status"] == ["armed"]
    assert records[0]["coverage"]["children"] == "armed"
    told = [(one["operation"], one["target"]) for one in records if one["type"] == "activity"]
    assert len(told) == len(set(told))
    assert ("read", "/etc/hostname") in told


NATIVE = """
import ctypes, sys
libc = ctypes.CDLL("libc.so.6")
for _ in range(3):
    print(libc.open(sys.argv[1].encode(), 0) < 0, libc.system(b"cat /etc/hostname > /dev/null") != 0)
"""


@EACH
def test_what_python_asks_of_libc_past_the_guard_is_judged_by_the_wall_and_told_once(
    program_of_python: str, start: Start, tmp_path: Path
) -> None:
    program, secret = tmp_path / "program.py", tmp_path / "secret"
    program.write_text(NATIVE)
    secret.write_text("s3cret")
    command = (program_of_python, program, str(secret))
    status, out, records, rest = start(*command, HAUBERK_MODE="detect")
    assert (status, out, rest) == (0, "False False\n" * 3, "")
    told = [(one["operation"], one["target"]) for one in records if one["type"] == "activity"]
    assert told.count(("read", str(secret))) == 1
    assert told.count(("read", "/etc/hostname")) == 1
    own = (str(program), f"{Path(program_of_python).parents[1]}/**")
    listed = [{"operation": "read", "target": target} for target in own]
    settings = {"HAUBERK_POLICY": policy(allowlist={"file": listed, "process": []})}
    status, out, records, rest = start(*command, **settings)
    assert (status, out, rest) == (0, "True True\n" * 3, "")
    assert records[0]["coverage"]["children"] == "armed"
    refused = [one["target"] for one in records if one.get("verdict") == "block"]
    assert refused.count(str(secret)) == 1


def test_what_was_preloaded_before_stays(start: Start, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import os\nprint(os.environ['LD_PRELOAD'])\n")
    status, out, _, _ = start(str(interpreter(THIS)), program, LD_PRELOAD="libc.so.6")
    assert (status, out) == (0, "libc.so.6\n")


def missing(layer: Path) -> None:
    (layer / LIBRARY).unlink()


def cut_off(layer: Path) -> None:
    library = layer / LIBRARY
    library.write_bytes(library.read_bytes()[: library.stat().st_size // 2])


def shortened(layer: Path) -> None:
    library = layer / LIBRARY
    library.write_bytes(library.read_bytes()[:-1])


def without_size(layer: Path) -> None:
    (layer / "hauberk" / "wall-size").unlink()


LOADER = "cannot be preloaded (cannot read file data): ignored."


@pytest.mark.parametrize(
    ("breakage", "loader_says"),
    [(missing, []), (cut_off, [LOADER]), (shortened, [LOADER])],
    ids=["missing", "cut_off", "shortened"],
)
@pytest.mark.parametrize("mode", ["off", "prevent"])
def test_python_runs_without_a_whole_wall_and_the_gap_is_told(
    start: Start,
    layer: Path,
    tmp_path: Path,
    breakage: Callable[[Path], None],
    loader_says: list[str],
    mode: str,
) -> None:
    """The loader says so once: no child is asked to load it."""
    breakage(layer)
    program = tmp_path / "program.py"
    program.write_text(PYTHON)
    status, out, records, rest = start(str(interpreter(THIS)), program, HAUBERK_MODE=mode)
    assert (status, out) == (0, "[]\n0\n0\n")
    said = [line for line in rest.splitlines() if line]
    assert len(said) == len(loader_says)
    assert all(line.endswith(end) for line, end in zip(said, loader_says, strict=True))
    if mode == "off":
        assert records == []
        return
    assert records[0]["state"] == "armed"
    assert records[0]["coverage"]["children"].startswith("gap: ")


@pytest.mark.parametrize("breakage", [missing, cut_off, shortened, without_size])
def test_another_runtime_runs_without_a_whole_wall_and_the_gap_is_told(
    start: Start, layer: Path, breakage: Callable[[Path], None]
) -> None:
    breakage(layer)
    status, out, records, rest = start("sh", "-c", "echo runs")
    assert (status, out, rest) == (0, "runs\n", "")
    assert [record["state"] for record in records] == ["fault"]


def test_a_broken_guard_leaves_the_wall(start: Start, layer: Path, tmp_path: Path) -> None:
    (layer / "hauberk" / "boot.py").write_text("nonsense(")
    shutil.rmtree(layer / "hauberk" / "__pycache__", ignore_errors=True)
    program = tmp_path / "program.py"
    program.write_text("import os; os.system('cat /etc/hostname > /dev/null'); print('ran')")
    status, out, records, _ = start(str(interpreter(THIS)), program, HAUBERK_MODE="detect")
    assert (status, out) == (0, "ran\n")
    assert "fault" in {record.get("state") for record in records}
    assert "/etc/hostname" in {record.get("target") for record in records}


ALPINE = 'mount -t tmpfs none /etc && : >/etc/alpine-release && exec "$@"'


def test_on_an_image_with_musl_programs_run_and_the_gap_is_told(
    layer: Path, tmp_path: Path
) -> None:
    """Its loader would end each program that is to load a library of glibc's."""
    source, program = tmp_path / "x.c", tmp_path / "x"
    source.write_text('#include <stdio.h>\nint main(void) { return puts("runs") < 0; }\n')
    subprocess.run([found("musl-gcc"), str(source), "-o", str(program)], check=True)
    image = ["unshare", "--mount", "sh", "-c", ALPINE, "sh"]
    if subprocess.run([*image, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no mount namespace here, in which an image could be laid out")
    done = subprocess.run(
        [*image, str(layer / "hauberk" / "wrapper"), str(program)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "runs\n"
    (record,) = [json.loads(line) for line in done.stderr.splitlines() if is_record(line)]
    assert (record["level"], record["state"]) == ("FATAL", "fault")
    assert "musl" in record["message"]


def test_off_is_off(start: Start) -> None:
    assert start("sh", "-c", "cat /etc/hostname | wc -l", HAUBERK_MODE="off")[1:] == ("1\n", [], "")
