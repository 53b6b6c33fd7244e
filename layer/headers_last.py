"""Has the loader read a library's end first, so that it refuses a file that was cut off.

It maps a file as its program headers say and never asks how long it is: what is missing ends the process at the first
look. The headers themselves it reads from the file, and says where it cannot. So a copy of them stands last, and the
file names that one; the linker's own stay where they are, for what looks at them in memory.
"""

import struct

from layer.elf import NotElf

PLACE = struct.Struct("<Q")
SIZES = struct.Struct("<HH")
PLACE_AT, SIZES_AT = 0x20, 0x36
ALIGNMENT = 8


def headers_last(elf: bytes) -> bytes:
    """The same library, its program headers last."""
    if elf[:6] != b"\x7fELF\x02\x01":
        raise NotElf("not a 64-bit little-endian ELF file")
    (place,) = PLACE.unpack_from(elf, PLACE_AT)
    size, count = SIZES.unpack_from(elf, SIZES_AT)
    out = bytearray(elf) + bytes(-len(elf) % ALIGNMENT)
    PLACE.pack_into(out, PLACE_AT, len(out))
    return bytes(out + elf[place : place + size * count])


def are_last(elf: bytes) -> bool:
    """Whether nothing stands behind the program headers."""
    (place,) = PLACE.unpack_from(elf, PLACE_AT)
    size, count = SIZES.unpack_from(elf, SIZES_AT)
    return bool(place + size * count == len(elf))
