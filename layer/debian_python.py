"""Python 3.14 of a newer Debian, in .cache/python3.14: for the layer's bytecode, and for the tests.

It runs on its own C library, whatever this machine's is: a script in the interpreter's place starts
it with the loader that came with it.
"""

import platform
import subprocess
from pathlib import Path
from typing import NamedTuple

from layer.debian import NoPackages, Suite, unpack_whole

VERSION = "3.14"
SUITE = Suite("forky")
CACHE = Path(__file__).resolve().parent.parent / ".cache" / f"python{VERSION}"
LAUNCHER = """#!/bin/sh
program=$0
[ ! -L "$program" ] || program=$(readlink -f "$program")
usr=${program%/*}/..
exec "$usr/lib/@libraries@/@loader@" --argv0 "$0" --library-path "$usr/lib/@libraries@" \\
    "$usr/libexec/@name@" "$@"
"""


class Machine(NamedTuple):
    """What Debian calls a machine, its folder of libraries, and its loader."""

    architecture: str
    libraries: str
    loader: str


MACHINES = {
    "x86_64": Machine("amd64", "x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "aarch64": Machine("arm64", "aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
}


def interpreter() -> Path | None:
    """The script that starts it; None where it has not been fetched."""
    usr = CACHE / "root" / "usr"
    script = usr / "bin" / f"python{VERSION}"
    return script if (usr / "libexec" / script.name).exists() and script.exists() else None


def why_missing() -> str:
    """Why it is not there: what the last attempt to fetch it said."""
    reason = CACHE / "reason"
    if reason.exists():
        return reason.read_text().strip()
    return f"python{VERSION} has not been fetched; `make test` does so, or says why it cannot"


def fetch() -> str | None:
    """Unpack it for this machine; says why it did not."""
    CACHE.mkdir(parents=True, exist_ok=True)
    reason = CACHE / "reason"
    reason.unlink(missing_ok=True)
    try:
        _unpack_for(platform.machine())
    except NoPackages as problem:
        reason.write_text(str(problem))
        return str(problem)
    return None


def _unpack_for(name: str) -> None:
    if name not in MACHINES:
        raise NoPackages(f"no name is known for Debian's port to {name}")
    machine, root = MACHINES[name], CACHE / "root"
    unpack_whole(f"python{VERSION}", machine.architecture, CACHE, root, SUITE)
    script = put_launcher(root / "usr", machine)
    library = str(root / "usr" / "lib" / f"python{VERSION}")
    # Debian compiles the library as it installs it. Exit status 1 says that a file cannot be
    # compiled, which is how some of them are meant to be.
    subprocess.run([script, "-m", "compileall", "-q", library], check=False, capture_output=True)
    done = subprocess.run([script, "-c", ""], check=False, capture_output=True, text=True)
    if done.returncode:
        script.unlink()
        raise NoPackages(f"python{VERSION} does not run here: {done.stderr.strip()}")


def put_launcher(usr: Path, machine: Machine) -> Path:
    """Put the script in the interpreter's place, under the prefix `usr`; the script's path."""
    script = usr / "bin" / f"python{VERSION}"
    (usr / "libexec").mkdir(exist_ok=True)
    script.replace(usr / "libexec" / script.name)
    text = LAUNCHER.replace("@libraries@", machine.libraries)
    script.write_text(text.replace("@loader@", machine.loader).replace("@name@", script.name))
    script.chmod(0o755)
    return script
