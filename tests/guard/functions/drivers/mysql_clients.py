"""Clients of MySQL: mysql-connector in its forms, and mysqlclient."""

import asyncio

from people import LITERAL, names, place


def connector(**options):
    def ask(statement, value):
        import mysql.connector

        connection = mysql.connector.connect(
            **place("MARIADB"), user="root", database="tests", **options
        )
        try:
            cursor = connection.cursor()
            if statement is None:
                cursor.execute("SELECT name FROM people WHERE name = %s", (value,))
            else:
                cursor.execute(statement)
            return names(cursor.fetchall())
        finally:
            connection.close()

    return ask


def connector_prepared(statement, value):
    import mysql.connector

    connection = mysql.connector.connect(
        **place("MARIADB"), user="root", database="tests", use_pure=True
    )
    try:
        cursor = connection.cursor(prepared=True)
        cursor.execute(statement or LITERAL.format("ada"))
        return names(cursor.fetchall())
    finally:
        connection.close()


def connector_asynchronous(statement, value):
    from mysql.connector.aio import connect

    async def ask():
        connection = await connect(
            **place("MARIADB"), user="root", database="tests", ssl_disabled=True
        )
        cursor = await connection.cursor()
        if statement is None:
            await cursor.execute("SELECT name FROM people WHERE name = %s", (value,))
        else:
            await cursor.execute(statement)
        found = names(await cursor.fetchall())
        await connection.close()
        return found

    return asyncio.run(ask())


def connector_error():
    import mysql.connector

    return mysql.connector.Error


def mysqlclient(statement, value):
    import MySQLdb

    connection = MySQLdb.connect(**place("MARIADB"), user="root", database="tests")
    try:
        cursor = connection.cursor()
        if statement is None:
            cursor.execute("SELECT name FROM people WHERE name = %s", (value,))
        else:
            cursor.execute(statement)
        return names(cursor.fetchall())
    finally:
        connection.close()


def mysqlclient_error():
    import MySQLdb

    return MySQLdb.Error
