"""Build the layer: `python -m layer.build x86_64 arm64`, one zip in dist/ for each architecture.

The same sources and tools give the same bytes: entries are sorted and carry no time of their own.
"""

import argparse
import sys
import zipfile
from pathlib import Path

from layer.bytecode import compiled
from layer.content import Entry, collect
from layer.elf import newest_glibc
from layer.native import ARCHITECTURES, BuildFailed, CannotBuild, build_native

ROOT = Path(__file__).resolve().parent.parent
LIMIT_BYTES = 8_000_000
OLDEST_IMAGE_GLIBC = (2, 26)
FIRST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class LayerError(Exception):
    """A layer that must not be shipped, and why."""


def main(arguments: list[str]) -> int:
    """Build what the command line asks for; 3 where this machine cannot."""
    parser = argparse.ArgumentParser(prog="python -m layer.build", description=__doc__)
    parser.add_argument("architectures", nargs="+", choices=list(ARCHITECTURES))
    parser.add_argument("--no-bytecode", action="store_true", help="leave out the .pyc files")
    parser.add_argument("--if-possible", action="store_true", help="0 where it cannot be built")
    options = parser.parse_args(arguments)
    try:
        for architecture in options.architectures:
            print(f"note: {build(architecture, with_bytecode=not options.no_bytecode)}")
    except CannotBuild as reason:
        print(f"note: not built: {reason}")
        return 0 if options.if_possible else 3
    except (BuildFailed, LayerError) as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    return 0


def build(architecture: str, *, with_bytecode: bool) -> str:
    """Write the zip of one architecture and say what is in it."""
    native = build_native(ROOT, architecture)
    glibc = max(newest_glibc(library.read_bytes()) for library in native)
    entries = collect(ROOT, native)
    versions: tuple[str, ...] = ()
    if with_bytecode:
        bytecode, versions = compiled(entries)
        entries += bytecode
    unzipped_bytes = sum(len(entry.data) for entry in entries)
    require_shippable(glibc, unzipped_bytes)
    target = ROOT / "dist" / f"hauberk-python-{architecture}.zip"
    write_zip(target, entries)
    sizes = f"{target.stat().st_size / 1e6:.2f} MB, {unzipped_bytes / 1e6:.2f} MB unzipped"
    needs = f"needs glibc {glibc[0]}.{glibc[1]}"
    return f"{target.name}: {sizes}; {needs}; bytecode for Python {' '.join(versions) or '(none)'}"


def require_shippable(glibc: tuple[int, int], unzipped_bytes: int) -> None:
    """Refuse a layer that Lambda's oldest image cannot load, or that is too large."""
    if glibc > OLDEST_IMAGE_GLIBC:
        raise LayerError(f"asks for glibc {glibc[0]}.{glibc[1]}; Lambda's oldest image has 2.26")
    if unzipped_bytes > LIMIT_BYTES:
        raise LayerError(f"{unzipped_bytes} bytes unzipped; the limit is {LIMIT_BYTES}")


def write_zip(target: Path, entries: list[Entry]) -> None:
    """Write `entries`, sorted, with fixed times, and put the zip in place in one step."""
    target.parent.mkdir(exist_ok=True)
    unfinished = target.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for entry in sorted(entries):
            info = zipfile.ZipInfo(entry.path, FIRST_ZIP_TIME)
            info.create_system = 3  # Unix: the mode below counts
            info.external_attr = (0o100000 | entry.mode) << 16
            archive.writestr(info, entry.data, zipfile.ZIP_DEFLATED, 9)
    unfinished.replace(target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
