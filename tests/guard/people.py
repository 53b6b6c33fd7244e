"""The table that functions ask databases about, on each server of this machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pymysql
from database_servers import NoServer, mariadb, postgres

STATEMENTS = (
    "DROP TABLE IF EXISTS people",
    "CREATE TABLE people (id int, name varchar(99), secret varchar(99))",
    "INSERT INTO people VALUES (1, 'ada', 'first secret'), (2, 'grace', 'second secret')",
)
Ports = dict[str, "int | NoServer"]


@contextmanager
def serving() -> Iterator[Ports]:
    """The port of each server, or why it does not run."""
    found: Ports = {}
    with ExitStack() as servers:
        for name, server in (("postgres", postgres), ("mariadb", mariadb)):
            try:
                found[name] = servers.enter_context(server())
            except NoServer as reason:
                found[name] = reason
        yield found


def fill(ports: Ports) -> None:
    """Makes the table anew on each server."""
    if isinstance(port := ports["postgres"], int):
        place = f"host=127.0.0.1 port={port} user=tests dbname=postgres"
        with psycopg.connect(place, autocommit=True) as connection:
            for statement in STATEMENTS:
                connection.execute(statement)  # type: ignore[arg-type]
    if isinstance(port := ports["mariadb"], int):
        with (
            pymysql.connect(host="127.0.0.1", port=port, user="root") as connection,
            connection.cursor() as cursor,
        ):
            for statement in ("CREATE DATABASE IF NOT EXISTS tests", "USE tests", *STATEMENTS):
                cursor.execute(statement)
            connection.commit()


def fill_file(file: Path) -> None:
    """Makes the table in a database of SQLite."""
    with closing(sqlite3.connect(file)) as connection:
        for statement in STATEMENTS:
            connection.execute(statement)
        connection.commit()
