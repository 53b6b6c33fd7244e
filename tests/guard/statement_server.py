"""As much of the RDS Data API and of Athena as a client needs to send a statement: SQLite carries it out.

Each statement starts with the same two people. What came is remembered, with how many rows it found or changed.
"""

from __future__ import annotations

import http.server
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

LOOPBACK = "127.0.0.1"
PEOPLE = (
    "CREATE TABLE people (name varchar(99), secret varchar(99))",
    "INSERT INTO people VALUES ('ada', 'first secret'), ('grace', 'second secret')",
)
# What is only kept, to be run later.
KEPT = ("CreateNamedQuery", "CreatePreparedStatement")


class Statements(http.server.ThreadingHTTPServer):
    """Takes statements, and remembers each: the operation, the statement, its rows; None where it was only kept."""

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self.asked: list[tuple[str, str, int | None]] = []


class Handler(http.server.BaseHTTPRequestHandler):
    """Reads what botocore sends to either service."""

    server: Statements

    def do_POST(self) -> None:
        """Carry a statement out, and answer with as many records as it found."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        target = self.headers.get("X-Amz-Target", self.path)
        operation = target.rpartition(".")[2].rpartition("/")[2]
        names = ("sql", "sqlStatements", "QueryString", "QueryStatement")
        statement = next(body[name] for name in names if name in body)
        count = None if operation in KEPT else carried_out(statement, bound(body))
        self.server.asked.append((operation, statement, count))
        answer = json.dumps({"records": [[{"stringValue": "one"}]] * (count or 0)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def bound(body: dict) -> dict | list:
    """The values of a request's parameters."""
    sets = [body.get("parameters", ()), *body.get("parameterSets", ())]
    named = {one["name"]: one["value"]["stringValue"] for each in sets for one in each}
    return named or body.get("ExecutionParameters", [])


def carried_out(statement: str, values: dict | list) -> int:
    """How many rows a statement finds or changes."""
    with closing(sqlite3.connect(":memory:")) as database:
        for one in PEOPLE:
            database.execute(one)
        cursor = database.execute(statement, values)
        return len(cursor.fetchall()) if cursor.description else cursor.rowcount


@contextmanager
def statements() -> Iterator[Statements]:
    """Runs the server."""
    server = Statements()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
