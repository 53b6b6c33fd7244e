"""oracledb over a transport of the tests' own, and pymssql with a server that is a part of the tests."""

import asyncio

from oracle_transport import connected
from people import LITERAL, names, place

BOUND = "SELECT name FROM people WHERE name = :name"


def oracle(statement, value):
    import oracledb

    cursor = connected(oracledb.Connection).cursor()
    if statement is None:
        cursor.execute(BOUND, {"name": value})
    else:
        cursor.execute(statement)
    return names(cursor.fetchall())


def oracle_asynchronous(statement, value):
    import oracledb

    async def ask():
        cursor = connected(oracledb.AsyncConnection).cursor()
        if statement is None:
            await cursor.execute(BOUND, {"name": value})
        else:
            await cursor.execute(statement)
        return names(await cursor.fetchall())

    return asyncio.run(ask())


def oracle_frame(statement, value):
    import oracledb

    return connected(oracledb.Connection).fetch_df_all(statement or LITERAL.format("ada"))


def oracle_pipeline(statement, value):
    import oracledb

    pipeline = oracledb.create_pipeline()
    if statement is None:
        pipeline.add_fetchall(BOUND, {"name": value})
    else:
        pipeline.add_fetchall(statement)
    return [one.statement for one in pipeline.operations]


def oracle_error():
    import oracledb

    return oracledb.DatabaseError


def mssql(statement, value):
    import pymssql

    connection = pymssql.connect(**mssql_place())
    try:
        cursor = connection.cursor()
        if statement is None:
            cursor.execute("SELECT name FROM people WHERE name = %s", (value,))
        else:
            cursor.execute(statement)
        return names(cursor.fetchall())
    finally:
        connection.close()


def mssql_low(method):
    def ask(statement, value):
        from pymssql import _mssql

        connection = _mssql.connect(**mssql_place())
        try:
            call = getattr(connection, method)
            if statement is None:
                found = call("SELECT name FROM people WHERE name = %s", (value,))
            else:
                found = call(statement)
            if method == "execute_query":
                return names(connection)
            if found is None:
                return []
            return [found[0] if method == "execute_row" else found]
        finally:
            connection.close()

    return ask


def mssql_place():
    at = place("MSSQL")
    account = {"user": "tests", "password": "any", "database": "tests"}
    return {"server": at["host"], "port": str(at["port"]), **account}


def mssql_error():
    import pymssql

    return pymssql.OperationalError
