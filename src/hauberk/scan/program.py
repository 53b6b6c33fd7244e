"""The modules of a package, read when they are first asked for."""

from __future__ import annotations

import ast
import hashlib
import sys
import warnings
from collections.abc import Callable

from hauberk.scan.finding import Site, Unread
from hauberk.scan.package import FileError, Package
from hauberk.scan.scope import Scope, scope_of

MOST_SOURCE_BYTES = 16 << 20  # of all modules
MOST_MODULES = 2_000

# Python and what AWS's runtime brings.
RUNTIME = frozenset(
    [
        "awslambdaric",
        "boto3",
        "botocore",
        "dateutil",
        "jmespath",
        "s3transfer",
        "simplejson",
        "six",
        "snapshot_restore_py",
        "urllib3",
    ]
)
# Their calls are known by name, as far as they are; wherever they are they are not followed.
KNOWN = RUNTIME | frozenset(
    [
        "aioboto3",
        "aiobotocore",
        "aiohttp",
        "aiomysql",
        "aiopg",
        "anyio",
        "asyncpg",
        "attr",
        "attrs",
        "aws_lambda_powertools",
        "aws_xray_sdk",
        "bs4",
        "certifi",
        "cffi",
        "charset_normalizer",
        "click",
        "cryptography",
        "django",
        "dotenv",
        "fastapi",
        "flask",
        "greenlet",
        "grpc",
        "httpcore",
        "httpx",
        "idna",
        "jinja2",
        "jsonschema",
        "jwt",
        "lxml",
        "mariadb",
        "markupsafe",
        "mysql",
        "MySQLdb",
        "numpy",
        "oracledb",
        "orjson",
        "pandas",
        "PIL",
        "psycopg",
        "psycopg2",
        "psycopg_pool",
        "pyarrow",
        "pydantic",
        "pydantic_core",
        "pymongo",
        "pymssql",
        "pymysql",
        "pytz",
        "redis",
        "requests",
        "scipy",
        "sqlalchemy",
        "starlette",
        "typing_extensions",
        "urllib3",
        "werkzeug",
        "wrapt",
        "yaml",
    ]
)


class Program:
    """All that can be imported of a package, by the names of its modules."""

    def __init__(self, package: Package, tell: Callable[[Unread], None]) -> None:
        self._package = package
        self._tell = tell
        self._scopes: dict[str, Scope | None] = {}
        self._bytes = 0
        self._folders = _folders(package)
        self.bundled = _bundled(package)
        self.digests: dict[str, str] = {}

    def holds(self, name: str) -> bool:
        """Whether a name is a module or folder of the package that is followed."""
        if name.partition(".")[0] in KNOWN:
            return False
        return self.file_of(name) is not None or name.replace(".", "/") in self._folders

    def is_bundled(self, name: str) -> bool:
        """Whether a module was installed into the package, and is not the function's own."""
        return name.partition(".")[0] in self.bundled

    def file_of(self, name: str) -> str | None:
        """Give the file of a module."""
        path = name.replace(".", "/")
        wanted = (f"{path}/__init__.py", f"{path}.py")
        return next((one for one in wanted if one in self._package.sizes), None)

    def scope(self, name: str) -> Scope | None:
        """Read a module; None where it has no code, or none that can be read, which is told."""
        if name not in self._scopes:
            file = self.file_of(name)
            self._scopes[name] = self._read(name, file) if file else None
        return self._scopes[name]

    def _read(self, name: str, file: str) -> Scope | None:
        if len(self.digests) >= MOST_MODULES or self._bytes > MOST_SOURCE_BYTES:
            self._tell(Unread(Site(file, 1), "not read: there is too much code"))
            return None
        try:
            content = self._package.read(file)
            self._bytes += len(content)
            self.digests[file] = hashlib.sha256(content).hexdigest()
            with warnings.catch_warnings(action="ignore"):  # of code that is not ours
                return scope_of(ast.parse(content), name, file)
        except SyntaxError as error:
            self._tell(
                Unread(Site(file, error.lineno or 1), f"no Python that can be read: {error.msg}")
            )
        except (FileError, ValueError, RecursionError, MemoryError) as error:
            self._tell(Unread(Site(file, 1), f"cannot be read: {error}"))
        return None

    def absolute(self, scope: Scope, module: str, level: int) -> str:
        """Give the whole name of a module that is imported in a scope."""
        if not level:
            return module
        is_package = scope.file.endswith("/__init__.py")
        parts = scope.module.split(".") if scope.module else []
        kept = parts[: len(parts) - level + is_package]
        return ".".join([*kept, module] if module else kept)

    def is_foreign(self, first: str) -> bool:
        """Whether a package is neither followed nor Python's, nor AWS's own."""
        return not (self.holds(first) or first in sys.stdlib_module_names or first in RUNTIME)

    def missing(self, name: str) -> str:
        """Say what is not known of a module that is imported; nothing where all is."""
        first = name.partition(".")[0]
        if first in KNOWN or first in sys.stdlib_module_names or self.holds(name):
            return ""
        native = (f"{name.replace('.', '/')}.", ".so")
        if any(
            one.startswith(native[0]) and one.endswith(native[1]) for one in self._package.sizes
        ):
            return f"{name} is native code"
        if self.holds(first):
            return ""
        return f"{first} is not in the package: what it does is not known"


def _folders(package: Package) -> frozenset[str]:
    found = set()
    for name in package.sizes:
        while (name := name.rpartition("/")[0]) and name not in found:
            found.add(name)
    return frozenset(found)


def _bundled(package: Package) -> frozenset[str]:
    """Tell by the folders that installers leave which packages were installed."""
    found: set[str] = set()
    for name in package.sizes:
        folder, _, file = name.partition("/")
        if folder.endswith(".dist-info") and file in ("RECORD", "top_level.txt"):
            try:
                lines = package.read(name).decode("utf-8", "replace").splitlines()
            except FileError:
                continue
            found.update(
                line.split(",")[0].split("/")[0].removesuffix(".py").strip() for line in lines
            )
    return frozenset(one for one in found if one and not one.endswith(".dist-info"))
