"""Every sink that is armed when a module has been loaded, by hand: what is not on this list is not watched."""

from __future__ import annotations

from hauberk import _native
from hauberk.guard import imports, runtime

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any


def _by(file: str, function: str = "arm") -> imports.Arm:
    """Give what arms a sink; its file is imported with the module that it is about, not before."""

    def arm(module: Any) -> None:
        from importlib import import_module

        ours = import_module(f"hauberk.guard.{file}")
        getattr(ours, function)(module)
        _native.keep_module(ours)

    return arm


# Module: the sink's name in the coverage, and what arms it once the module has run.
SINKS: dict[str, tuple[str, imports.Arm]] = {
    "sys": ("events", _native.redirect),
    "posix": ("file.dir_fd", _native.redirect),
    "_posixsubprocess": ("process.fork_exec", _native.redirect),
    "builtins": ("template.format", lambda module: _native.redirect_methods(module.str)),
    "marshal": ("code.marshal", _native.redirect),
    "_string": ("template.format", _native.redirect),
    "awslambdaric.bootstrap": ("event.awslambdaric", runtime.arm),
    "_socket": ("requests.plain", lambda module: _native.redirect_methods(module.socket)),
    "_ssl": ("requests.tls", lambda module: _native.redirect_methods(module._SSLSocket)),
    "_interpreters": ("interpreters", _native.redirect),
    "_xxsubinterpreters": ("interpreters", _native.redirect),
    "_io": ("requests.files", lambda module: _native.redirect_methods(module.FileIO)),
    "socket": ("host.answers", _by("hosts")),
    "botocore.client": ("api.botocore", _by("aws_api")),
    "aiobotocore.client": ("api.aiobotocore", _by("aws_api", "arm_asynchronous")),
    "sqlite3.dbapi2": ("sql.sqlite3", _by("sql", "arm_sqlite3")),
    "psycopg.cursor": ("sql.psycopg", _by("sql", "arm_psycopg")),
    "psycopg.cursor_async": ("sql.psycopg", _by("sql", "arm_psycopg")),
    "psycopg.server_cursor": ("sql.psycopg", _by("sql", "arm_psycopg")),
    "psycopg._server_cursor": ("sql.psycopg", _by("sql", "arm_psycopg")),
    "psycopg._server_cursor_async": ("sql.psycopg", _by("sql", "arm_psycopg")),
    "psycopg2.extensions": ("sql.psycopg2", _by("sql", "arm_psycopg2")),
    "asyncpg.pool": ("sql.asyncpg", _by("sql", "arm_asyncpg")),
    "pymysql.connections": ("sql.pymysql", _by("sql", "arm_pymysql")),
    "MySQLdb.connections": ("sql.mysqlclient", _by("sql", "arm_mysqlclient")),
    "mysql.connector.connection": ("sql.mysql-connector", _by("sql", "arm_mysql_connector")),
    "mysql.connector.connection_cext": ("sql.mysql-connector", _by("sql", "arm_mysql_connector")),
    "mysql.connector.aio.connection": ("sql.mysql-connector", _by("sql", "arm_mysql_connector")),
    "oracledb.cursor": ("sql.oracledb", _by("sql", "arm_oracledb")),
    "oracledb.connection": ("sql.oracledb", _by("sql", "arm_oracledb")),
    "oracledb.pipeline": ("sql.oracledb", _by("sql", "arm_oracledb")),
    "pymssql._pymssql": ("sql.pymssql", _by("sql", "arm_pymssql")),
    "yaml.constructor": ("code.yaml", _by("deserialisers", "arm_yaml")),
    "jsonpickle.unpickler": ("code.jsonpickle", _by("deserialisers", "arm_jsonpickle")),
    "jinja2.environment": ("template.jinja2", _by("templates", "arm_jinja2")),
    "mako.template": ("template.mako", _by("templates", "arm_mako")),
    "lxml.etree": ("xml.lxml", _by("xml_parsers", "arm_lxml")),
    "xml.etree.ElementTree": ("xml.expat", _by("xml_parsers", "arm_element_tree")),
    "xml.parsers.expat": ("xml.expat", _by("xml_parsers", "arm_expat")),
    "pymongo.message": ("nosql.pymongo", _by("document_stores", "arm_pymongo")),
    "pymongo.bulk": ("nosql.pymongo", _by("document_stores", "arm_pymongo_bulk")),
    "pymongo.synchronous.bulk": ("nosql.pymongo", _by("document_stores", "arm_pymongo_bulk")),
    "pymongo.asynchronous.bulk": ("nosql.pymongo", _by("document_stores", "arm_pymongo_bulk")),
    "pymongo.synchronous.client_bulk": (
        "nosql.pymongo",
        _by("document_stores", "arm_pymongo_bulk"),
    ),
    "pymongo.asynchronous.client_bulk": (
        "nosql.pymongo",
        _by("document_stores", "arm_pymongo_bulk"),
    ),
    "redis.client": ("nosql.redis", _by("document_stores", "arm_redis")),
    "redis.asyncio.client": ("nosql.redis", _by("document_stores", "arm_redis")),
    "http.client": ("url.http", _by("http_clients", "arm_http")),
    "urllib.request": ("url.urllib", _by("http_clients", "arm_urllib")),
    "urllib3.connectionpool": ("url.urllib3", _by("http_clients", "arm_urllib3_pool")),
    "urllib3.poolmanager": ("url.urllib3", _by("http_clients", "arm_urllib3_manager")),
    "requests.sessions": ("url.requests", _by("http_clients", "arm_requests")),
    "httpx._client": ("url.httpx", _by("http_clients", "arm_httpx")),
    "aiohttp.client": ("url.aiohttp", _by("http_clients", "arm_aiohttp")),
    "pycurl": ("url.pycurl", _by("http_clients", "arm_pycurl")),
}
