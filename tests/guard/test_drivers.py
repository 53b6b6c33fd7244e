"""The flow rule at more drivers of SQL, with real servers where one can be had.

pymssql asks a server of the tests' own that speaks TDS (`tds_server.py`). oracledb's classes are its own, what is
below them is not (`functions/drivers/oracle_transport.py`): no Oracle was asked.
"""

import os
import subprocess
import sys
from itertools import count

import pytest
from people import fill, fill_file
from protected import policy

from pythons import built, put_together

# What a driver raises when it is refused, and its server.
DRIVERS = {
    "asyncpg": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg prepare": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg cursor": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg execute": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg fetchrow": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg fetchval": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg fetchmany": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg executemany": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
    "asyncpg copy": ("asyncpg.exceptions.InsufficientPrivilegeError", "postgres"),
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
    "oracledb asynchronous": ("oracledb.exceptions.DatabaseError", None),
    "oracledb frame": ("oracledb.exceptions.DatabaseError", None),
    "oracledb pipeline": ("oracledb.exceptions.DatabaseError", None),
    "pymssql": ("pymssql.exceptions.OperationalError", "mssql"),
    "pymssql query": ("pymssql.exceptions.OperationalError", "mssql"),
    "pymssql row": ("pymssql.exceptions.OperationalError", "mssql"),
    "pymssql scalar": ("pymssql.exceptions.OperationalError", "mssql"),
}
UNANSWERED = (
    "oracledb frame",
    "oracledb pipeline",
)  # what they ask the tests' transport does not carry
NO_VALUE = (
    *("prepare", "cursor", "execute", "executemany", "fetchrow", "fetchval", "fetchmany", "copy"),
    *("prepared", *UNANSWERED),
)
SERVED = [name for name in DRIVERS if name not in UNANSWERED]
BOUND = [name for name in DRIVERS if not name.endswith(NO_VALUE)]


@pytest.fixture(scope="module")
def mssql():
    program = os.path.join(os.path.dirname(__file__), "tds_server.py")
    server = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    yield int(server.stdout.readline())
    server.kill()
    server.wait()
    server.stdout.close()


@pytest.fixture(scope="module")
def ask(ports, mssql, start, with_packages):
    """Has a function ask; its firewall is off, so that the flow rule alone decides."""
    fill(ports)
    ports = {**ports, "mssql": mssql}
    variables = {f"{name.upper()}_PORT": str(port) for name, port in ports.items()}
    code = with_packages("drivers")
    missing = {}
    try:
        put_together(code, built())
    except pytest.skip.Exception as reason:
        missing["mysqlclient"] = reason
    running = {}
    for mode in ("detect", "prevent"):
        settings = {"HAUBERK_POLICY": policy(mode=mode, protections={"firewall": "off"})}
        running[mode] = start(code, settings, environment=variables, timeout_s=60, memory_mb=512)
        fill_file(running[mode].outside / "people.db")
    numbers = count()

    def invoke(mode, driver, way, value):
        server = DRIVERS[driver][1]
        if server and not isinstance(ports[server], int):
            pytest.skip(f"{driver} has no server to talk to: {ports[server]}")
        if driver in missing:
            pytest.skip(f"{driver} is not there: {missing[driver]}")
        key = f"q{next(numbers)}"
        seen = running[mode].invoke({"driver": driver, "way": way, "key": key, key: value})
        if seen.answer.error is None and "missing" in seen.value:
            # mysql-connector's wheel asks for the newest OpenSSL.
            pytest.skip(f"{driver} is not there: {seen.value['missing']}")
        return seen

    return invoke


UNION = "x' UNION SELECT secret FROM people WHERE 'a'='a"
SECRETS = ["first secret", "second secret"]
NOTHING = ("asyncpg execute", "asyncpg executemany")
ONE = ("asyncpg fetchrow", "asyncpg fetchval", "pymssql row", "pymssql scalar")


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
    if driver in NOTHING:
        assert seen.value == []
    elif driver in ONE:
        assert seen.value in (SECRETS[:1], SECRETS[1:])  # the first row is any one
    else:
        assert seen.value == SECRETS
    assert ("sql-injection", "alert") in {
        (one["detector"], one["verdict"]) for one in seen.detections
    }


@pytest.mark.parametrize("driver", [*SERVED, "oracledb pipeline"])
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
