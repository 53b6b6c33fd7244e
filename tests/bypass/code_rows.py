"""Ways to load code from outside."""

from __future__ import annotations

from steps import BY_LIBRARY, BY_QUERY, CFFI, CTYPES, EXTENSIONS, LOAD, LOADER
from technique import Row, told_environment

CODES: tuple[Row, ...] = (
    Row("imported_extension", LOAD, fails=("ImportError",), holds=("library",)),
    Row("created_extension", LOAD, fails=("ImportError",), holds=("library",)),
    Row("extension_on_search_path", LOAD, fails=("ImportError",), holds=("library",)),
    Row("ctypes_library", LOAD, holds=("library",)),
    Row("ctypes_below", LOAD, holds=("library",)),
    Row(
        "libc_dlopen",
        LOAD,
        wall="library",
        fails=BY_LIBRARY,
        earlier=CTYPES,
        means=(("code", "call dlopen"),),
        holds=("library",),
    ),
    Row(
        "cffi_dlopen",
        LOAD,
        wall="library",
        fails=BY_LIBRARY,
        earlier=CFFI,
        holds=("library",),
        of_package="cffi",
    ),
    Row("sqlite_extension", LOAD, means=(EXTENSIONS,), holds=("library",)),
    Row(
        "sqlite_extension_by_query",
        LOAD,
        wall="library",
        fails=BY_QUERY,
        earlier=EXTENSIONS,
        holds=("library",),
    ),
    Row("preloaded_by_environment", LOAD, holds=("library",)),
    Row("preloaded_by_argument", LOAD, holds=("library",)),
    Row("preloaded_after_forged_start", LOAD, holds=("library",)),
    Row("preloaded_by_spawn", LOAD, holds=("library",)),
    Row("audited_by_environment", LOAD, holds=("library",)),
    Row("preloaded_by_loader", LOAD, means=(LOADER,), holds=("library",)),
    Row("environ_by_libc", "call environ", told_environment, look_alike="harmless_function"),
    Row("unpickled", "unpickle {place}.Mark", fails=("UnpicklingError",)),
    Row("unpickled_by_python", "unpickle {place}.Mark", fails=("UnpicklingError",)),
    Row("foreign_function", "call system", look_alike="harmless_function"),
)
