"""`python -m demo`: tells the whole story, and ends with 0 only where every promise held."""

import argparse
import io
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from demo import lesson, table
from demo.judgement import DETECT, LEARNING, PREVENT, UNPROTECTED, complaints
from demo.records import read
from demo.s3 import S3Error
from demo.setting import Setting, setting
from demo.shop import Guard, isolation_is_allowed, opened
from demo.story import Phase, day, morning
from demo.trimmed import trimmed
from hauberk.local import LocalError
from hauberk.local.attach import own_layer

OUT = Path(__file__).parent / "out"
POLICY, KEY, S3_LOG = "hauberk.yaml", "signing-key.pem", "s3.log"
INTRODUCTION = """[bold]Hauberk, a demonstration.[/bold] A web shop's function \
runs as AWS Lambda runs it: AWS's own runtime client, Lambda's paths, an emulated S3. Its code \
(demo/function) has the holes that hurried developers leave, and is never changed. Each phase \
has the same {normal} normal requests and the same {attacks} attacks. All of it stays on loopback.
"""
NOT_ISOLATED = """[yellow]This machine gives a function no root of its own (no mount namespaces), \
so Lambda's paths and host names are not to be had: the attacker's host is the address \
127.0.0.66.[/yellow]
"""


def main() -> int:
    """Runs the demonstration; the status is 0, 1 for a broken promise, 3 where it cannot run."""
    parser = argparse.ArgumentParser(prog="demo", description="Shows Hauberk at work.")
    parser.add_argument(
        "--no-namespace", action="store_true", help="give the function no root of its own"
    )
    parser.add_argument("--out", type=Path, default=OUT, help="folder for logs and policy")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False, file=trimmed(sys.stdout))
    try:
        return _run(console, options.out.absolute(), isolated=not options.no_namespace)
    except KeyboardInterrupt:
        console.print("\nStopped; nothing was left running.")
        return 130
    except (LocalError, S3Error, lesson.LessonError, OSError) as error:
        console.print(f"[red]The demonstration cannot go on:[/red] {escape(str(error))}")
        console.print(f"Logs until here: {escape(_shown(options.out.absolute()))}/")
        return 3


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _run(console: Console, out: Path, isolated: bool) -> int:
    out.mkdir(parents=True, exist_ok=True)
    logs = tuple(f"{name}.log" for name in (UNPROTECTED, LEARNING, DETECT, PREVENT))
    for name in (*logs, POLICY, KEY, S3_LOG):
        (out / name).unlink(missing_ok=True)
    layer = own_layer(())
    with tempfile.TemporaryDirectory(prefix="hauberk-demo-") as folder:
        isolated = isolated and isolation_is_allowed(Path(folder))
        with setting(Path(folder), out / S3_LOG, isolated) as place:
            _introduce(console, place)
            phases = _phases(console, place, layer, out)
    attacks = tuple(attack.name for attack in place.scene.attacks)
    broken = complaints(phases, attacks, place.scene.normal.index(place.scene.probe))
    console.print()
    console.print(table.table(attacks, {phase.name: phase for phase in phases}))
    table.show_examples(console, phases[-1])
    table.show_places(console, _shown(out))
    table.show_judgement(console, len(phases[0].answers), broken)
    return 1 if broken else 0


def _introduce(console: Console, place: Setting) -> None:
    counts = {"normal": len(place.scene.normal), "attacks": len(place.scene.attacks)}
    console.print(INTRODUCTION.format(**counts))
    if not place.isolated:
        console.print(NOT_ISOLATED)


def _phases(console: Console, place: Setting, layer: Path, out: Path) -> tuple[Phase, ...]:
    scene, policy, log = place.scene, out / POLICY, out / "learning.log"
    with (
        _told(console, 1, UNPROTECTED, "the function alone: normal requests, then attacks"),
        opened(place, None, out / "unprotected.log") as alone,
    ):
        unprotected = day(UNPROTECTED, alone, scene)
    with _told(console, 2, LEARNING, "Hauberk attached; no policy, normal requests only"):
        with opened(place, Guard(layer, {"HAUBERK_MODE": "detect"}), log) as watched:
            learning = morning(LEARNING, watched, scene)
        lesson.learn(log, policy)
    learned = sum(record.type == "activity" for record in read(log.read_text("utf-8")))
    console.print(
        f"  {learned} activities became an allowlist: hauberk learn learning.log --accept-review\n"
        f"  {place.emulator} in it is the emulated S3; [::1]:0 is urllib3's test for IPv6",
        style="dim",
        markup=False,
    )
    phases = [unprotected, learning]
    for number, mode, words in (
        (3, DETECT, "the learned policy, signed"),
        (4, PREVENT, "the same"),
    ):
        value = lesson.compiled(policy, out / KEY, mode)
        guard = Guard(layer, {"HAUBERK_POLICY": value})
        with (
            _told(console, number, mode, f"{words}, with `mode: {mode}`"),
            opened(place, guard, out / f"{mode}.log") as guarded,
        ):
            phases.append(day(mode, guarded, scene))
    return tuple(phases)


@contextmanager
def _told(console: Console, number: int, name: str, words: str) -> Iterator[None]:
    started = time.monotonic()
    with console.status(f"{name}: {words}"):
        yield
    took = time.monotonic() - started
    console.print(f"[bold]{number} {name:<12}[/bold] {words:<52} [dim]{took:>4.1f} s[/dim]")


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


if __name__ == "__main__":
    sys.exit(main())
