"""Debian's Python and shell for arm64, in .cache/arm64, for the tests of the arm64 layer under qemu."""

import shutil
import sys
from pathlib import Path

from layer.debian import NoPackages, unpack_whole

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "arm64"
ROOT = CACHE / "root"
EMULATORS = ("qemu-aarch64-static", "qemu-aarch64")
PACKAGES = "python3 dash coreutils"


def emulator() -> str | None:
    """The program that runs programs for arm64."""
    return next((path for name in EMULATORS if (path := shutil.which(name))), None)


def command() -> list[str] | None:
    """The command that starts Python; None where it, or the emulator, is not there."""
    pythons = sorted((ROOT / "usr" / "bin").glob("python3.*[0-9]"))
    if not (program := emulator()) or not pythons or not (ROOT / "usr" / "bin" / "sh").exists():
        return None
    return [program, "-L", str(ROOT), str(pythons[0])]


def fetch() -> str | None:
    """Unpack it, where an emulator is there to run it; says why it did not."""
    if command():
        return None
    if not emulator():
        return "qemu-user-static is not installed"
    try:
        unpack_whole(PACKAGES, "arm64", CACHE, ROOT)
    except NoPackages as reason:
        return str(reason)
    for name in ("bin", "lib", "sbin"):
        _merge(ROOT / name, ROOT / "usr" / name)
    return None


def _merge(folder: Path, into: Path) -> None:
    """Has an installed Debian's link where an unpacked one has a folder, or nothing."""
    if folder.exists():
        shutil.copytree(folder, into, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(folder)
    folder.symlink_to(f"usr/{into.name}")


if __name__ == "__main__":
    problem = fetch()
    print(f"note: the arm64 layer is not tested: {problem}" if problem else "ready")
    sys.exit(0)
