"""The flow rule at more drivers of SQL, with real servers where one can be had."""

import sqlite3
from contextlib import ExitStack, closing
from itertools import count

import psycopg
import pymysql
import pytest
from database_servers import NoServer, mariadb, postgres
from protected import policy

TABLE = (
    "DROP TABLE IF EXISTS people",
    "CREATE TABLE people (id int, name varchar(99), secret varchar(99))",
    "INSERT INTO people VALUES (1, 'ada', 'first secret'), (2, 'grace', 'second secret')",
)
# What a driver raises when it is refused, and its server.
DRIVERS = {
    "asyncpg": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg prepare": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg cursor": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg execute": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg fetchrow": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg pool": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "aiosqlite": ("sqlite3.OperationalError", None),
    "sqlalchemy": ("sqlalchemy.exc.OperationalError", None),
    "sqlalchemy text": ("sqlalchemy.exc.OperationalError", "postgres"),
    "psycopg composed": ("psycopg.OperationalError", "postgres"),
    "psycopg2 composed": ("psycopg2.OperationalError", "postgres"),
    "mysql-connector": ("mysql.connector.errors.ProgrammingError", "mariadb"),
    "mysql-connector pure": ("mysql.connector.errors.ProgrammingError", "mariadb"),
    "mysql-connector prepared": ("mysql.connector.errors.ProgrammingError", "mariadb"),
    "mysql-connector aio": ("mysql.connector.errors.ProgrammingError", "mariadb"),
    "mysqlclient": ("MySQLdb.OperationalError", "mariadb"),
    "oracledb": ("oracledb.exceptions.DatabaseError", None),
    "pymssql": ("pymssql.exceptions.OperationalError", None),
}
NO_SERVER = ("oracledb", "pymssql")  # the driver's own method is called, without a connection
NO_VALUE = ("prepare", "cursor", "execute", "fetchrow", "prepared", *NO_SERVER)
SERVED = [name for name in DRIVERS if name not in NO_SERVER]
BOUND = [name for name in DRIVERS if not name.endswith(NO_VALUE)]


@pytest.fixture(scope="module")
def ports():
    """The port of each server that runs, or why it does not."""
    found = {}
    with ExitStack() as servers:
        for name, server in (("postgres", postgres), ("mariadb", mariadb)):
            try:
                found[name] = servers.enter_context(server())
            except NoServer as reason:
                found[name] = reason
        _fill(found)
        yield found


def _fill(ports):
    if isinstance(port := ports["postgres"], int):
        place = f"host=127.0.0.1 port={port} user=tests dbname=postgres"
        with psycopg.connect(place, autocommit=True) as connection:
            for statement in TABLE:
                connection.execute(statement)
    if isinstance(port := ports["mariadb"], int):
        with (
            pymysql.connect(host="127.0.0.1", port=port, user="root") as connection,
            connection.cursor() as cursor,
        ):
            for statement in ("CREATE DATABASE IF NOT EXISTS tests", "USE tests", *TABLE):
                cursor.execute(statement)
            connection.commit()


@pytest.fixture(scope="module")
def ask(ports, start, with_packages):
    """Has a function ask; its firewall is off, so that the flow rule alone decides."""
    variables = {f"{name.upper()}_PORT": str(port) for name, port in ports.items()}
    code = with_packages("drivers")
    running = {}
    for mode in ("detect", "prevent"):
        settings = {"HAUBERK_POLICY": policy(mode=mode, protections={"firewall": "off"})}
        running[mode] = start(code, settings, environment=variables, timeout_s=60, memory_mb=512)
        with closing(sqlite3.connect(running[mode].outside / "people.db")) as connection:
            for statement in TABLE:
                connection.execute(statement)
            connection.commit()
    numbers = count()

    def invoke(mode, driver, way, value):
        server = DRIVERS[driver][1]
        if server and not isinstance(ports[server], int):
            pytest.skip(f"{driver} has no server to talk to: {ports[server]}")
        key = f"q{next(numbers)}"
        seen = running[mode].invoke({"driver": driver, "way": way, "key": key, key: value})
        if seen.answer.error is None and "missing" in seen.value:
            # mysqlclient has no wheel for Linux; mysql-connector's asks for the newest OpenSSL.
            pytest.skip(f"{driver} is not there: {seen.value['missing']}")
        return seen

    return invoke


UNION = "x' UNION SELECT secret FROM people WHERE 'a'='a"
SECRETS = ["first secret", "second secret"]


@pytest.mark.parametrize("driver", DRIVERS)
def test_an_injection_is_refused_in_prevent_as_the_driver_refuses(ask, driver):
    seen = ask("prevent", driver, "literal", UNION)
    assert seen.value["refused"] == DRIVERS[driver][0], seen.value
    assert "blocked by Hauberk: sql-injection" in seen.value["message"]
    assert [(one["detector"], one["verdict"]) for one in seen.detections] == [
        ("sql-injection", "block")
    ]


@pytest.mark.parametrize("driver", SERVED)
def test_an_injection_is_reported_in_detect_and_works(ask, driver):
    seen = ask("detect", driver, "literal", UNION)
    gets = {"asyncpg execute": [], "asyncpg fetchrow": SECRETS[:1]}.get(driver, SECRETS)
    assert seen.value in (gets, SECRETS[1:])  # the first row is any one
    assert ("sql-injection", "alert") in {
        (one["detector"], one["verdict"]) for one in seen.detections
    }


@pytest.mark.parametrize("driver", SERVED)
@pytest.mark.parametrize("value", ["ada", "a -- b; DROP TABLE people"])
def test_a_value_in_its_literal_passes(ask, driver, value):
    seen = ask("prevent", driver, "literal", value)
    assert not isinstance(seen.value, dict), seen.value
    assert not seen.detections


@pytest.mark.parametrize("driver", BOUND)
@pytest.mark.parametrize("value", [UNION, "\\' OR 1=1 -- ", "ada"])
def test_a_bound_parameter_is_never_blocked(ask, driver, value):
    seen = ask("prevent", driver, "bound", value)
    assert (seen.value, seen.detections) == (["ada"] if value == "ada" else [], [])
