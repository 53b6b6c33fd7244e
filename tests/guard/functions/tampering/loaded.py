"""What the loader has put where in this process: libraries, their slots, the functions of a file."""

import ctypes
import struct

PT_LOAD, PT_DYNAMIC = 1, 2
SLOT_KINDS = {6, 7, 1025, 1026}  # `R_…_GLOB_DAT` and `R_…_JUMP_SLOT`, of x86_64 and arm64
TABLES = ((7, 8), (23, 2))  # `DT_RELA` and `DT_JMPREL`, with the size of each


class _Told(ctypes.Structure):
    _fields_ = [
        ("base", ctypes.c_size_t),
        ("name", ctypes.c_char_p),
        ("headers", ctypes.c_void_p),
        ("count", ctypes.c_uint16),
    ]


class Library:
    def __init__(self, told):
        self.base, self.name = told.base, (told.name or b"").decode()
        headers = ctypes.string_at(told.headers, 56 * told.count)
        self.parts = [
            (h[0], h[1], told.base + h[3], h[6]) for h in struct.iter_unpack("<IIQQQQQQ", headers)
        ]

    def segments(self, flag):
        """Start and size of what may be executed (1) or written (2)."""
        return [
            (at, size) for kind, flags, at, size in self.parts if kind == PT_LOAD and flags & flag
        ]

    def contains(self, address):
        return any(at <= address < at + size for kind, _, at, size in self.parts if kind == PT_LOAD)

    def _own_list(self):
        for kind, _, at, size in self.parts:
            if kind == PT_DYNAMIC:
                for tag, value in struct.iter_unpack("<qQ", ctypes.string_at(at, size)):
                    yield tag, value

    def slots(self):
        """Address and name of each function of others that it calls."""
        own = dict(self._own_list())
        place = {
            tag: value if value > self.base else self.base + value for tag, value in own.items()
        }
        for table, size in TABLES:
            if table in own and 5 in own and 6 in own:
                held = ctypes.string_at(place[table], own[size])
                for at, kind, symbol, _ in struct.iter_unpack("<QIIQ", held):
                    if kind in SLOT_KINDS:
                        name = ctypes.c_uint32.from_address(place[6] + 24 * symbol).value
                        yield self.base + at, ctypes.string_at(place[5] + name).decode()

    def functions(self):
        """The functions that it has for others, as its file says."""
        with open(self.name, "rb") as file:
            held = file.read()
        (sections,) = struct.unpack_from("<Q", held, 0x28)
        size, count = struct.unpack_from("<HH", held, 0x3A)
        all_of = [
            struct.unpack_from("<IIQQQQIIQQ", held, sections + at * size) for at in range(count)
        ]
        table = next(one for one in all_of if one[1] == 11)  # `SHT_DYNSYM`
        names = all_of[table[6]][4]
        found = {}
        for name, kind, _, section, value, _ in struct.iter_unpack(
            "<IBBHQQ", held[table[4] : table[4] + table[5]]
        ):
            if section and kind & 15 == 2:
                end = held.index(b"\0", names + name)
                found.setdefault(held[names + name : end].decode(), self.base + value)
        return found


def libraries():
    found = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Told), ctypes.c_size_t, ctypes.c_void_p)
    def each(told, _size, _given):
        found.append(Library(told.contents))
        return 0

    ctypes.CDLL(None).dl_iterate_phdr(each, None)
    return found


def library(part):
    return next(one for one in libraries() if part in one.name)


def write(address, value):
    """Also where only the loader may write."""
    page = address & ~4095
    if ctypes.CDLL(None).mprotect(ctypes.c_void_p(page), ctypes.c_size_t(4096), 3):
        raise OSError("the page stays as it is")
    ctypes.c_size_t.from_address(address).value = value
