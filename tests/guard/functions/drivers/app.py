"""Asks databases for people by drivers of all kinds, in good ways and in bad ones."""

import asyncio
import os

import other_clients as others
from mysql_clients import (
    connector,
    connector_asynchronous,
    connector_error,
    connector_prepared,
    mysqlclient,
    mysqlclient_error,
)
from people import FILE, LITERAL, names, place


def handler(event, context):
    """Answers with what the database gave, or with how the driver said no."""
    ask, error = DRIVERS[event["driver"]]
    value = event[event["key"]]
    is_bound = event["way"] == "bound"
    try:
        error()
        return ask(None if is_bound else LITERAL.format(value), value)
    except ImportError as missing:
        return {"missing": str(missing)}
    except error() as refused:
        kind = type(refused)
        return {"refused": f"{kind.__module__}.{kind.__qualname__}", "message": str(refused)}


def asyncpg_(statement, value):
    import asyncpg

    async def ask():
        connection = await asyncpg.connect(**place("POSTGRES"), user="tests", database="postgres")
        try:
            if statement is None:
                sql = "SELECT name FROM people WHERE name = $1"
                return names(await connection.fetch(sql, value))
            return names(await connection.fetch(statement))
        finally:
            await connection.close()

    return asyncio.run(ask())


def asyncpg_by(way):
    def ask(statement, value):
        import asyncpg

        async def run():
            connection = await asyncpg.connect(
                **place("POSTGRES"), user="tests", database="postgres"
            )
            try:
                return names(await way(connection, statement or LITERAL.format("ada")))
            finally:
                await connection.close()

        return asyncio.run(run())

    return ask


async def prepared(connection, statement):
    return await (await connection.prepare(statement)).fetch()


async def of_cursor(connection, statement):
    async with connection.transaction():
        return await (await connection.cursor(statement)).fetch(10)


async def executed(connection, statement):
    await connection.execute(statement)
    return []


async def one_row(connection, statement):
    row = await connection.fetchrow(statement)
    return [row] if row else []


async def one_value(connection, statement):
    value = await connection.fetchval(statement)
    return [[value]] if value else []


async def with_many(connection, statement):
    return await connection.fetchmany(statement, [()])


async def executed_with_many(connection, statement):
    await connection.executemany(statement, [()])
    return []


async def copied(connection, statement):
    pieces = []

    async def keep(piece):
        pieces.append(piece)

    await connection.copy_from_query(statement, output=keep)
    return [[line] for line in b"".join(pieces).decode().splitlines()]


def asyncpg_pool(statement, value):
    import asyncpg

    async def ask():
        async with asyncpg.create_pool(
            **place("POSTGRES"), user="tests", database="postgres", min_size=1
        ) as pool:
            if statement is None:
                sql = "SELECT name FROM people WHERE name = $1"
                return names(await pool.fetch(sql, value))
            async with pool.acquire() as connection:
                return names(await connection.fetch(statement))

    return asyncio.run(ask())


def asyncpg_error():
    import asyncpg

    return asyncpg.PostgresError


def aiosqlite_(statement, value):
    import aiosqlite

    async def ask():
        async with aiosqlite.connect(FILE) as connection:
            if statement is None:
                sql = "SELECT name FROM people WHERE name = ?"
                cursor = await connection.execute(sql, (value,))
            else:
                cursor = await connection.execute(statement)
            return names(await cursor.fetchall())

    return asyncio.run(ask())


def sqlite_error():
    import sqlite3

    return sqlite3.Error


def sqlalchemy_(statement, value):
    from sqlalchemy import create_engine, text

    with create_engine(f"sqlite:///{FILE}").connect() as connection:
        if statement is None:
            sql = text("SELECT name FROM people WHERE name = :name")
            return names(connection.execute(sql, {"name": value}))
        return names(connection.exec_driver_sql(statement))


def sqlalchemy_text(statement, value):
    from sqlalchemy import create_engine, text

    port = os.environ["POSTGRES_PORT"]
    url = f"postgresql+psycopg://tests@127.0.0.1:{port}/postgres"
    with create_engine(url).connect() as connection:
        if statement is None:
            sql = text("SELECT name FROM people WHERE name = :name")
            return names(connection.execute(sql, {"name": value}))
        return names(connection.execute(text(statement.replace(":", "\\:"))))


def sqlalchemy_error():
    from sqlalchemy.exc import SQLAlchemyError

    return SQLAlchemyError


def psycopg_composed(statement, value):
    import psycopg
    from psycopg import sql

    port = os.environ["POSTGRES_PORT"]
    with psycopg.connect(f"host=127.0.0.1 port={port} user=tests dbname=postgres") as connection:
        return names(connection.execute(composed(sql, statement, value)).fetchall())


def psycopg2_composed(statement, value):
    import psycopg2
    from psycopg2 import sql

    port = os.environ["POSTGRES_PORT"]
    connection = psycopg2.connect(f"host=127.0.0.1 port={port} user=tests dbname=postgres")
    with connection, connection.cursor() as cursor:
        cursor.execute(composed(sql, statement, value))
        return names(cursor.fetchall())


def composed(sql, statement, value):
    """The value as a literal that psycopg quotes, or written into the statement's text."""
    start = sql.SQL("SELECT {} FROM people WHERE ").format(sql.Identifier("name"))
    if statement is None:
        return start + sql.SQL("name = {}").format(sql.Literal(value))
    return start + sql.SQL(f"name = '{value}'")


def psycopg_error():
    import psycopg

    return psycopg.Error


def psycopg2_error():
    import psycopg2

    return psycopg2.Error


DRIVERS = {
    "asyncpg": (asyncpg_, asyncpg_error),
    "asyncpg prepare": (asyncpg_by(prepared), asyncpg_error),
    "asyncpg cursor": (asyncpg_by(of_cursor), asyncpg_error),
    "asyncpg execute": (asyncpg_by(executed), asyncpg_error),
    "asyncpg fetchrow": (asyncpg_by(one_row), asyncpg_error),
    "asyncpg fetchval": (asyncpg_by(one_value), asyncpg_error),
    "asyncpg fetchmany": (asyncpg_by(with_many), asyncpg_error),
    "asyncpg executemany": (asyncpg_by(executed_with_many), asyncpg_error),
    "asyncpg copy": (asyncpg_by(copied), asyncpg_error),
    "asyncpg pool": (asyncpg_pool, asyncpg_error),
    "aiosqlite": (aiosqlite_, sqlite_error),
    "sqlalchemy": (sqlalchemy_, sqlalchemy_error),
    "sqlalchemy text": (sqlalchemy_text, sqlalchemy_error),
    "psycopg composed": (psycopg_composed, psycopg_error),
    "psycopg2 composed": (psycopg2_composed, psycopg2_error),
    "mysql-connector": (connector(use_pure=False), connector_error),
    "mysql-connector pure": (connector(use_pure=True), connector_error),
    "mysql-connector prepared": (connector_prepared, connector_error),
    "mysql-connector aio": (connector_asynchronous, connector_error),
    "mysqlclient": (mysqlclient, mysqlclient_error),
    "oracledb": (others.oracle, others.oracle_error),
    "oracledb asynchronous": (others.oracle_asynchronous, others.oracle_error),
    "oracledb frame": (others.oracle_frame, others.oracle_error),
    "oracledb pipeline": (others.oracle_pipeline, others.oracle_error),
    "pymssql": (others.mssql, others.mssql_error),
    "pymssql query": (others.mssql_low("execute_query"), others.mssql_error),
    "pymssql row": (others.mssql_low("execute_row"), others.mssql_error),
    "pymssql scalar": (others.mssql_low("execute_scalar"), others.mssql_error),
}
