"""The servers that calls of database drivers reach: by a DSN in either form, by keywords, by a URL of SQLAlchemy.

Sees:         psycopg, psycopg2, asyncpg, aiopg; PyMySQL, mysqlclient, mysql-connector, aiomysql, mariadb; pymssql;
              oracledb (`host:port/service`, descriptors); SQLAlchemy's engines over these, and SQLite's files
Does not see: service files and aliases, PGHOST and its like, connections that a function makes for an engine
              (`creator`): these are told as unknown
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from hauberk.model.kind import Kind
from hauberk.scan.act import Act, Acts, Blank, unknown
from hauberk.scan.text import Hole, Text, joined, marked, text_of, unmarked
from hauberk.scan.urls import of_url
from hauberk.scan.value import Arguments, Made, Values, texts

_NOT_KNOWN = "a database that is not known"
_NOT_NAMED = "a database whose host the call does not name"
_HOSTS = ("host", "hostaddr")
_PORTS = {
    "postgresql": "5432",
    "postgres": "5432",
    "redshift": "5439",
    "cockroachdb": "26257",
    "mysql": "3306",
    "mariadb": "3306",
    "mssql": "1433",
    "oracle": "1521",
}
_URI = re.compile(r"([\w.+-]+)://(?:[^/?#]*@)?([^/?#]*)", re.DOTALL)
_WORD = re.compile(r"(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|\S*)", re.DOTALL)
_QUERY = re.compile(r"[?&]host=([^&#]*)")
_EASY = re.compile(r"(?:\w+:)?(?://)?([^/:(?\s]+)(?::(\d+))?/")
_DESCRIBED = re.compile(r"\(\s*HOST\s*=\s*([^)\s]+)\s*\)(?:\s*\(\s*PORT\s*=\s*(\d+)\s*\))?", re.IGNORECASE)  # fmt: skip


class _Server(NamedTuple):
    """A host, a folder of sockets or an address; the port where it is told."""

    host: Text
    port: Text | None = None


class Driver(NamedTuple):
    """Where a call has its DSN and its host, how a DSN is read, and what is reached where neither is given."""

    port: str
    dsn: int | None = None
    names: tuple[str, ...] = ()
    host: int | None = None
    hosts: tuple[str, ...] = ("host",)
    read: Callable[[Text], list[_Server]] | None = None
    is_local: bool = False


def of_postgres(dsn: Text) -> list[_Server]:
    """Read libpq's DSN: a URI, or words `host=…`; several hosts stand between commas."""
    holes: list[Hole] = []
    written = marked(dsn, holes)
    uri = _URI.match(written)
    if uri:
        named = uri[2].split(",") if uri[2] else []
        named += [unquote(one) for one in _QUERY.findall(written)]
        pairs = [_parted(one) for one in named]
    else:
        words = [(name, _unquoted(value)) for name, value in _WORD.findall(written)]
        port = dict(words).get("port", "").partition(",")[0]
        named = [one for name, value in words if name in _HOSTS for one in value.split(",")]
        pairs = [(one, port) for one in named]
    return [
        _Server(unmarked(host, holes), unmarked(port, holes) if port else None)
        for host, port in pairs
        if host
    ]


def of_oracle(dsn: Text) -> list[_Server]:
    """Read `host:port/service`, or a descriptor; an alias names no host."""
    holes: list[Hole] = []
    written = marked(dsn, holes)
    easy = _EASY.match(written.rpartition("@")[2])
    found = _DESCRIBED.findall(written) or ([easy.groups()] if easy else [])
    return [_Server(unmarked(host, holes), text_of(port) if port else None) for host, port in found]


_PSYCOPG = Driver("5432", 0, ("dsn", "conninfo"), hosts=_HOSTS, read=of_postgres)
_MYSQL = Driver("3306", host=0, is_local=True)
DRIVERS: dict[str, Driver] = {
    **dict.fromkeys(
        ("psycopg.connect", "psycopg.Connection.connect", "psycopg.AsyncConnection.connect", "psycopg2.connect",
         "psycopg_pool.ConnectionPool", "psycopg_pool.AsyncConnectionPool", "psycopg_pool.NullConnectionPool",
         "asyncpg.connect", "asyncpg.create_pool", "aiopg.connect", "aiopg.create_pool"),
        _PSYCOPG,
    ),
    **dict.fromkeys(
        ("psycopg2.pool.SimpleConnectionPool", "psycopg2.pool.ThreadedConnectionPool"), _PSYCOPG._replace(dsn=2)
    ),
    **dict.fromkeys(
        ("pymysql.connect", "pymysql.Connect", "pymysql.Connection", "pymysql.connections.Connection",
         "MySQLdb.connect", "MySQLdb.Connect", "MySQLdb.Connection", "aiomysql.connect"),
        _MYSQL,
    ),
    **dict.fromkeys(
        ("mysql.connector.connect", "mysql.connector.aio.connect", "mysql.connector.pooling.MySQLConnectionPool",
         "mariadb.connect", "mariadb.ConnectionPool", "aiomysql.create_pool"),
        _MYSQL._replace(host=None),
    ),
    "pymssql.connect": Driver("1433", host=0, hosts=("server", "host")),
    **dict.fromkeys(
        ("oracledb.connect", "oracledb.create_pool", "oracledb.connect_async", "oracledb.create_pool_async"),
        Driver("1521", 0, ("dsn",), read=of_oracle),
    ),
}  # fmt: skip
ENGINES = frozenset(
    ("sqlalchemy.create_engine", "sqlalchemy.engine.create_engine", "sqlalchemy.ext.asyncio.create_async_engine",
     "sqlmodel.create_engine")
)  # fmt: skip


def of_driver(name: str, arguments: Arguments) -> Acts:
    """Give which servers a driver's call reaches."""
    driver = DRIVERS[name]
    ports = texts(arguments.get(None, "port"))
    port = ports[0] if len(ports) == 1 else None
    hosts = texts(arguments.get(driver.host, *driver.hosts))
    if hosts:
        named = [_Server(one, port) for host in hosts for one in _listed(host)]
        return [one for server in named for one in _reached(server, driver.port)]
    dsns = texts(arguments.get(driver.dsn, *driver.names)) if driver.read else ()
    if dsns:
        return [one for dsn in dsns for one in _of_dsn(dsn, driver, port)]
    if driver.is_local and arguments.is_whole:
        return []
    return [Blank(Kind.HOST, _NOT_NAMED if arguments.is_whole else _NOT_KNOWN)]


def _of_dsn(dsn: Text, driver: Driver, port: Text | None) -> Acts:
    servers = driver.read(dsn) if driver.read else []
    if not servers:
        return [unknown(Kind.HOST, _NOT_KNOWN if dsn.holes else _NOT_NAMED, dsn)]
    told = (server._replace(port=server.port or port) for server in servers)
    return [one for server in told for one in _reached(server, driver.port)]


def of_engine(arguments: Arguments) -> tuple[Acts, list[Text]]:
    """Give which servers an engine of SQLAlchemy reaches, and the files of SQLite."""
    found: Acts = []
    files: list[Text] = []
    for given in sorted(arguments.get(0, "url") or (), key=repr):
        if isinstance(given, Made) and given.type == "database":
            found += _of_parts(given)
            continue
        for url in texts(frozenset((given,))):
            holes: list[Hole] = []
            written = marked(url, holes)
            if written.startswith(("sqlite:", "sqlite+")):
                path = written.partition(":///")[2].partition("?")[0]
                files += [unmarked(path, holes)] if path else []
            else:
                found += _of_url(url, written.partition("://")[0])
    return found or (
        [] if files or _is_memory(arguments) else [Blank(Kind.HOST, _NOT_KNOWN)]
    ), files


def _of_url(url: Text, scheme: str) -> Acts:
    dialect = scheme.partition("+")[0]
    if dialect not in _PORTS or "://" not in url.start:
        return [unknown(Kind.HOST, _NOT_KNOWN, url)]
    found = [one for server in of_postgres(url) for one in _reached(server, _PORTS[dialect])]
    is_there = any(server.host.pieces for server in of_postgres(url))
    return found if is_there else [unknown(Kind.HOST, _NOT_NAMED, url)]


def _of_parts(url: Made) -> Acts:
    dialects = [one.whole for one in texts(url.get("driver"))]
    dialect = (dialects[0] or "").partition("+")[0] if len(dialects) == 1 else ""
    ports = texts(url.get("port"))
    hosts = texts(url.get("host"))
    if dialect.startswith("sqlite"):
        return [Blank(Kind.FILE, "a file of SQLite that is not known")]
    servers = (_Server(host, ports[0] if len(ports) == 1 else None) for host in hosts)
    port = _PORTS.get(dialect, "*")
    return (
        [one for server in servers for one in _reached(server, port)]
        if hosts
        else [Blank(Kind.HOST, _NOT_NAMED)]
    )


def _is_memory(arguments: Arguments) -> bool:
    given: Values = arguments.get(0, "url") or frozenset()
    return bool(given) and all(
        one.whole in ("sqlite://", "sqlite:///:memory:") for one in texts(given)
    )


def _reached(server: _Server, port: str) -> Acts:
    """Give what is reached: a host's name is looked up, an address connected to, a folder holds a socket."""
    whole = server.host.whole
    if whole is None:
        return of_url(server.host)
    at = server.port if server.port and server.port.whole else text_of(port)
    if whole.startswith("/"):
        return [Act(Kind.ADDRESS, "connect", joined((text_of(f"unix:{whole}/.s.PGSQL."), at)))]
    try:
        ip = ipaddress.ip_address(whole.strip("[]"))
    except ValueError:
        return of_url(text_of(whole))
    shown = f"[{ip}]:" if ip.version == 6 else f"{ip}:"
    return [Act(Kind.ADDRESS, "connect", joined((text_of(shown), at)))]


def _listed(host: Text) -> Iterator[Text]:
    if host.whole is None:
        yield host
    else:
        yield from (text_of(one.strip()) for one in host.whole.split(",") if one.strip())


def _parted(host: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.*?)(?::(\d+))?", unquote(host), re.DOTALL)
    return (found[1], found[2] or "") if found else (host, "")


def _unquoted(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith("'") else word
