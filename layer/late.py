"""Hides from the loader what a library can write into its tables itself, once it needs it.

The loader would write each of the library's own addresses in each program that starts, into pages that most programs
never look at, and look for each function by its name. What the library needs to begin stays told: some functions of
libc, and the one function that the loader calls at the start. `native/wall/src/addresses.rs` does the rest; it finds
how much was hidden by tags of our own.
"""

import struct

from layer.elf import NotElf

ADDRESS = struct.Struct("<QQq")
ENTRY = struct.Struct("<qQ")
PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
PT_LOAD, PT_DYNAMIC, PT_GNU_RELRO = 1, 2, 0x6474E552
PAGE = 4_096
DT_PLTRELSZ, DT_STRTAB, DT_SYMTAB, DT_RELA, DT_RELASZ, DT_JMPREL = 2, 5, 6, 7, 8, 23
DT_INIT, DT_INIT_ARRAY, DT_INIT_ARRAYSZ, DT_RELACOUNT = 12, 25, 27, 0x6FFFFFF9
DT_LATE, DT_LATE_FUNCTIONS = 0x68617562, 0x68617563
"""Tags of our own."""
SYMBOL = 24
"""Bytes of a symbol."""
RELATIVE = (8, 1027)
"""R_X86_64_RELATIVE, R_AARCH64_RELATIVE."""
FUNCTIONS = frozenset(
    (
        *("__h_errno_location", "__xpg_strerror_r", "abort", "close", "fflush", "fprintf", "free"),
        *("fwrite", "getcwd", "getenv", "getrandom", "gettid", "lseek64", "malloc", "mmap64"),
        *("munmap", "read", "readlink", "realpath", "snprintf", "statx", "write"),
    )
)
"""What only Rust's standard library and the unwinder call, at a fault or once something is judged. None of them is
another on each processor, as `memcpy` is: those the loader alone can tell."""

Address = tuple[int, int, int]


class NotAsExpected(NotElf):
    """The linker has laid the library out in another way than is known here."""


def hidden(elf: bytes) -> bytes:
    """The same library, which writes its own addresses itself."""
    library = _Library(elf)
    own, told = library.own_addresses()
    functions = [one for one in told if library.name(one) in FUNCTIONS]
    calls = library.table(DT_JMPREL, DT_PLTRELSZ)
    late_calls = [one for one in calls if library.name(one) in FUNCTIONS]
    begin = library.last_of_init(own)
    library.write(DT_RELA, DT_RELASZ, [own, functions, _without(told, functions)])
    library.write(DT_JMPREL, DT_PLTRELSZ, [late_calls, _without(calls, late_calls)])
    library.put(DT_RELACOUNT, DT_LATE, len(own))
    library.put(DT_INIT_ARRAY, DT_INIT, begin)
    library.put(DT_INIT_ARRAYSZ, DT_LATE_FUNCTIONS, len(functions) | len(late_calls) << 32)
    return bytes(library.out)


def late(elf: bytes) -> tuple[int, int]:
    """How many addresses are hidden, and how many the loader is told of."""
    library = _Library(elf)
    hidden = library.value(DT_LATE) if DT_LATE in library.places else 0
    return hidden, len(library.table(DT_RELA, DT_RELASZ))


class _Library:
    """The tables of a shared library."""

    def __init__(self, elf: bytes) -> None:
        if elf[:6] != b"\x7fELF\x02\x01":
            raise NotElf("not a 64-bit little-endian ELF file")
        (table,) = struct.unpack_from("<Q", elf, 0x20)
        size, count = struct.unpack_from("<HH", elf, 0x36)
        places = range(table, table + size * count, size)
        self.out = bytearray(elf)
        self.headers = [PROGRAM_HEADER.unpack_from(elf, place) for place in places]
        dynamic = self._header(PT_DYNAMIC)
        ends = dynamic[2] + dynamic[5]
        self.places = {
            ENTRY.unpack_from(elf, at)[0]: at for at in range(dynamic[2], ends, ENTRY.size)
        }

    def value(self, tag: int) -> int:
        """What the dynamic section says."""
        if tag not in self.places:
            raise NotAsExpected(f"no entry {tag:#x} in the dynamic section")
        return int(ENTRY.unpack_from(self.out, self.places[tag])[1])

    def put(self, old: int, tag: int, value: int) -> None:
        """Puts another entry in the place of an old one."""
        if old not in self.places or (tag != old and tag in self.places):
            raise NotAsExpected(f"no entry {old:#x} in the dynamic section, or one {tag:#x}")
        ENTRY.pack_into(self.out, self.places[old], tag, value)

    def table(self, start: int, size: int) -> list[Address]:
        """Addresses that the loader is told of."""
        at = self._offset(self.value(start))
        places = range(at, at + self.value(size), ADDRESS.size)
        return [ADDRESS.unpack_from(self.out, place) for place in places]

    def write(self, start: int, size: int, parts: list[list[Address]]) -> None:
        """Writes a table anew; the loader is told of its last part."""
        at = self._offset(self.value(start))
        for number, one in enumerate(one for part in parts for one in part):
            ADDRESS.pack_into(self.out, at + ADDRESS.size * number, *one)
        self.put(start, start, self.value(start) + ADDRESS.size * sum(map(len, parts[:-1])))
        self.put(size, size, ADDRESS.size * len(parts[-1]))

    def own_addresses(self) -> tuple[list[Address], list[Address]]:
        """The library's own addresses that may be late, and all others.

        The loader writes to the page of the list that it reads: what of ours is on it as well may come at once.
        """
        dynamic, guarded = self._header(PT_DYNAMIC), self._header(PT_GNU_RELRO)
        page, end = dynamic[3] - dynamic[3] % PAGE, guarded[3] + guarded[6]
        entries = self.table(DT_RELA, DT_RELASZ)
        own = [one for one in entries if one[1] in RELATIVE and not page <= one[0] < end]
        return own, _without(entries, own)

    def last_of_init(self, own: list[Address]) -> int:
        """The last function that is called at the start: ours. Those before it are of Rust's standard library."""
        last = self.value(DT_INIT_ARRAY) + self.value(DT_INIT_ARRAYSZ) - 8
        found = [start for place, _, start in own if place == last]
        if len(found) != 1:
            raise NotAsExpected("there is not one function that begins")
        return found[0]

    def name(self, one: Address) -> str:
        """The name of the function whose address it is."""
        at = self._offset(self.value(DT_SYMTAB)) + SYMBOL * (one[1] >> 32)
        start = self._offset(self.value(DT_STRTAB)) + struct.unpack_from("<I", self.out, at)[0]
        return self.out[start : self.out.index(b"\0", start)].decode()

    def _header(self, kind: int) -> tuple[int, ...]:
        found = [header for header in self.headers if header[0] == kind]
        if len(found) != 1:
            raise NotAsExpected(f"not one program header {kind:#x}")
        return found[0]

    def _offset(self, address: int) -> int:
        """Where in the file an address is."""
        for kind, _, offset, start, _, size, _, _ in self.headers:
            if kind == PT_LOAD and start <= address < start + size:
                return int(offset + address - start)
        raise NotAsExpected(f"{address:#x} is not in the file")


def _without(all_of: list[Address], some: list[Address]) -> list[Address]:
    left = set(some)
    return [one for one in all_of if one not in left]
