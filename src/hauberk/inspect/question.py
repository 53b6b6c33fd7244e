"""Lines that ask whether an input changes the syntax of what a sink was given."""

import json
from typing import Any, NamedTuple

from hauberk._native import flow
from hauberk.inspect.lines import LineError

SINKS = ("sql", "shell", "exec", "path", "url", "code", "template", "format", "nosql")
DIALECTS = {
    "sql": ("sqlite", "postgres", "mysql", "any"),
    "code": ("python", "javascript", "any"),
}
ALSO = {
    "sqlite3": "sqlite",
    "postgresql": "postgres",
    "redshift": "postgres",
    "mariadb": "mysql",
    "mssql": "any",
    "oracle": "any",
    "generic": "any",
    "js": "javascript",
}
AS_STANDARD = ("mssql", "oracle")
KEYS = ("sink", "resource", "input", "dialect")
SHAPE = '{"sink": ..., "resource": ..., "input": ...}'


class Question(NamedTuple):
    """One line, read."""

    sink: str
    resource: list[bytes]
    input: bytes
    dialect: str

    def answer(self) -> str | None:
        """Say how the input changes the syntax; None where it does not."""
        return flow(self.sink, self.resource, self.input, self.dialect)


def question_of(line: bytes) -> Question:
    """Read one line; raises LineError where it is no question, with what to write instead."""
    try:
        row = json.loads(line)
        sink, resource, value = row["sink"], row["resource"], row["input"]
        dialect = str(row.get("dialect") or "any").lower()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        shown = line[:80].decode(errors="replace")
        raise LineError(f"not {SHAPE}: {shown}") from error
    if sink not in SINKS:
        raise LineError(f"no sink is called {sink!r}; write one of {', '.join(SINKS)}")
    dialect = ALSO.get(dialect, dialect)
    if dialect not in DIALECTS.get(sink, (dialect,)):
        known = ", ".join(DIALECTS[sink])
        raise LineError(f"no dialect of {sink} is called {dialect!r}; write one of {known}")
    return Question(sink, _resource(sink, resource), json.dumps(value).encode(), dialect)


def oddities_of_question(line: bytes) -> list[str]:
    """Say what is odd about a line that a question was read from."""
    row = json.loads(line)
    known = ", ".join(KEYS)
    found = [f"key {key!r} is not looked at; known are {known}" for key in row if key not in KEYS]
    dialect = str(row.get("dialect") or "any").lower()
    if dialect in AS_STANDARD:
        found.append(f"dialect {dialect!r} is read as standard SQL")
    return found


def _resource(sink: str, resource: Any) -> list[bytes]:
    if sink == "exec":
        if not isinstance(resource, list) or not all(isinstance(one, str) for one in resource):
            raise LineError(
                'the resource of exec is its argument list; write ["program", "argument"]'
            )
        return [_bytes(one) for one in resource]
    if isinstance(resource, str):
        return [_bytes(resource)]
    if sink == "nosql":
        return [json.dumps(resource).encode()]
    raise LineError(f"the resource of {sink} is a text; put it in quotes")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
