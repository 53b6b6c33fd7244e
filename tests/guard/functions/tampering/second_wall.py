"""Changes pieces of the second wall, or what is not its."""

import ctypes
import os
import re

import loaded
import memory

# --- Attacks. ---


def closed_descriptors(_):
    for name in os.listdir("/proc/self/fd"):
        if "hauberk-wall" in _link(name):
            os.close(int(name))


def written_memory(_):
    """Where it is mapped; by its descriptor it can be neither read nor written."""
    for words in memory.mappings():
        if b"hauberk-wall" in words[-2]:
            ctypes.memset(int(words[0].split(b"-")[0], 16), 0, 8)


def rewritten_policy(_):
    """Writes over a text of the policy wherever it is in the process' memory, but in what looks for it."""
    ctypes.CDLL(None).chmod(b"/tmp/nothing-is-there", 0)  # judged by the wall, which so has read it
    wanted = "/".join(("", "tmp", "only-the-policy-names-this")).encode()
    for start, end in list(memory.heaps()):
        held = ctypes.string_at(start, end - start)
        for found in re.finditer(re.escape(wanted), held):
            if not id(wanted) < start + found.start() < id(wanted) + 100:
                ctypes.memmove(start + found.start(), wanted.upper(), len(wanted))


def passed_by_wall(_):
    """From now on libraries call the C library's functions themselves."""
    for at, address in _leading_here():
        loaded.write(at, address)


def passed_by_wall_once(_):
    """One function of one library, as the least that an attacker needs."""
    loaded.write(*next(_leading_here()))


def _leading_here():
    """The slots that lead to the wall, and where they would lead without it."""
    wall, own = loaded.library("libhauberk_wall"), loaded.library("libc.so.6").functions()
    for one in loaded.libraries():
        for at, name in one.slots():
            if name in own and wall.contains(ctypes.c_size_t.from_address(at).value):
                yield at, own[name]


def unmapped_wall(_):
    """Nothing leads to its code any more, and it is gone."""
    wall, own = loaded.library("libhauberk_wall"), loaded.library("libc.so.6").functions()
    names = wall.functions().keys() & own.keys()
    for one in loaded.libraries():
        if one.name != wall.name:
            for at, name in one.slots():
                if name in names:
                    loaded.write(at, own[name])
    for at, size in wall.segments(1):
        start, end = at & ~4095, (at + size + 4095) & ~4095
        ctypes.CDLL(None).munmap(ctypes.c_void_p(start), ctypes.c_size_t(end - start))


def other_functions_of_wall(_):
    """Where it calls `unlink` it calls `rmdir` from now on."""
    wall, own = loaded.library("libhauberk_wall"), loaded.library("libc.so.6").functions()
    for start, size in wall.segments(2):
        for at in range((start + 7) & ~7, start + size - 7, 8):
            if ctypes.c_size_t.from_address(at).value == own["unlink"]:
                loaded.write(at, own["rmdir"])


# --- Look-alikes. ---


def other_slots(_):
    """As a profiler of memory stands in front of the C library's own allocator: none of these calls is the wall's."""
    own = loaded.library("libc.so.6").functions()
    for one in loaded.libraries():
        for at, name in one.slots():
            if name == "getppid":
                loaded.write(at, own["getpid"])


def loaded_and_unloaded(_):
    """Libraries come where others were."""
    import _ctypes

    for name in ("libresolv.so.2", "librt.so.1", "libcrypt.so.1", "libanl.so.1", "libz.so.1") * 2:
        try:
            _ctypes.dlclose(ctypes.CDLL(name)._handle)
        except OSError:
            pass


def _link(name):
    try:
        return os.readlink(f"/proc/self/fd/{name}")
    except OSError:
        return ""
