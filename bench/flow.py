"""What the flow decisions find, and what they take for an injection though it is none.

    python -m bench.flow PAYLOADS.jsonl [--show SINK]

Payloads are put into the slots of queries, commands and paths; an oracle that shares nothing with the native core
says whether the payload leaves its slot: for SQLite the database itself, for MySQL and numbers a few lines of
lexical rules, for shells Python's `shlex` and the rules of quoting, for paths `posixpath.normpath`.
Only SQLite runs payloads, in an empty database in memory.
"""

import argparse
import json
import posixpath
import re
import shlex
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from hauberk._native import flow

CATEGORIES = {"sql": ("sqli",), "shell": ("cmdi",), "path": ("lfi", "rfi")}
Oracle = Callable[[str], bool | None]


class Slot(NamedTuple):
    """A template with one place, and who knows whether a payload leaves it (None: cannot say)."""

    sink: str
    template: str
    leaves: Oracle
    dialect: str = "any"
    spell: Callable[[str], str] = str


class Case(NamedTuple):
    """A payload in a slot, the oracle's answer and ours."""

    slot: Slot
    payload: str
    is_injection: bool
    reason: str | None


DATABASE = sqlite3.connect(":memory:")


def _sqlite_text(payload: str) -> bool | None:
    """Does SQLite read the payload in single quotes as another value, or not at all?"""
    if "\0" in payload:
        return None
    try:
        query = f"SELECT v FROM (SELECT '{payload}' AS v)"  # noqa: S608 - the payload is the question
        (value,) = DATABASE.execute(query).fetchone()
    except (sqlite3.Error, sqlite3.Warning, TypeError, ValueError):
        return True
    return bool(value != payload.replace("''", "'"))


def _closes(quote: str, has_backslash: bool) -> Oracle:
    escapes = rf"\\.|{quote}{quote}|[^\\{quote}]" if has_backslash else f"{quote}{quote}|[^{quote}]"
    inside = re.compile(f"(?:{escapes})*", re.DOTALL)
    return lambda payload: inside.fullmatch(payload) is None


NUMBER = re.compile(r"\s*[-+]?\d+(\.\d*)?([eE][-+]?\d+)?\s*")
NUMBERS = re.compile(r"\s*[-+]?\d+(\.\d+)?(\s*,\s*[-+]?\d+(\.\d+)?)*\s*")
NAME = re.compile(r"\s*\w+(\.\w+)?(\s+(?i:asc|desc))?\s*")
HARMLESS = re.compile(r"""[\w$.,+\s\x80-\U0010ffff-]*|'(?:[^']|'')*'|["][^"]*["]""")


def _unless(shape: re.Pattern[str]) -> Oracle:
    def leaves(payload: str) -> bool | None:
        if shape.fullmatch(payload):
            return False
        # names, dots and commas, one string, or blanks in a number's place change a value at most
        return None if HARMLESS.fullmatch(payload) else True

    return leaves


def _leaves_words(payload: str) -> bool | None:
    """Is a payload outside quotes more than words? An option is the policy's to decide: not asked."""
    payload = re.sub(r"(^|\s)#.*", "", payload).strip()
    if re.search(r"(^|\s)-", payload):
        return None
    if re.search(r"[;|&<>()`\n]|\$[\w({?!#@*$'\"-]", payload):
        is_quoted = "'" in payload or '"' in payload or "\\" in payload
        return None if is_quoted else True
    try:
        words = shlex.split(payload, comments=True)
        return None if words != shlex.split(payload) else False
    except ValueError:
        return True


def _leaves_double(payload: str) -> bool:
    rest = re.sub(r"\\.", "", payload, flags=re.DOTALL)
    return re.search(r'["`]|\\$|\$[\w({?!#@*$-]', rest) is not None


def _climbs(base: str) -> Oracle:
    def leaves(payload: str) -> bool:
        place = posixpath.normpath(f"{base}/{payload}")
        return "\0" in payload or not (place == base or place.startswith(base + "/"))

    return leaves


def _quoted(payload: str) -> bool | None:
    return None if payload.startswith("-") else False


def _chooses(payload: str) -> bool | None:
    if not payload.startswith("/"):
        return None
    place = posixpath.normpath("/" + payload.lstrip("/"))
    own = re.match(r"/(app|asset|data|efs|function|mnt|tmp)/", place)
    return None if own or place.count("/") < 2 else True


def _doubled(payload: str) -> str:
    return payload.replace("'", "''")


QUOTED = (
    "SELECT id FROM users WHERE name = '{}'",
    "SELECT id FROM users WHERE name = '{}' AND active = 1 ORDER BY id",
    "INSERT INTO notes (owner, body) VALUES (7, '{}')",
    "SELECT id FROM items WHERE tag IN ('a', '{}') LIMIT 5",
    "SELECT id FROM items WHERE name LIKE '%{}%'",
    "UPDATE users SET bio = '{}' WHERE id = 3",
    "SELECT id FROM users WHERE (login = '{}' OR mail = 'a@b.c')",
)
NUMERIC = (
    "SELECT id FROM users WHERE id = {}",
    "SELECT id FROM users WHERE id = {} AND active = 1",
    "SELECT id FROM users LIMIT {}",
)
NEVER: Oracle = lambda _: False  # noqa: E731 - a table's entry

SLOTS = [
    *(Slot("sql", one, _sqlite_text, "sqlite") for one in QUOTED),
    *(Slot("sql", one, _closes("'", has_backslash=True), "mysql") for one in QUOTED),
    *(Slot("sql", one, _closes("'", has_backslash=False), "postgres") for one in QUOTED),
    *(Slot("sql", one, _sqlite_text) for one in QUOTED[:2]),
    *(Slot("sql", one, NEVER, "postgres", _doubled) for one in QUOTED[:3]),
    Slot("sql", 'SELECT "{}" FROM users', _closes('"', has_backslash=False), "postgres"),
    *(Slot("sql", one, _unless(NUMBER), name) for one in NUMERIC for name in ("sqlite", "mysql")),
    Slot("sql", "SELECT id FROM users WHERE id IN ({})", _unless(NUMBERS), "sqlite"),
    Slot("sql", "SELECT id FROM users ORDER BY {}", _unless(NAME), "postgres"),
    Slot("shell", "ls -la {}", _leaves_words),
    Slot("shell", "convert {} out.png", _leaves_words),
    Slot("shell", "grep '{}' notes.txt", lambda payload: "'" in payload),
    Slot("shell", 'echo "hello {}" | wc -c', _leaves_double),
    Slot("shell", 'tar cf out.tar "{}"', _leaves_double),
    Slot("shell", "cat {} | sort", _quoted, "any", shlex.quote),
    *(Slot("path", base + "/{}", _climbs(base)) for base in ("/var/task/files", "/mnt/data/a/b/c")),
    Slot("path", "/srv/www/{}.txt", _climbs("/srv/www")),
    Slot("path", "{}", _chooses),
]


def cases(rows: list[dict[str, object]]) -> Iterator[Case]:
    """Put every payload that a slot can hold into it; what the oracle cannot tell is left out."""
    for slot in SLOTS:
        for row in rows:
            payload = row["payload"]
            fits = row["category"] in ("benign", *CATEGORIES[slot.sink])
            if not fits or not isinstance(payload, str) or not payload:
                continue
            spelled = slot.spell(payload)
            is_injection = slot.leaves(payload)
            if is_injection is None or (slot.sink != "path" and "\0" in payload):
                continue
            resource = slot.template.replace("{}", spelled, 1)
            if len(resource) > 4_000 and slot.sink == "path":
                continue
            given = resource.encode("utf-8", "surrogatepass")
            reason = flow(slot.sink, [given], json.dumps(payload).encode(), slot.dialect)
            yield Case(slot, payload, is_injection, reason)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("payloads", type=Path)
    parser.add_argument("--show", help="print the wrong answers of this sink")
    wanted = parser.parse_args()
    rows = [json.loads(line) for line in wanted.payloads.read_text().splitlines()]
    counts: dict[str, dict[tuple[bool, bool], int]] = defaultdict(lambda: defaultdict(int))
    for one in cases(rows):
        counts[one.slot.sink][one.is_injection, one.reason is not None] += 1
        if wanted.show == one.slot.sink and one.is_injection != (one.reason is not None):
            shown = (one.slot.template, one.slot.dialect, one.payload[:200], one.reason)
            print("missed" if one.is_injection else "false ", json.dumps(shown))
    for sink, count in counts.items():
        found, missed = count[True, True], count[True, False]
        false, passed = count[False, True], count[False, False]
        print(
            f"{sink:<6} found {100 * found / (found + missed):.2f} % of {found + missed}, "
            f"false {100 * false / (false + passed):.2f} % of {false + passed}"
        )


if __name__ == "__main__":
    main()
