"""What the guard watches looks to the function as it is without the guard."""

import pytest
from protected import oldest_and_newest

ASKED = (
    "redis.client:Redis.execute_command",
    "redis.asyncio.client:Redis.execute_command",
    "redis.asyncio.client:Pipeline.execute_command",
    "asyncpg.connection:Connection.fetch",
    "asyncpg.connection:Connection.cursor",
    "psycopg:AsyncCursor.execute",
    "psycopg:AsyncCursor.stream",
    "psycopg:Cursor.execute",
    "httpx:AsyncClient._send_single_request",
    "aiohttp:ClientSession._request",
    "aiobotocore.client:AioBaseClient._make_api_call",
    "botocore.client:BaseClient._make_api_call",
    "http.client:HTTPConnection.endheaders",
    "sqlite3:Cursor.execute",
    "jinja2:Environment.from_string",
    "lxml.etree:fromstring",
    "socket:gethostbyname",
)
DETECT = {"HAUBERK_MODE": "detect"}


@oldest_and_newest
def test_each_kind_of_function_looks_as_it_is(start):
    plain, guarded = (
        start("watched", settings).invoke("made").value for settings in (None, DETECT)
    )
    assert plain["coroutine"]["iscoroutinefunction"]
    for place in plain:
        assert guarded[place] == plain[place]


@pytest.fixture(scope="module")
def both(start, with_packages):
    code = with_packages("watched")
    return [start(code, settings) for settings in (None, DETECT)]


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_watched_looks_as_it_is(both, asked):
    plain, guarded = (running.invoke(asked).value for running in both)
    if "missing" in plain:
        pytest.skip(plain["missing"])
    for place in plain:
        assert guarded[place] == plain[place]
