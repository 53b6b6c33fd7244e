"""What a text holds: a class of its own may say otherwise of itself, and to the driver."""

from __future__ import annotations


def held(text: str | bytes | bytearray) -> bytes:
    """Give the text as generalised UTF-8, or the bytes."""
    if isinstance(text, str):
        return str.encode(text, "utf-8", "surrogatepass")
    return bytes(memoryview(text))
