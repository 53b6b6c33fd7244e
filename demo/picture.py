"""A small PNG picture to upload."""

import struct
import zlib


def gradient(width: int, height: int) -> bytes:
    """A picture of `width` by `height` pixels that runs from black to orange."""
    line = b"".join(bytes((x * 255 // width, x * 128 // width, 16)) for x in range(width))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + line) * height)
    parts = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
