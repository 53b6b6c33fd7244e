"""Attempts on the guard itself, each before an act that it would refuse."""

import _imp
import contextlib
import gc
import importlib.machinery
import importlib.util
import os
import subprocess
import sys

from relay import in_child


@in_child
def collected_objects(to):
    """Empties each list of callables that could be one of hooks, and what the guard owns."""
    for found in gc.get_objects():
        if (
            "hauberk" in type(found).__module__
            if isinstance(type(found).__module__, str)
            else False
        ):
            vars(found).clear() if hasattr(found, "__dict__") else None
        elif type(found) is list and found and all(callable(one) for one in found):
            found.clear()
    os.system(to.program)


@in_child
def rebound_guard(to):
    """Every name of every module of ours is another's now."""
    for name, module in list(sys.modules.items()):
        if name.startswith("hauberk"):
            for one in [one for one in vars(module) if not one.startswith("__")]:
                setattr(module, one, lambda *_, **__: None)
    os.system(to.program)


@in_child
def armed_again(to):
    with contextlib.suppress(Exception):
        from hauberk import _native

        _native.arm({"policy": None, "mode": "off"})
    os.environ["HAUBERK_MODE"] = "off"
    os.environ.pop("HAUBERK_POLICY", None)
    os.system(to.program)


@in_child
def poisoned_modules(to):
    """A second copy of the module that the calls are in."""
    for name in ("os", "posix", "subprocess", "_posixsubprocess"):
        sys.modules.pop(name, None)
    loader = importlib.machinery.BuiltinImporter
    copy = _imp.create_builtin(importlib.util.spec_from_loader("posix", loader))
    _imp.exec_builtin(copy)
    copy.system(to.program)


@in_child
def own_audit_hook(to):
    """A hook of the function's own, which could tell the event otherwise."""
    sys.addaudithook(lambda event, arguments: None)
    os.system(to.program)


@in_child
def replaced_audit(to):
    """What modules written in Python announce goes through a name that can be rebound."""
    sys.audit = lambda *_: None
    subprocess.run([to.program], cwd="/", check=True)  # with a folder, never by posix_spawn


def sub_interpreter(to):
    try:
        import _interpreters as interpreters
    except ImportError:
        import _xxsubinterpreters as interpreters
    code = f"import posix; posix.system({to.program!r})"
    made = interpreters.create()
    try:
        failed = interpreters.run_string(made, code)
    except getattr(interpreters, "RunFailedError", ()) as error:  # before Python 3.13
        failed = error
    finally:
        interpreters.destroy(made)
    if failed:
        raise PermissionError(str(getattr(failed, "formatted", failed)))


@in_child
def unlinked_hook(to):
    """Looks in the interpreter's own state for the list of hooks, by ctypes, and empties it."""
    import ctypes

    own, words = ctypes.CDLL(None), ctypes.POINTER(ctypes.c_size_t)
    state = ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, "_PyRuntime"))
    for at in range(state, state + 16_384, 8):
        (entry,) = _words(at, 1)
        if _is_hook(own, entry):
            ctypes.cast(at, words)[0] = 0
            break
    os.system(to.program)


def _words(address, count):
    """Words of memory, none where it is not mapped."""
    import ctypes

    reader, writer = os.pipe()
    try:
        size = ctypes.CDLL(None).write(writer, ctypes.c_void_p(address), 8 * count)
        read = os.read(reader, size) if size > 0 else b""
        return [int.from_bytes(read[at : at + 8], "little") for at in range(0, 8 * count, 8)]
    finally:
        os.close(reader)
        os.close(writer)


def _is_hook(own, entry):
    """Whether this is an entry of the list: the next one, a function of the guard's, its data."""
    import ctypes

    class Place(ctypes.Structure):
        _fields_ = [("file", ctypes.c_char_p), ("rest", ctypes.c_void_p * 3)]

    if entry < 4096 or entry % 8:
        return False
    _, function, _ = _words(entry, 3)
    place = Place()
    if not function or not own.dladdr(ctypes.c_void_p(function), ctypes.byref(place)):
        return False
    return b"_native" in (place.file or b"")
