"""Python 3.14 of a newer Debian, in .cache/python3.14: for the layer's bytecode, and for the tests.

It runs on its own C library, whatever this machine's is: a small program in the interpreter's place
starts it with the loader that came with it.
"""

import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from layer.debian import NoPackages, Suite, unpack_whole

VERSION = "3.14"
SUITE = Suite("forky")
CACHE = Path(__file__).resolve().parent.parent / ".cache" / f"python{VERSION}"
LAUNCHER = Path(__file__).with_name("launcher.c")


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
    """The program that starts it; None where it has not been fetched."""
    usr = CACHE / "root" / "usr"
    launcher = usr / "bin" / f"python{VERSION}"
    is_whole = (usr / "libexec" / launcher.name).exists() and launcher.exists()
    return launcher if is_whole else None


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
    launcher = put_launcher(root / "usr", machine)
    library = str(root / "usr" / "lib" / f"python{VERSION}")
    # Debian compiles the library as it installs it. Exit status 1 says that a file cannot be
    # compiled, which is how some of them are meant to be.
    subprocess.run([launcher, "-m", "compileall", "-q", library], check=False, capture_output=True)
    done = subprocess.run([launcher, "-c", ""], check=False, capture_output=True, text=True)
    if done.returncode:
        launcher.unlink()
        raise NoPackages(f"python{VERSION} does not run here: {done.stderr.strip()}")


def put_launcher(usr: Path, machine: Machine) -> Path:
    """Put the launcher in the interpreter's place, under the prefix `usr`; its path. Raises NoPackages."""
    launcher = usr / "bin" / f"python{VERSION}"
    (usr / "libexec").mkdir(exist_ok=True)
    launcher.replace(usr / "libexec" / launcher.name)
    target = f"{machine.libraries.split('-', 1)[0]}-linux-musl"
    names = {"LIBRARIES": machine.libraries, "LOADER": machine.loader, "NAME": launcher.name}
    compiler = (sys.executable, "-m", "ziglang", "cc", "-target", target, "-static", "-Os", "-s")
    defined = [f'-D{name}="{value}"' for name, value in names.items()]
    cache = str(CACHE.parent / "zig")
    done = subprocess.run(
        [*compiler, *defined, LAUNCHER, "-o", launcher],
        env={**os.environ, "ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise NoPackages(f"its launcher cannot be compiled: {done.stderr.strip()[-300:]}")
    return launcher
