"""The flow rule at SQL sinks, with real clients of real servers."""

import shutil
from importlib.metadata import files
from itertools import count
from pathlib import Path

import pytest
from people import fill, fill_file
from protected import policy

from pythons import EVERY, drivers

# The oldest that the locked drivers are for, this one, the newest.
pytestmark = pytest.mark.pythons("3.10", None, EVERY[-1])
PACKAGES = ("psycopg", "psycopg-binary", "psycopg2-binary", "pymysql", "typing-extensions")
SERVERS = {"sqlite3": None, "psycopg": "postgres", "psycopg2": "postgres", "pymysql": "mariadb"}


@pytest.fixture(scope="module")
def code(python, tmp_path_factory):
    """The function with its drivers, as a deployment package holds them."""
    folder = tmp_path_factory.mktemp("queries")
    shutil.copy(Path(__file__).parent / "functions" / "queries" / "app.py", folder)
    if python:
        version = python["python"].name.removeprefix("python")
        return shutil.copytree(drivers(version, PACKAGES), folder, dirs_exist_ok=True)
    for package in PACKAGES:
        for file in files(package):
            if ".." not in file.parts:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file.locate(), folder / file)
    return folder


@pytest.fixture(scope="module")
def ask(start, code, ports):
    """Has a function ask; its firewall is off, so that the flow rule alone decides."""
    fill(ports)
    variables = {f"{name.upper()}_PORT": str(port) for name, port in ports.items()}
    running = {}
    for mode in ("detect", "prevent"):
        settings = {"HAUBERK_POLICY": policy(mode=mode, protections={"firewall": "off"})}
        running[mode] = start(code, settings, environment=variables, timeout_s=60)
        fill_file(running[mode].outside / "people.db")

    numbers = count()

    def invoke(mode, driver, way, value):
        # Each under a path of its own: what is frequent is not written each time.
        key = f"q{next(numbers)}"
        server = SERVERS[driver]
        if server and not isinstance(ports[server], int):
            pytest.skip(f"{driver} has no server to talk to: {ports[server]}")
        return running[mode].invoke({"driver": driver, "way": way, "key": key, key: value})

    return invoke


QUOTE_OUT = "x' OR '1'='1"
UNION = "x' UNION SELECT secret FROM people WHERE 'a'='a"
ALL, SECRETS = ["ada", "grace"], ["first secret", "second secret"]

ATTACKS = [
    # way       the outsider's value                            what it gets
    ("literal", QUOTE_OUT, ALL),
    ("literal", UNION, SECRETS),
    ("literal", "x' UNION SELECT secret FROM people -- ", SECRETS),
    ("number", "0 OR 1=1", ALL),
    ("number", "0 UNION SELECT secret FROM people", SECRETS),
]
BACKSLASH_OUT = "\\' OR 1=1 -- "
LOOK_ALIKES = [
    # way       the outsider's value                            what it gets
    ("literal", "ada", ["ada"]),
    ("literal", "ada lovelace", []),
    ("literal", "a -- b; DROP TABLE people", []),  # stays in its literal
    ("literal", "0 UNION SELECT secret FROM people", []),  # likewise
    ("number", "2", ["grace"]),
    ("escaped", "O'Hara", []),
    ("escaped", QUOTE_OUT, []),
    ("escaped", UNION, []),
]
HOSTILE = [value for _, value, _ in ATTACKS] + [BACKSLASH_OUT, "ada'; DROP TABLE people; -- ", "%s"]
DRIVERS = list(SERVERS)
REFUSED = {
    "sqlite3": "sqlite3.OperationalError",
    "psycopg": "psycopg.OperationalError",
    "psycopg2": "psycopg2.OperationalError",
    "pymysql": "pymysql.err.OperationalError",
}


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(("way", "value", "gets"), ATTACKS)
def test_an_injection_is_reported_in_detect_and_works(ask, driver, way, value, gets):
    seen = ask("detect", driver, way, value)
    assert sorted(seen.value) == gets
    (record,) = seen.detections
    assert (record["detector"], record["verdict"]) == ("sql-injection", "alert")
    assert (record["protection"], record["cwe"], record["level"]) == ("flow", 89, "ERROR")
    assert record["input"]["path"].startswith("q")


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(("way", "value", "gets"), ATTACKS)
def test_an_injection_is_refused_in_prevent_as_the_driver_refuses(ask, driver, way, value, gets):
    seen = ask("prevent", driver, way, value)
    assert seen.value["refused"] == REFUSED[driver]
    assert "blocked by Hauberk: sql-injection" in seen.value["message"]
    assert [(one["detector"], one["verdict"]) for one in seen.detections] == [
        ("sql-injection", "block")
    ]


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(("way", "value", "gets"), LOOK_ALIKES)
def test_what_changes_no_syntax_passes(ask, driver, way, value, gets):
    seen = ask("prevent", driver, way, value)
    assert (seen.value, seen.detections) == (gets, [])


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("value", HOSTILE)
def test_a_bound_parameter_is_never_blocked(ask, driver, value):
    seen = ask("prevent", driver, "bound", value)
    assert (seen.value, seen.detections) == ([], [])


METHODS = [
    # driver     way that hands the statement over
    ("sqlite3", "cursor_execute"),
    ("sqlite3", "connection_execute"),
    ("sqlite3", "connection_executescript"),
    ("sqlite3", "cursor_executescript"),
    ("sqlite3", "executemany"),
    ("sqlite3", "connection_executemany"),
    ("psycopg", "cursor_execute"),
    ("psycopg", "connection_execute"),
    ("psycopg", "executemany"),
    ("psycopg", "stream"),
    ("psycopg", "asynchronous"),
    ("psycopg", "client_cursor"),
    ("psycopg", "server_cursor"),
    ("psycopg", "copy"),
    ("psycopg2", "cursor_execute"),
    ("psycopg2", "executemany"),
    ("psycopg2", "named_cursor"),
    ("psycopg2", "dict_cursor"),
    ("psycopg2", "copy_expert"),
    ("pymysql", "cursor_execute"),
    ("pymysql", "executemany"),
    ("pymysql", "query"),
    ("pymysql", "unbuffered_cursor"),
]


@pytest.mark.parametrize(("driver", "way"), METHODS)
def test_each_method_that_takes_a_statement_is_watched(ask, driver, way):
    seen = ask("prevent", driver, way, UNION)
    assert isinstance(seen.value, dict), seen.value
    assert seen.value["refused"] == REFUSED[driver], seen.value
    assert "sql-injection" in seen.value["message"]


@pytest.mark.parametrize(("driver", "way"), METHODS)
def test_each_method_works_as_without_the_guard_for_a_plain_value(ask, driver, way):
    seen = ask("prevent", driver, way, "ada")
    assert not isinstance(seen.value, dict), seen.value
    assert not seen.detections
