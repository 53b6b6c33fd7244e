"""What a layer holds, and where: all of ours under `hauberk`, one `.pth` under `python`."""

from pathlib import Path
from typing import NamedTuple

from layer.native import Libraries

FIXED = (
    # in the repository     in the layer            mode
    ("layer/wrapper", "hauberk/wrapper", 0o755),
    ("layer/boot.py", "hauberk/boot.py", 0o644),
    ("layer/hauberk.pth", "python/hauberk.pth", 0o644),
    ("src/hauberk/__init__.py", "hauberk/lib/hauberk/__init__.py", 0o644),
)
PACKAGES = ("guard", "model")
WALL = "hauberk/lib/libhauberk_wall.so"
WALL_SIZE = "hauberk/wall-size"
OURS = "hauberk/"
LIBRARY = "hauberk/lib/hauberk"


class Entry(NamedTuple):
    """One file of the layer."""

    path: str
    data: bytes
    mode: int


def collect(root: Path, native: Libraries) -> list[Entry]:
    """Read every file of the layer from the repository at `root`, and the built libraries."""
    entries = [Entry(path, (root / source).read_bytes(), mode) for source, path, mode in FIXED]
    entries.append(Entry(f"{LIBRARY}/_native.abi3.so", native.module.read_bytes(), 0o755))
    wall = native.wall.read_bytes()
    entries.append(Entry(WALL, wall, 0o755))
    entries.append(Entry(WALL_SIZE, f"{len(wall)}\n".encode(), 0o644))
    source_root = root / "src" / "hauberk"
    for package in PACKAGES:
        for file in (source_root / package).rglob("*"):
            if file.is_file() and file.suffix != ".pyi" and "__pycache__" not in file.parts:
                path = f"{LIBRARY}/{file.relative_to(source_root).as_posix()}"
                entries.append(Entry(path, file.read_bytes(), 0o644))
    return [*entries, sizes(entries)]


def sizes(entries: list[Entry]) -> Entry:
    """What `boot.py` checks before it runs sources: the size of each."""
    ours = sorted(
        entry for entry in entries if entry.path.startswith(OURS) and entry.path.endswith(".py")
    )
    lines = [f"{len(entry.data)} {entry.path.removeprefix(OURS)}\n" for entry in ours]
    return Entry(f"{OURS}sizes", "".join(lines).encode(), 0o644)
