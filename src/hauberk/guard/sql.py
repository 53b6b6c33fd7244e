"""SQL statements: does an input of this invocation change their syntax? Which databases does SQLite open for them?

Sees:         sqlite3 cursors and connections, psycopg 3 and psycopg2 cursors, PyMySQL connections
Does not see: psycopg's composed `sql` objects; other drivers
"""

from __future__ import annotations

import gc
import sys

from hauberk import _native
from hauberk.guard.fence import Fence

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any, Callable

    Refuse = Callable[[str], Exception]


def arm_sqlite3(dbapi2: Any) -> None:
    """Watch cursors and connections, whose methods go through a cursor's only up to Python 3.10."""

    def refuse(reason: str) -> Exception:
        error: Exception = dbapi2.OperationalError(reason)
        return error

    for name in ("execute", "executemany", "executescript"):
        _watch(dbapi2.Cursor, name, "sqlite", refuse)
        _watch(dbapi2.Connection, name, "sqlite", refuse)


def arm_psycopg(cursors: Any) -> None:
    """Watch the cursors that a module of psycopg 3 defines; its modules import each other's."""
    # Taken from where it is loaded: the guard imports nothing of others.
    refuse = sys.modules["psycopg.errors"].OperationalError
    base = "ServerCursor" if "server" in cursors.__name__ else "Cursor"
    for kind in (getattr(cursors, name, object) for name in (base, f"Async{base}")):
        for name in {"execute", "executemany", "stream", "copy"}.intersection(vars(kind)):
            _watch(kind, name, "postgres", refuse)


def arm_psycopg2(extensions: Any) -> None:
    """Watch psycopg2's cursor."""
    refuse = sys.modules["psycopg2._psycopg"].OperationalError
    for name in ("execute", "executemany", "copy_expert"):
        _watch(extensions.cursor, name, "postgres", refuse)


def arm_pymysql(connections: Any) -> None:
    """Watch the connection: what a cursor interpolates arrives there as it is sent."""
    access_denied = 1142

    def refuse(reason: str) -> Exception:
        error: Exception = connections.err.OperationalError(access_denied, reason)
        return error

    _watch(connections.Connection, "query", "mysql", refuse)


def _watch(kind: Any, name: str, dialect: str, refuse: Refuse) -> None:
    def before(*arguments: Any, **named: Any) -> None:
        reason = None
        with Fence("sql"):
            statement = arguments[1] if len(arguments) > 1 else _named(named)
            reason = _blocked(statement, dialect)
            if reason is None and dialect == "sqlite":
                parameters = arguments[2] if len(arguments) > 2 else named.get("parameters")
                reason = _database_blocked(statement, parameters)
        if reason is not None:
            raise refuse(f"blocked by Hauberk: {reason}")

    _set(kind, name, _native.WatchedMethod(getattr(kind, name), before))


def _named(named: dict[str, Any]) -> object:
    return next((named[name] for name in ("query", "sql", "statement") if name in named), None)


def _blocked(statement: object, dialect: str) -> str | None:
    if isinstance(statement, str):
        return _native.admit_text("sql", statement.encode("utf-8", "surrogatepass"), dialect)
    if isinstance(statement, (bytes, bytearray)):
        return _native.admit_text("sql", bytes(statement), dialect)
    return None


def _database_blocked(query: object, parameters: object) -> str | None:
    """Decide about the databases that a query opens beside its own."""
    if not isinstance(query, str):
        return None
    for named in _native.databases_of_query(query.encode("utf-8", "surrogatepass")):
        name = named if isinstance(named, bytes) else _bound(named, parameters)
        reason = _native.admit_database(name)
        if reason is not None:
            return reason
    return None


def _bound(named: int | str | None, parameters: Any) -> bytes | None:
    """The text of a parameter; None where it is not known, or not a text."""
    try:
        value = parameters[named]
    except (IndexError, KeyError, TypeError):
        return None
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else None


def _set(kind: Any, name: str, method: Any) -> None:
    """Set a method, also of a type that is written in C and takes none."""
    try:
        setattr(kind, name, method)
    except TypeError:
        # A type's `__dict__` is a view; what it refers to is the dictionary itself.
        (members,) = gc.get_referents(kind.__dict__)
        members[name] = method
        _native.refresh_type(kind)
