"""Which glibc a 64-bit little-endian ELF file asks for."""

import re
import struct

SECTION_HEADER = struct.Struct("<IIQQQQIIQQ")
VERSION_NEED = struct.Struct("<HHIII")
VERSION_AUXILIARY = struct.Struct("<IHHII")
GNU_VERSION_NEED = 0x6FFFFFFE


class NotElf(ValueError):
    """Not a 64-bit little-endian ELF file."""


def newest_glibc(elf: bytes) -> tuple[int, int]:
    """The newest `GLIBC_x.y` that the file's dynamic symbols need; (0, 0) where none does."""
    matches = [re.match(r"GLIBC_(\d+)\.(\d+)", name) for name in needed_versions(elf)]
    return max(((int(match[1]), int(match[2])) for match in matches if match), default=(0, 0))


def needed_versions(elf: bytes) -> list[str]:
    """Every symbol version that the file needs of other libraries."""
    if elf[:6] != b"\x7fELF\x02\x01":
        raise NotElf("not a 64-bit little-endian ELF file")
    sections = _sections(elf)
    names = []
    for section in sections:
        if section[1] == GNU_VERSION_NEED:
            strings_at = sections[section[6]][4]
            names += [_text(elf, strings_at + name) for name in _name_offsets(elf, section)]
    return names


def _sections(elf: bytes) -> list[tuple[int, ...]]:
    (table,) = struct.unpack_from("<Q", elf, 0x28)
    size, count = struct.unpack_from("<HH", elf, 0x3A)
    return [SECTION_HEADER.unpack_from(elf, table + size * number) for number in range(count)]


def _name_offsets(elf: bytes, section: tuple[int, ...]) -> list[int]:
    offsets = []
    need_at, libraries = section[4], section[7]
    for _ in range(libraries):
        _, names, _, first, following = VERSION_NEED.unpack_from(elf, need_at)
        name_at = need_at + first
        for _ in range(names):
            _, _, _, name, step = VERSION_AUXILIARY.unpack_from(elf, name_at)
            offsets.append(name)
            name_at += step
        need_at += following
    return offsets


def _text(elf: bytes, at: int) -> str:
    return elf[at : elf.index(b"\0", at)].decode()
