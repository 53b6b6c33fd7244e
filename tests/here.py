"""`hauberk` in this process: each start of it would take half a second.

That a process of its own says the same is shown by test_cli_command.py.
"""

import contextlib
import subprocess
from pathlib import Path

from typer.testing import CliRunner

from hauberk.cli import app


def run_here(
    arguments: tuple[str, ...],
    folder: Path,
    given: bytes | str | None = None,
    variables: dict[str, str] | None = None,
) -> "subprocess.CompletedProcess[bytes]":
    """What `hauberk` writes in a folder, and how it ends."""
    with contextlib.chdir(folder):
        done = CliRunner().invoke(app, arguments, given, variables, prog_name="hauberk")
    if not isinstance(done.exception, SystemExit | None):
        raise done.exception
    return subprocess.CompletedProcess(
        arguments, done.exit_code, done.stdout_bytes, done.stderr_bytes
    )


def run_here_as_text(*words: object) -> "subprocess.CompletedProcess[str]":
    """Likewise; what it wrote is text."""
    done = run_here(*words)  # type: ignore[arg-type]
    texts = done.stdout.decode(), done.stderr.decode()
    return subprocess.CompletedProcess(done.args, done.returncode, *texts)
