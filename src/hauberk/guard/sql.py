"""SQL statements: does an input of this invocation change their syntax? Which databases does SQLite open for them?

Sees:         sqlite3, psycopg 3 and psycopg2 (composed `sql` objects too), asyncpg, PyMySQL, mysqlclient,
              mysql-connector, oracledb, pymssql; what is built on these (SQLAlchemy, aiosqlite, Django)
Does not see: psycopg's template strings (Python 3.14); PL/SQL and stored procedures that make statements themselves;
              other drivers
"""

from __future__ import annotations

import sys

from hauberk import _native
from hauberk.guard.fence import Fence
from hauberk.guard.held import held

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any, Callable

    Refuse = Callable[[str], Exception]

# What the drivers call the parameter with the statement.
NAMES = ("query", "sql", "statement", "statements", "operation", "query_string", "command")
TEXTS = (str, bytes, bytearray)
ACCESS_DENIED = 1142  # MySQL's number


def arm_sqlite3(dbapi2: Any) -> None:
    """Watch cursors and connections, whose methods go through a cursor's only up to Python 3.10."""

    def refuse(reason: str) -> Exception:
        error: Exception = dbapi2.OperationalError(reason)
        return error

    for name in ("execute", "executemany", "executescript"):
        _watch(dbapi2.Cursor, name, "sqlite", refuse)
        _watch(dbapi2.Connection, name, "sqlite", refuse)


def arm_asyncpg(pool: Any) -> None:
    """Watch the connection, after the pool has made its proxy of it."""
    connection = sys.modules["asyncpg.connection"].Connection
    refuse = sys.modules["asyncpg.exceptions"].InsufficientPrivilegeError
    for name in (
        *("execute", "executemany", "fetch", "fetchmany", "fetchrow", "fetchval"),
        *("cursor", "prepare", "copy_from_query"),
    ):
        if hasattr(connection, name):
            _watch(connection, name, "postgres", refuse)


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
    _watch_mysql(connections.Connection, connections.err.OperationalError)


def arm_mysqlclient(connections: Any) -> None:
    """Watch the connection, likewise."""
    errors = sys.modules["MySQLdb._exceptions"]
    _watch_mysql(connections.Connection, errors.OperationalError)


def _watch_mysql(kind: Any, error: Any) -> None:
    def refuse(reason: str) -> Exception:
        refused: Exception = error(ACCESS_DENIED, reason)
        return refused

    _watch(kind, "query", "mysql", refuse)


def arm_mysql_connector(connection: Any) -> None:
    """Watch a connection of mysql-connector: in Python, by libmysqlclient or asynchronous."""
    error = sys.modules["mysql.connector.errors"].ProgrammingError
    native = getattr(connection, "CMySQLConnection", None)

    def refuse(reason: str) -> Exception:
        refused: Exception = error(msg=reason, errno=ACCESS_DENIED)
        return refused

    for name in ("cmd_query", "cmd_query_iter", "cmd_stmt_prepare"):
        _watch(native or connection.MySQLConnection, name, "mysql", refuse)


# oracledb's modules: its classes, and what of them takes a statement without asking another of these.
ORACLE = {
    "cursor": (
        ("BaseCursor", "Cursor", "AsyncCursor"),
        {"execute", "executemany", "parse", "prepare"},
    ),
    "connection": (("Connection", "AsyncConnection"), {"fetch_df_all", "fetch_df_batches"}),
    "pipeline": (
        ("Pipeline",),
        {"add_execute", "add_executemany", "add_fetchall", "add_fetchmany", "add_fetchone"},
    ),
}


def arm_oracledb(module: Any) -> None:
    """Watch what oracledb's cursors, data frames and pipelines are asked."""
    refuse = sys.modules["oracledb.exceptions"].DatabaseError
    kinds, names = ORACLE[module.__name__.rpartition(".")[2]]
    for kind in (getattr(module, name, object) for name in kinds):
        for name in names.intersection(vars(kind)):
            _watch(kind, name, "oracle", refuse)


def arm_pymssql(module: Any) -> None:
    """Watch pymssql's cursor and the connection below it."""
    refuse = module.OperationalError
    for name in ("execute", "executemany"):
        _watch(module.Cursor, name, "mssql", refuse)
    low = sys.modules["pymssql._mssql"].MSSQLConnection
    for name in ("execute_non_query", "execute_query", "execute_row", "execute_scalar"):
        _watch(low, name, "mssql", refuse)


def _watch(kind: Any, name: str, dialect: str, refuse: Refuse) -> None:
    def before(*arguments: Any, **named: Any) -> None:
        reason = None
        with Fence("sql"):
            statement = arguments[1] if len(arguments) > 1 else _named(named)
            reason = _blocked(arguments[0], statement, dialect)
            if reason is None and dialect == "sqlite":
                parameters = arguments[2] if len(arguments) > 2 else named.get("parameters")
                reason = _database_blocked(statement, parameters)
        if reason is not None:
            raise refuse(f"blocked by Hauberk: {reason}")

    _native.put(kind, name, _native.WatchedMethod(getattr(kind, name), before))


def _named(named: dict[str, Any]) -> Any:
    return next((named[name] for name in NAMES if name in named), None)


def _blocked(of: Any, statement: Any, dialect: str) -> str | None:
    if not isinstance(statement, TEXTS):
        # psycopg's composed statements say what they are as the driver asks them; they quote values and names.
        for name in ("as_bytes", "as_string"):
            if hasattr(statement, name):
                statement = getattr(statement, name)(of)
                break
    # What it holds: a class of its own may say otherwise of itself.
    return (
        _native.admit_text("sql", held(statement), dialect)
        if isinstance(statement, TEXTS)
        else None
    )


def _database_blocked(query: object, parameters: object) -> str | None:
    """Decide about the databases that a query opens beside its own."""
    if not isinstance(query, str):
        return None
    for named in _native.databases_of_query(held(query)):
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
    return str.encode(value, "utf-8", "surrogateescape") if isinstance(value, str) else None
