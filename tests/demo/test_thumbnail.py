"""The shop's own thumbnailer: every PNG filter, and what it refuses."""

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from demo.picture import gradient

THUMBNAIL = Path(__file__).parents[2] / "demo" / "function" / "bin" / "thumbnail"


def thumbnail(source: Path, target: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(THUMBNAIL), str(source), str(target), "O'Brien"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def lines_of(png: bytes) -> tuple[int, int, bytes]:
    width, height = struct.unpack(">II", png[16:24])
    start = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[start - 4 : start])
    return width, height, zlib.decompress(png[start + 4 : start + 4 + length])


def filtered(kind: int, rows: list[list[int]]) -> bytes:
    """A grey PNG of `rows` whose lines are all filtered by `kind`."""
    above, data = [0] * len(rows[0]), bytearray()
    for row in rows:
        data.append(kind)
        for x, value in enumerate(row):
            left, corner = (row[x - 1], above[x - 1]) if x else (0, 0)
            up = above[x]
            p = left + up - corner
            paeth = min((left, up, corner), key=lambda near: abs(p - near))
            data.append((value - (0, left, up, (left + up) // 2, paeth)[kind]) & 255)
        above = row
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    png = gradient(1, 1)[:8]
    for name, body in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(data))), (b"IEND", b"")):
        png += (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )
    return png


@pytest.mark.parametrize("kind", range(5))
def test_a_small_picture_keeps_its_pixels_whatever_its_filter(kind: int, tmp_path: Path) -> None:
    rows = [[(x * x + y * 37) % 256 for x in range(9)] for y in range(7)]
    source, target = tmp_path / "a.png", tmp_path / "b.png"
    source.write_bytes(filtered(kind, rows))
    assert thumbnail(source, target).stdout == "O'Brien: 9x7\n"
    assert lines_of(target.read_bytes()) == (9, 7, b"".join(b"\0" + bytes(row) for row in rows))


def test_a_large_picture_becomes_at_most_64_wide(tmp_path: Path) -> None:
    source, target = tmp_path / "O'Brien.png", tmp_path / "b.png"
    source.write_bytes(gradient(160, 20))
    assert thumbnail(source, target).stdout == "O'Brien: 54x7\n"
    assert lines_of(target.read_bytes())[:2] == (54, 7)
    assert b"Title\0\0\0\0\0O'Brien" in target.read_bytes()


def test_what_is_no_png_is_refused(tmp_path: Path) -> None:
    source, target = tmp_path / "a.png", tmp_path / "b.png"
    source.write_bytes(b"GIF89a")
    done = thumbnail(source, target)
    assert done.returncode == 1 and "not a PNG" in done.stderr
    assert not target.exists()
