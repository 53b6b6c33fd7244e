"""Debian's Python for arm64, in .cache/arm64, for the tests of the arm64 layer under qemu."""

import shutil
import sys
from pathlib import Path

from layer.debian import NoPackages, unpack_whole

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "arm64"
EMULATORS = ("qemu-aarch64-static", "qemu-aarch64")


def command() -> list[str] | None:
    """The command that starts it; None where it, or the emulator, is not there."""
    emulator = next((path for name in EMULATORS if (path := shutil.which(name))), None)
    pythons = sorted((CACHE / "root" / "usr" / "bin").glob("python3.*[0-9]"))
    if not emulator or not pythons:
        return None
    return [emulator, "-L", str(CACHE / "root"), str(pythons[0])]


def fetch() -> str | None:
    """Unpack it, where an emulator is there to run it; says why it did not."""
    if command():
        return None
    if not any(map(shutil.which, EMULATORS)):
        return "qemu-user-static is not installed"
    try:
        unpack_whole("python3", "arm64", CACHE, CACHE / "root")
    except NoPackages as reason:
        return str(reason)
    # Where Debian's packages expect `/lib` to be a link, an unpacked folder has none.
    if not (CACHE / "root" / "lib").exists():
        (CACHE / "root" / "lib").symlink_to("usr/lib")
    return None


if __name__ == "__main__":
    problem = fetch()
    print(f"note: the arm64 layer is not tested: {problem}" if problem else "ready")
    sys.exit(0)
