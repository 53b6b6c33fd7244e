"""The flow rule at more drivers of SQL, with real servers where one can be had."""

from itertools import count

import pytest
from people import fill, fill_file
from protected import policy

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
def ask(ports, start, with_packages):
    """Has a function ask; its firewall is off, so that the flow rule alone decides."""
    fill(ports)
    variables = {f"{name.upper()}_PORT": str(port) for name, port in ports.items()}
    code = with_packages("drivers")
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
