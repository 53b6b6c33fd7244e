"""Queries, commands, paths and other resources with one place, and the oracle of each place."""

import json
import shlex
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote

from bench import flow_oracles as ask
from bench.flow_oracles import NEVER, Oracle

PLACE = "{}"


class Slot(NamedTuple):
    """A resource with one place, and who knows whether a payload leaves it (None: cannot say)."""

    sink: str
    template: str | tuple[str, ...]
    leaves: Oracle
    dialect: str = "any"
    spell: Callable[[str], str] = str

    def filled(self, payload: str) -> list[bytes]:
        """The resource with `payload` in its place, spelled as the code spells it."""
        parts = (self.template,) if isinstance(self.template, str) else self.template
        spelled = self.spell(payload)
        return [one.replace(PLACE, spelled, 1).encode("utf-8", "surrogatepass") for one in parts]


def _doubled(payload: str) -> str:
    return payload.replace("'", "''")


def _slashed(payload: str) -> str:
    return payload.replace("\\", "\\\\").replace("'", "\\'")


def _in_double(payload: str) -> str:
    for mark in '\\"$`':
        payload = payload.replace(mark, "\\" + mark)
    return payload


QUOTED = (
    "SELECT id FROM users WHERE name = '{}'",
    "SELECT id FROM users WHERE name = '{}' AND active = 1 ORDER BY id",
    "INSERT INTO notes (owner, body) VALUES (7, '{}')",
    "INSERT INTO log (at, who, what) VALUES (now(), '{}', 'login'), (now(), 'x', 'y')",
    "SELECT id FROM items WHERE tag IN ('a', '{}') LIMIT 5",
    "SELECT id FROM items WHERE name LIKE '%{}%'",
    "SELECT id FROM items WHERE name LIKE '{}%' ESCAPE '!'",
    "UPDATE users SET bio = '{}' WHERE id = 3",
    "UPDATE users SET seen = 1 WHERE token = '{}'",
    "DELETE FROM sessions WHERE user = '{}' AND created < 5",
    "SELECT id FROM users WHERE (login = '{}' OR mail = 'a@b.c')",
    "SELECT count(*) FROM t WHERE lower(city) = lower('{}') GROUP BY kind HAVING count(*) > 2",
    "SELECT * FROM docs WHERE json_extract(data, '$.{}') = 1",
    "select a, b from t1 join t2 on t1.id = t2.id where t2.d between '2024-01-01' and '{}' /* report */",
    "SELECT CASE WHEN name = '{}' THEN 1 ELSE 0 END AS hit FROM t -- the answer",
)
BARE = (
    "SELECT id FROM users WHERE id = {}",
    "SELECT id FROM users WHERE id = {} AND active = 1",
    "SELECT id FROM users LIMIT {}",
    "SELECT id FROM users LIMIT 10 OFFSET {}",
    "UPDATE users SET age = {} WHERE id = 4",
    "DELETE FROM carts WHERE id={};",
    "INSERT INTO points (x, y) VALUES ({}, 2)",
    "SELECT round({}, 2) FROM dual",
    "SELECT id FROM t WHERE (a = 1 AND b > {})",
)
NUMBERS = r"\s*[-+]?\d+(\.\d+)?(\s*,\s*[-+]?\d+(\.\d+)?)*\s*"
COLUMNS = r"\s*\w+(\.\w+)?(\s+(asc|desc))?(\s*,\s*\w+(\.\w+)?(\s+(asc|desc))?)*\s*"


def _text_in(template: str, dialect: str) -> Slot:
    after = template.split(PLACE)[1].split("'", maxsplit=1)[0]
    rule = ask.closes("'", backslash=dialect == "mysql", after=after)
    if dialect == "any":
        rule = ask.or_backslash(rule)
    return Slot("sql", template, rule, dialect)


SQL = (
    *(Slot("sql", one, ask.sqlite_text, "sqlite") for one in QUOTED),
    *(_text_in(one, name) for one in QUOTED for name in ("mysql", "postgres", "any")),
    *(Slot("sql", one, NEVER, "sqlite", _doubled) for one in QUOTED[::2]),
    *(Slot("sql", one, NEVER, "postgres", _doubled) for one in QUOTED[1::2]),
    *(Slot("sql", one, NEVER, "mysql", _slashed) for one in QUOTED[::2]),
    *(Slot("sql", one, NEVER, "any", _doubled) for one in QUOTED[1::4]),
    *(
        Slot("sql", one, ask.is_several_tokens, name)
        for one in BARE
        for name in ("sqlite", "mysql", "postgres", "any")
    ),
    Slot("sql", "SELECT id FROM users WHERE id IN ({})", ask.unless(NUMBERS), "sqlite"),
    Slot("sql", "DELETE FROM t WHERE id NOT IN (0, {})", ask.unless(NUMBERS), "mysql"),
    Slot("sql", "SELECT id FROM users ORDER BY {}", ask.unless(COLUMNS), "postgres"),
    Slot(
        "sql", "SELECT a, b FROM t GROUP BY a ORDER BY {} LIMIT 20", ask.unless(COLUMNS), "sqlite"
    ),
    Slot("sql", "SELECT {} FROM users", ask.unless(COLUMNS), "mysql"),
    Slot("sql", 'SELECT "{}" FROM users', ask.closes('"'), "postgres"),
    Slot("sql", 'SELECT a FROM "{}" WHERE b = 1', ask.closes('"'), "sqlite"),
    Slot("sql", 'SELECT a FROM t WHERE b = "{}" LIMIT 1', ask.closes('"', backslash=True), "mysql"),
    Slot("sql", "SELECT `{}` FROM t WHERE a = 'b'", ask.closes("`"), "mysql"),
    Slot("sql", "SELECT a FROM `{}`", ask.closes("`"), "sqlite"),
    Slot("sql", "SELECT a FROM t WHERE b = $${}$$", ask.holds("$$"), "postgres"),
    Slot("sql", "SELECT $body${}$body$ AS x", ask.holds("$body$"), "postgres"),
    Slot(
        "sql", "SELECT a FROM t WHERE b = E'{}' AND c", ask.closes("'", backslash=True), "postgres"
    ),
    Slot("sql", "SELECT a FROM t WHERE b = N'{}'", ask.closes("'"), "postgres"),
    Slot("sql", "SELECT a /* for {} */ FROM t", ask.holds("*/"), "sqlite"),
    Slot(
        "sql",
        "SELECT a FROM t WHERE name = ? AND kind = 'name' OR id = 1 -- users",
        NEVER,
        "sqlite",
    ),
    Slot("sql", "SELECT a FROM t WHERE name = %s ORDER BY id DESC", NEVER, "postgres"),
)

WORDS, LAST_WORDS = ask.leaves_words(is_last=False), ask.leaves_words(is_last=True)
IN_SINGLE = ask.holds("'")
BACKTICKS = ask.either(ask.holds("`"), WORDS)

SHELL = (
    Slot("shell", "ls -la {}", LAST_WORDS),
    Slot("shell", "convert {} out.png", WORDS),
    Slot("shell", "ping -c 1 {} > /dev/null 2>&1", WORDS),
    Slot("shell", "cd /srv && ./report.sh --user {} && echo done", WORDS),
    Slot("shell", "cat /var/log/{} | head -n 5", WORDS),
    Slot("shell", "ffmpeg -i {}", LAST_WORDS),
    Slot("shell", "git clone -- {} work", WORDS),
    Slot("shell", "wc -l /tmp/$(basename {}) /dev/null", WORDS),
    Slot("shell", "echo `expr length {} `", BACKTICKS),
    Slot("shell", "grep '{}' notes.txt", IN_SINGLE),
    Slot("shell", "awk -v name='{}' '{print name}' list | sort -u", IN_SINGLE),
    Slot("shell", "echo 'Dear {}, welcome' | sendmail -t", IN_SINGLE),
    Slot("shell", 'echo "hello {}" | wc -c', ask.leaves_double),
    Slot("shell", 'tar cf out.tar "{}"', ask.leaves_double),
    Slot("shell", 'test -f "/data/{}.csv" && rm -- "/data/{}.csv"', ask.leaves_double),
    Slot("shell", 'curl -s "https://api.example.com/v1/{}" -o out.json', ask.leaves_double),
    Slot("shell", 'x="$(grep -c "{}" list)"; echo $x', ask.leaves_double),
    Slot("shell", "cat {} | sort", ask.is_option, "any", shlex.quote),
    Slot("shell", "convert -- {} out.png", NEVER, "any", shlex.quote),
    Slot("shell", "find /srv -name {} -print", ask.is_option, "any", shlex.quote),
    Slot("shell", 'echo "user: {}"', NEVER, "any", _in_double),
    Slot("shell", "sort <<'END'\n{}\nEND\n", ask.holds("\nEND\n")),
    Slot("shell", "ls -la /tmp; grep -c name users.txt | sort -u && echo 'id' \"$HOME\"", NEVER),
)

IN_SCRIPT = ask.either(IN_SINGLE, WORDS)
EXEC = (
    Slot("exec", ("convert", "{}", "out.png"), ask.is_option),
    Slot("exec", ("grep", "-e", "x", "--", "{}"), NEVER),
    Slot("exec", ("sh", "-c", "cat {} | wc -l"), WORDS),
    Slot("exec", ("/bin/bash", "-c", "tar cf out.tar '{}'"), IN_SINGLE),
    Slot("exec", ("env", "A=1", "bash", "-c", 'echo "hello {}"'), ask.leaves_double),
    Slot("exec", ("bash", "-c", 'cat "$1"', "sh", "{}"), NEVER),
    Slot("exec", ("python3", "tool.py", "--name={}"), NEVER),
)

BASES = ("/var/task/files", "/mnt/data/a/b/c", "/efs/up loads")
PATH = (
    *(Slot("path", base + "/{}", ask.climbs(base)) for base in BASES),
    *(
        Slot("path", base + "/{}/index.html", ask.climbs(base, "", "/index.html"))
        for base in BASES[:2]
    ),
    Slot("path", "/srv/www/{}.txt", ask.climbs("/srv/www", "", ".txt")),
    Slot("path", "/srv/img_{}.png", ask.climbs("/srv", "img_", ".png")),
    Slot("path", "templates/{}", ask.climbs("templates")),
    Slot("path", "./data/{}.json", ask.climbs("data", "", ".json")),
    Slot("path", "{}", ask.chooses),
    Slot("path", "/var/task/static/name/index.html", NEVER),
)

URL = (
    Slot(
        "url", "https://api.example.com/users/{}", ask.moves("https://api.example.com/users/", "")
    ),
    Slot(
        "url",
        "https://api.example.com/users/{}/orders?x=1",
        ask.moves("https://api.example.com/users/", "/orders?x=1"),
    ),
    Slot("url", "https://{}.example.com/", ask.leaves_label),
    Slot("url", "https://api.example.com/search?q={}&x=1", ask.leaves_value),
    Slot(
        "url", "https://api.example.com/search?q={}", NEVER, "any", lambda one: quote(one, safe="")
    ),
    Slot("url", "{}", ask.leads_inside),
)

CODE = (
    Slot("code", "x = '{}'", ask.python_text, "python"),
    Slot("code", "total({}, 2)", ask.python_value, "python"),
    Slot(
        "code",
        'const x = "{}"; run(x)',
        ask.javascript_text('"'),
        "javascript",
    ),
    Slot(
        "code",
        "return this.name == '{}';",
        ask.javascript_text("'"),
        "javascript",
    ),
    Slot("code", "x = {}", NEVER, "python", ascii),
    Slot("code", "const x = {};", NEVER, "javascript", json.dumps),
)

OPENERS = ("#set(", "<?php", "<?=", "{{", "{%", "{#", "${", "<%", "#{", "*{", "@(", "@{", "~{")
TEMPLATE = (
    Slot("template", "Hello {}, welcome to {{ place }}", ask.holds(*OPENERS)),
    Slot("template", "<p>{}</p>", ask.holds(*OPENERS)),
)

SLOTS = (*SQL, *SHELL, *EXEC, *PATH, *URL, *CODE, *TEMPLATE)
