"""The whole demonstration, with the layer that `make layer` makes."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from hauberk.local import LocalError
from hauberk.local.attach import own_layer

ROOT = Path(__file__).parents[2]


def demo(out: Path, *options: str, **variables: str) -> "subprocess.Popen[str]":
    """The demonstration, started; its temporary files are below `out`."""
    temporary = out / "temporary"
    temporary.mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "demo", "--out", str(out), *options],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
        # A shell that runs the tests in the background has them ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  one thread
    )


def left_behind(out: Path) -> list[str]:
    """Files below the temporary folder, and processes that have it as theirs."""
    mark = f"TMPDIR={out / 'temporary'}".encode()
    files = [str(path) for path in (out / "temporary").iterdir()]
    return files + [name.name for name in Path("/proc").glob("[0-9]*") if mark in _variables(name)]


def _variables(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:  # ended meanwhile, or another user's
        return b""


@pytest.fixture
def layer() -> None:
    try:
        own_layer(())
    except LocalError as error:
        pytest.skip(str(error))


@dataclass(frozen=True)
class Shown:
    """A demonstration that ran to its end."""

    out: Path
    status: int
    said: str


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Shown]:
    """Runs the whole demonstration once for each way."""

    @cache
    def run(*options: str) -> Shown:
        out = tmp_path_factory.mktemp("demo")
        process = demo(out, *options)
        said, _ = process.communicate(timeout=120)
        return Shown(out, process.returncode, said)

    return run


@pytest.mark.usefixtures("layer")
@pytest.mark.parametrize("options", [(), ("--no-namespace",)], ids=["own root", "without"])
def test_every_promise_holds_and_nothing_is_left(
    options: tuple[str, ...], shown: Callable[..., Shown]
) -> None:
    one = shown(*options)
    assert one.status == 0, one.said
    assert "Every promise held" in one.said
    assert not re.search(r"[ ]$", one.said, re.MULTILINE)
    policy = (one.out / "hauberk.yaml").read_text()
    assert re.findall(r"mode: \w+", policy) == ["mode: prevent"]
    for address in re.findall(r"127\.0\.0\.1:\d+", policy) if not options else ():
        assert f"{address} in it is the emulated S3" in one.said
    assert left_behind(one.out) == []
    assert learned(one.out) == learned(one.out, "--store", str(one.out / "records"))


def learned(out: Path, *options: str) -> bytes:
    """The allowlist of the demonstration's log, in a file of its own."""
    file = out / f"learned{len(options)}.yaml"
    words = [
        sys.executable,
        "-m",
        "hauberk.cli",
        "learn",
        str(out / "learning.log"),
        "-o",
        str(file),
    ]
    subprocess.run([*words, *options], check=True, capture_output=True, timeout=60)
    return file.read_bytes()


@pytest.mark.usefixtures("layer")
def test_the_readme_shows_what_the_demonstration_prints(shown: Callable[..., Shown]) -> None:
    said = shown().said
    if "gives a function no root of its own" in said:
        pytest.skip("without namespaces hosts have no names, and other detectors speak")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.partition("What it prints, shortened:\n")[2].partition("\n## ")[0]
    lines = [_without_figures(line) for line in block.splitlines() if line.strip()]
    printed = iter([_without_figures(f"    {line}") for line in said.splitlines()])
    assert len(lines) > 30
    for line in lines:  # in this order
        assert line in printed, line


def _without_figures(line: str) -> str:
    """A line without its times, sizes and ports, which differ from run to run, and how they are aligned."""
    return re.sub(r"[\d.,:]*\d", "#", re.sub(r" +", " ", line))


@pytest.mark.usefixtures("layer")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_it_is_stopped(number: signal.Signals, tmp_path: Path) -> None:
    process = demo(tmp_path)
    assert process.stdout is not None
    while not process.stdout.readline().startswith("1 unprotected"):
        assert process.poll() is None
    os.killpg(process.pid, number)
    said, _ = process.communicate(timeout=30)
    assert (process.returncode, "Stopped" in said) == (130, True), said
    assert left_behind(tmp_path) == []


def test_without_the_layer_it_says_how_to_make_it(tmp_path: Path) -> None:
    process = demo(tmp_path, HAUBERK_LAYER=str(tmp_path / "none"))
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "make layer" in said and str(tmp_path) in said
    assert left_behind(tmp_path) == []
