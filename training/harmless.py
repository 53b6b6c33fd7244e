"""Harmless texts: what well-known packages hold, and values as people and clients send them.

All packages have permissive licences and are locked in `requirements/training.txt`; nothing of them is kept but
weights of hashed n-grams. The same versions give the same texts in the same order.
"""

import base64
import gzip
import json
import random
import re
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from faker import Faker

PACKAGES = {
    "awscli": "Apache-2.0",
    "botocore": "Apache-2.0",
    "cfn-lint": "MIT-0",
    "django": "BSD-3-Clause",
    "faker": "MIT",
    "httpie": "BSD-3-Clause",
    "scikit-learn": "BSD-3-Clause",
    "sphinx": "BSD-2-Clause",
    "sqlalchemy": "MIT",
}
PROSE = (".rst", ".md", ".txt")
CODE = (".html", ".js", ".py", ".sh", ".sql", ".yaml", ".yml", ".xml", ".toml", ".css")
MOST_FILE_BYTES = 400_000
MOST_OF_FILE = 40
MOST_OF_ENDING = 800
MOST_LEAVES = 2_500
MOST_CHARACTERS = 3_000
PEOPLE = 1_500
STATEMENTS = 900


def harmless() -> Iterator[str]:
    """Give every text."""
    for name in PACKAGES:
        yield from _package(name)
    yield from _sent_values(random.Random("values"))
    yield from _statements(random.Random("statements"))
    yield from _sayings(random.Random("sayings"))


def _package(name: str) -> Iterator[str]:
    """Give pieces of a package's files, some of each ending, and strings of its JSON."""
    chance = random.Random(name)
    pieces: dict[str, list[str]] = {}
    leaves: set[str] = set()
    for file in sorted(distribution(name).files or [], key=str):
        path = Path(str(file.locate()))
        if (
            re.search(r"(^|/)(tests?|testing|dist-info|__pycache__)/", str(file))
            or not path.is_file()
        ):
            continue
        ending = path.suffix
        if ending in (*PROSE, *CODE) and path.stat().st_size < MOST_FILE_BYTES:
            found = list(_pieces(path.read_text(errors="replace"), ending, chance))
            chance.shuffle(found)
            pieces.setdefault(ending, []).extend(found[:MOST_OF_FILE])
        elif path.name.endswith((".json", ".json.gz")) and len(leaves) < 20 * MOST_LEAVES:
            leaves.update(_leaves(path))
    for ending in sorted(pieces):
        chance.shuffle(pieces[ending])
        yield from (piece[:MOST_CHARACTERS] for piece in pieces[ending][:MOST_OF_ENDING])
    strings = sorted(leaves)
    chance.shuffle(strings)
    yield from strings[:MOST_LEAVES]


def _pieces(text: str, ending: str, chance: random.Random) -> Iterator[str]:
    if ending in PROSE:
        for block in re.split(r"\n\s*\n", text):
            lines = block.split("\n")
            indents = (len(line) - len(line.lstrip()) for line in lines if line.strip())
            indent = min(indents, default=0)
            yield "\n".join(line[indent:] for line in lines)
        return
    if len(text) < 2_000:
        yield text
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        count = chance.choice([1, 2, 3, 5, 8, 12, 20, 30])
        yield "\n".join(lines[at : at + count])
        at += count


def _leaves(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    if len(data) > 2_000_000:
        return
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    yield from (text for text in _strings(json.loads(data)) if 2 < len(text) < 2_000)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


LOCALES = [
    *("en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "en_GB", "pt_BR"),
    *("nl_NL", "sv_SE", "pl_PL", "ja_JP", "zh_CN", "ru_RU", "tr_TR"),
]
NAMES = [
    "id",
    "page",
    "q",
    "user",
    "sort",
    "lang",
    "utm_source",
    "ref",
    "token",
    "v",
    "cat",
    "filter",
]
ENDS = [
    "(see below)",
    "& more",
    "50% off!",
    '- "quoted" -',
    "it's ok; really",
    "<3",
    ":-)",
    "$25",
    "#1",
]
HEADERS = [
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8",
    "application/json; charset=utf-8",
    "gzip, deflate, br",
    "en-US,en;q=0.5",
    "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
]


def _sent_values(chance: random.Random) -> Iterator[str]:
    """Give what clients and people send: addresses, names, sentences, headers, cookies, tokens, AWS names."""
    Faker.seed(3)
    people = [Faker(locale) for locale in LOCALES]
    for _ in range(PEOPLE):
        one = chance.choice(people)
        url = one.url() + "/".join(one.slug() for _ in range(chance.randint(0, 3)))
        pairs = [f"{chance.choice(NAMES)}={one.uuid4()[: chance.randint(2, 36)]}" for _ in range(4)]
        service, kind = chance.choice(
            [("s3", ""), ("lambda", "function:"), ("dynamodb", "table/"), ("iam", "role/")]
        )
        yield from (
            one.user_agent(),
            url,
            f"{url}?{'&'.join(pairs[: chance.randint(1, 4)])}",
            one.email(),
        )
        yield from (
            "; ".join(pairs),
            one.iso8601(),
            one.address(),
            one.name(),
            one.company(),
            one.phone_number(),
        )
        yield f"arn:aws:{service}:us-east-1:{chance.randint(10**11, 10**12 - 1)}:{kind}{one.word()}"
        yield from (chance.choice(HEADERS), one.file_path(), one.password(), one.word())
        yield base64.b64encode(chance.randbytes(chance.randint(6, 60))).decode()
        yield f"{one.sentence()} {chance.choice(ENDS)}"


PHRASES = (Path(__file__).parent / "sayings.txt").read_text(encoding="utf-8").splitlines()


def _sayings(chance: random.Random) -> Iterator[str]:
    """Give what people write that has the words and signs of a syntax."""
    Faker.seed(4)
    one = Faker()
    for _ in range(60):
        for phrase in PHRASES:
            words = iter([one.word() for _ in range(6)])
            number, other = str(chance.randint(0, 99)), str(chance.randint(1, 999))
            yield re.sub(
                r"\{w\}",
                lambda _, words=words: next(words),
                phrase.replace("{n}", number).replace("{m}", other),
            )


TABLES = ["users", "orders", "products", "customers", "employees", "items", "accounts"]
COLUMNS = [
    "id",
    "name",
    "price",
    "city",
    "country",
    "status",
    "created_at",
    "total",
    "email",
    "age",
]
FUNCTIONS = [
    *("UPPER", "LOWER", "LTRIM", "RTRIM", "YEAR", "MONTH", "ABS", "ROUND"),
    *("COUNT", "SUM", "AVG", "MAX", "MIN", "LENGTH", "CEILING", "COALESCE"),
]
SHAPES = [
    "SELECT {a}, {b} FROM {t} WHERE {c} = {v};",
    "SELECT * FROM {t} ORDER BY {a} DESC LIMIT {n}",
    "INSERT INTO {t} ({a}, {b}, {c}) VALUES ({v}, {v}, {n});",
    "UPDATE {t} SET {a} = {v} WHERE {b} = {v}",
    "DELETE FROM {t} WHERE {a} < {n};",
    "SELECT {t}.{a}, {u}.{b} FROM {t} INNER JOIN {u} ON {t}.id = {u}.{t}_id",
    "SELECT {a}, COUNT(*) FROM {t} GROUP BY {a} HAVING COUNT(*) > {n}",
    "SELECT {f}({a}) FROM {t};",
    "SELECT {f}({v})",
    "CREATE TABLE {t} ({a} INT PRIMARY KEY, {b} VARCHAR(255) NOT NULL)",
    "ALTER TABLE {t} ADD {a} VARCHAR({n});",
    "SELECT {a} FROM {t} WHERE {b} LIKE 'a%' AND {c} BETWEEN 1 AND {n}",
]


def _statements(chance: random.Random) -> Iterator[str]:
    """Give the SQL of textbooks: whole statements are what editors and courses send."""
    for _ in range(STATEMENTS):
        (table, other), (one, two, three) = chance.sample(TABLES, 2), chance.sample(COLUMNS, 3)
        number = chance.randint(1, 999)
        value = chance.choice(["'Berlin'", "'active'", "'Bob'", "'2024-01-01'", str(number)])
        shape, function = chance.choice(SHAPES), chance.choice(FUNCTIONS)
        yield shape.format(t=table, u=other, a=one, b=two, c=three, v=value, n=number, f=function)
