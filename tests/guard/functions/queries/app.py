"""Asks four databases for people, in good ways and in bad ones."""

import asyncio
import io
import os
import sqlite3

PORTS = {"psycopg": "POSTGRES_PORT", "psycopg2": "POSTGRES_PORT", "pymysql": "MARIADB_PORT"}
STATEMENTS = {
    "literal": "SELECT name FROM people WHERE name = '{}'",
    "number": "SELECT name FROM people WHERE id = {}",
}
PARAMETER = {"sqlite3": "SELECT name FROM people WHERE name = ?"}


def handler(event, context):
    """Answers with what the database gave, or with how the driver said no."""
    driver = event["driver"]
    connection = CONNECT[driver]()
    try:
        return WAYS[event["way"]](driver, connection, event)
    except ERRORS[driver]() as error:
        kind = type(error)
        return {"refused": f"{kind.__module__}.{kind.__qualname__}", "message": str(error)}
    finally:
        connection.close()


def sqlite_file():
    return sqlite3.connect(os.path.join(os.environ["WORLD"], "people.db"))


def postgres():
    import psycopg

    return psycopg.connect(conninfo("psycopg"), autocommit=True)


def postgres_2():
    import psycopg2

    connection = psycopg2.connect(conninfo("psycopg2"))
    connection.autocommit = True
    return connection


def maria():
    import pymysql

    port = int(os.environ[PORTS["pymysql"]])
    return pymysql.connect(host="127.0.0.1", port=port, user="root", database="tests")


def conninfo(driver):
    return f"host=127.0.0.1 port={os.environ[PORTS[driver]]} user=tests dbname=postgres"


def rows(cursor):
    return [row[0] for row in cursor.fetchall()]


def executed(driver, connection, statement, parameters=None):
    cursor = connection.cursor()
    cursor.execute(statement, *([] if parameters is None else [parameters]))
    return rows(cursor)


def written(style):
    """The value is written into the statement's text."""

    def run(driver, connection, event):
        return executed(driver, connection, STATEMENTS[style].format(event[event["key"]]))

    return run


def bound(driver, connection, event):
    statement = PARAMETER.get(driver, "SELECT name FROM people WHERE name = %s")
    return executed(driver, connection, statement, (event[event["key"]],))


def escaped(driver, connection, event):
    value = event[event["key"]].replace("'", "''")
    if driver == "pymysql":
        value = connection.literal(event[event["key"]])[1:-1]
    return executed(driver, connection, STATEMENTS["literal"].format(value))


def by(call):
    """A method of the driver that takes a statement, with the value written into it."""

    def run(driver, connection, event):
        return call(connection, STATEMENTS["literal"].format(event[event["key"]]))

    return run


def insert(connection, statement):
    mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
    value = statement.split("'", 1)[1][:-1]
    return f"INSERT INTO people VALUES (3, {mark}, '{value}')"


def many(connection, statement):
    connection.cursor().executemany(insert(connection, statement), [("many",)])
    return "inserted"


def many_by_connection(connection, statement):
    connection.executemany(insert(connection, statement), [("many",)])
    return "inserted"


def streamed(connection, statement):
    with connection.cursor() as cursor:
        return [row[0] for row in cursor.stream(statement)]


def asynchronous(connection, statement):
    import psycopg

    async def run():
        async with await psycopg.AsyncConnection.connect(conninfo("psycopg")) as other:
            cursor = await other.execute(statement)
            return [row[0] for row in await cursor.fetchall()]

    return asyncio.run(run())


def of_client(connection, statement):
    import psycopg

    return rows(psycopg.ClientCursor(connection).execute(statement))


def of_server(connection, statement):
    with connection.transaction(), connection.cursor(name="named") as cursor:
        return rows(cursor.execute(statement))


def copied(connection, statement):
    with connection.cursor().copy(f"COPY ({statement}) TO STDOUT") as copy:
        return [bytes(data).decode().strip() for data in copy]


def named(connection, statement):
    connection.autocommit = False
    cursor = connection.cursor("named")
    cursor.execute(statement)
    return rows(cursor)


def of_dictionaries(connection, statement):
    import psycopg2.extras

    cursor = connection.cursor(cursor_factory=psycopg2.extras.DictCursor)
    cursor.execute(statement)
    return rows(cursor)


def exported(connection, statement):
    out = io.StringIO()
    connection.cursor().copy_expert(f"COPY ({statement}) TO STDOUT", out)
    return out.getvalue().split()


def queried(connection, statement):
    connection.query(statement)
    return [row[0] for row in connection._result.rows]


def unbuffered(connection, statement):
    import pymysql.cursors

    cursor = connection.cursor(pymysql.cursors.SSCursor)
    cursor.execute(statement)
    return rows(cursor)


def errors(module):
    def error():
        return __import__(module).Error

    return error


ERRORS = {name: errors(name) for name in ("sqlite3", "psycopg", "psycopg2", "pymysql")}
CONNECT = {"sqlite3": sqlite_file, "psycopg": postgres, "psycopg2": postgres_2, "pymysql": maria}
WAYS = {
    "literal": written("literal"),
    "number": written("number"),
    "bound": bound,
    "escaped": escaped,
    "cursor_execute": by(lambda connection, text: rows(_execute(connection.cursor(), text))),
    "connection_execute": by(lambda connection, text: rows(connection.execute(text))),
    "connection_executescript": by(lambda connection, text: bool(connection.executescript(text))),
    "cursor_executescript": by(
        lambda connection, text: bool(connection.cursor().executescript(text))
    ),
    "executemany": by(many),
    "connection_executemany": by(many_by_connection),
    "stream": by(streamed),
    "asynchronous": by(asynchronous),
    "client_cursor": by(of_client),
    "server_cursor": by(of_server),
    "copy": by(copied),
    "named_cursor": by(named),
    "dict_cursor": by(of_dictionaries),
    "copy_expert": by(exported),
    "query": by(queried),
    "unbuffered_cursor": by(unbuffered),
}


def _execute(cursor, text):
    cursor.execute(text)
    return cursor
