"""Ways to bring in code."""

import importlib.machinery
import importlib.util
import os
import pickle
import sqlite3

from app import Unavailable

RTLD_NOW = 2


def imported_extension(to):
    _imported(to, importlib.util.module_from_spec)


def created_extension(to):
    import _imp

    _imported(to, _imp.create_dynamic)


def _imported(to, make):
    loader = importlib.machinery.ExtensionFileLoader(to.name, to.library)
    try:
        make(importlib.util.spec_from_file_location(to.name, to.library, loader=loader))
    except ImportError as error:
        if "Hauberk" in str(error):
            raise  # else: it was loaded, and is no module


def extension_on_search_path(to):
    import sys

    folder, name = os.path.split(to.library)
    sys.path.insert(0, folder)
    try:
        importlib.import_module(name.removesuffix(".so"))
    except ImportError as error:
        if "Hauberk" in str(error):
            raise
    finally:
        sys.path.remove(folder)


def ctypes_library(to):
    import ctypes

    ctypes.CDLL(to.library)


def ctypes_below(to):
    import _ctypes

    _ctypes.dlopen(to.library, RTLD_NOW)


def libc_dlopen(to):
    import ctypes

    opened = ctypes.CDLL(None).dlopen
    opened.restype = ctypes.c_void_p
    if not opened(to.library.encode(), RTLD_NOW):
        raise OSError("dlopen failed")


def sqlite_extension(to):
    connection = sqlite3.connect(":memory:")
    if not hasattr(connection, "enable_load_extension"):
        raise Unavailable("this SQLite loads no extensions")
    connection.enable_load_extension(True)
    try:
        connection.load_extension(to.library)
    except sqlite3.OperationalError as error:
        if "Hauberk" in str(error):
            raise  # else: it was loaded, and is no extension


def sqlite_extension_by_query(to):
    connection = sqlite3.connect(":memory:")
    if not hasattr(connection, "enable_load_extension"):
        raise Unavailable("this SQLite loads no extensions")
    connection.enable_load_extension(True)
    try:
        connection.execute("SELECT load_extension(?)", (to.library,))
    except sqlite3.OperationalError as error:
        if "Hauberk" in str(error):
            raise


def unpickled(to):
    pickle.loads(f"c{to.place}\nMark\n(V{to.mark}\ntR.".encode())


def unpickled_by_python(to):
    pickle._loads(f"c{to.place}\nMark\n(V{to.mark}\ntR.".encode())


def foreign_function(to):
    import ctypes

    ctypes.CDLL(None).system(to.program.encode())


def harmless_function(to):
    import ctypes

    return ctypes.CDLL(None).strlen(to.program.encode())
