"""Who knows whether a payload leaves its slot: rules that share nothing with the native core.

An oracle answers True, False, or None where the answer is a policy and no fact (`docs/flow.md` decides those).
Only SQLite and Python's own parsers are asked besides a few lines of lexical rules; only SQLite runs payloads,
in an empty database in memory.
"""

import ast
import ipaddress
import json
import posixpath
import re
import sqlite3
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

Oracle = Callable[[str], bool | None]

DATABASE = sqlite3.connect(":memory:")
NEVER: Oracle = lambda _: False  # noqa: E731 - a table's entry


def sqlite_text(payload: str) -> bool | None:
    """Does SQLite read the payload in single quotes as another value, or not at all?"""
    if "\0" in payload:
        return None
    try:
        query = f"SELECT v FROM (SELECT '{payload}' AS v)"  # noqa: S608 - the payload is the question
        (value,) = DATABASE.execute(query).fetchone()
    except (sqlite3.Error, sqlite3.Warning, TypeError, ValueError):
        return True
    return bool(value != payload.replace("''", "'"))


def closes(quote: str, *, backslash: bool = False, doubles: bool = True, after: str = "") -> Oracle:
    """Does a payload hold a `quote` that ends the literal around it, or take the one behind `after` away?"""
    pieces = [rf"[^\\{quote}]" if backslash else f"[^{quote}]"]
    pieces += [f"{quote}{quote}"] if doubles else []
    pieces += [r"\\."] if backslash else []
    inside = re.compile(f"(?:{'|'.join(pieces)})*", re.DOTALL)
    return lambda payload: inside.fullmatch(payload + after) is None


def or_backslash(rule: Oracle) -> Oracle:
    """In an unknown dialect a backslash may escape or not: what it does is the policy's to decide."""
    return lambda payload: None if "\\" in payload else rule(payload)


def holds(*marks: str) -> Oracle:
    """Does a payload hold one of these?"""
    return lambda payload: any(mark in payload for mark in marks)


SQL_TOKEN = re.compile(
    r"""\s+ | '(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*` | --[^\n]* | /\*.*?\*/
      | (?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w$]) | [a-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]* | .""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.IGNORECASE)
NAME = r"[\w.$\x80-\U0010ffff]+(\s+(asc|desc))?"
NAMES = re.compile(rf"\s*{NAME}(\s*,\s*{NAME})*\s*|\[[\w .-]+\]", re.IGNORECASE)
WORDS_OF_SQL = re.compile(
    r"[\s(*]*((all|and|any|as|asc|between|by|cross|current|delete|desc|distinct|drop|end|exists"
    r"|fetch|from|full|group|having|in|inner|insert|into|is|join|key|left|like|limit|not|null|of|on|or|order|outer"
    r"|right|select|set|some|table|then|to|union|update|values|when|where|with)\b[\s(*]*)+",
    re.IGNORECASE,
)


def is_several_tokens(payload: str) -> bool | None:
    """Is a payload without quotes around it more than one number, name or string?"""
    if NUMBER.fullmatch(payload):
        return False
    if NAMES.fullmatch(payload) or WORDS_OF_SQL.fullmatch(payload):
        return None
    tokens = [one for one in SQL_TOKEN.findall(payload) if not one.isspace()]
    if len(tokens) != 1:
        return True if tokens else None
    one = tokens[0]
    if one.startswith(("--", "/*")) or one in "'\"`":
        return True
    return None if re.fullmatch(r"\W|`.*", one, re.DOTALL) else False


def unless(shape: str) -> Oracle:
    """The rule for values without quotes, but payloads of this shape are welcome here."""
    welcome = re.compile(shape, re.IGNORECASE)
    return lambda payload: False if welcome.fullmatch(payload) else is_several_tokens(payload)


QUOTED_PARTS = re.compile(r"""\\. | '[^']*' | "(?:\\.|[^"\\$`])*" """, re.VERBOSE | re.DOTALL)


def leaves_words(*, is_last: bool) -> Oracle:
    """Is a payload outside quotes more than one word of a command? An option is the policy's to decide."""

    def leaves(payload: str) -> bool | None:
        rest = QUOTED_PARTS.sub("x", payload.strip())
        bare = re.sub(r"\s+#.*", "", rest)
        if re.search(r"[;|&<>()`'\"\n]|\$[\w({?!#@*$'\"-]", bare) or re.search(r"\S\s+\S", bare):
            return True
        if bare.endswith("\\") or bare != rest:
            return None if is_last else True
        is_unclear = "\r" in payload or rest != payload or bare.startswith(("-", "#"))
        return None if is_unclear else False

    return leaves


def leaves_double(payload: str) -> bool | None:
    """Does a payload in double quotes end them, or have something put in its place?"""
    rest = re.sub(r"\\[\\\"$`\n]", "", payload)
    if re.search(r'["`]|\$[\w({?!#@*$-]', rest):
        return True
    return None if "$" in rest or rest.endswith("\\") else False


def either(first: Oracle, second: Oracle) -> Oracle:
    """One inside the other: leaving either of both is leaving."""

    def leaves(payload: str) -> bool | None:
        answers = (first(payload), second(payload))
        return True if True in answers else None if None in answers else False

    return leaves


def is_option(payload: str) -> bool | None:
    """An argument of its own changes nothing, but it could be an option."""
    return None if payload.startswith("-") else False


def climbs(base: str, before: str = "", after: str = "") -> Oracle:
    """Does a payload that the code pasted lead out of `base`?"""

    def leaves(payload: str) -> bool:
        place = posixpath.normpath(f"{base}/{before}{payload}{after}")
        return "\0" in payload or not (place == base or place.startswith(base + "/"))

    return leaves


def joins_out_of(base: str) -> Oracle:
    """Does a payload that the code joined lead out of `base`? Joined, an absolute one forgets the base."""

    def leaves(payload: str) -> bool | None:
        place = posixpath.normpath(posixpath.join(base, payload))
        if place.startswith("/mnt"):
            return None
        return "\0" in payload or not (place == base or place.startswith(base + "/"))

    return leaves


def chooses(payload: str) -> bool | None:
    """Is a payload that is the whole path absolute, or above the working directory? A mount is the policy's."""
    if payload.strip("/.") == "" or payload.startswith("/mnt"):
        return None
    is_above = posixpath.normpath(payload).split("/")[0] == ".."
    return payload.startswith("/") or is_above or "\0" in payload


def _authority(url: str) -> tuple[str, str | None, str | None, int | None]:
    parts = urlsplit(url.replace("\\", "/"))
    return parts.scheme, parts.username, parts.hostname, parts.port


def moves(before: str, after: str) -> Oracle:
    """Does a payload in a URL change its host, leave its folder, or begin a query or fragment?"""

    def leaves(payload: str) -> bool | None:
        if re.search(r"[\t\r\n]", payload):
            return None
        try:
            if _authority(before + payload + after) != _authority(before + "x" + after):
                return True
        except ValueError:
            return True
        if re.search(r"[?#]", payload):
            return True
        names = unquote(payload).replace("\\", "/").split("/")
        depths = [
            sum((n not in ("", ".", "..")) - (n == "..") for n in names[: i + 1])
            for i in range(len(names))
        ]
        return min(depths) < 0

    return leaves


def leaves_value(payload: str) -> bool | None:
    """Does a payload in the query of a URL begin another parameter, or a fragment? Lines are the policy's."""
    return None if re.search(r"[\r\n]", payload) else "&" in payload or "#" in payload


def leaves_label(payload: str) -> bool | None:
    """Is a payload in front of the code's domain more than labels of its own?"""
    if re.search(r"[/\\?#@:]", payload.strip()):
        return None if re.search(r"\s", payload) else True
    return False if re.fullmatch(r"[\w-]+(\.[\w-]+)*", payload) else None


def leads_inside(payload: str) -> bool | None:
    """Does a payload that is the whole URL name an address that is not public?"""
    try:
        parts = urlsplit(payload)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[\w.:-]+", host):
        return None
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        is_public = re.search(r"\.(com|org|net|io|dev|de|co\.uk)$", host) and not re.search(
            r"\d-\d|\d\.\d", host
        )
        return False if is_public else None


def javascript_text(quote: str) -> Oracle:
    """Does a payload leave a string of JavaScript? A line break in it is an error of another kind."""
    leaves = closes(quote, backslash=True, doubles=False)
    return lambda payload: None if "\n" in payload else leaves(payload)


def python_text(payload: str) -> bool | None:
    """Does Python read the payload in single quotes as more than one string, or not at all?"""
    if "\0" in payload or re.search(r"\\[^'\\]", payload):
        return None  # a wrong escape is no way out
    try:
        tree = ast.parse(f"x = '{payload}'")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return True
    value = (
        tree.body[0].value if len(tree.body) == 1 and isinstance(tree.body[0], ast.Assign) else None
    )
    said = re.sub(r"\\(.)", r"\1", payload)
    return not isinstance(value, ast.Constant) or value.value != said


def python_value(payload: str) -> bool | None:
    """Is a payload in an expression more than data?"""
    try:
        ast.literal_eval(payload.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError, TypeError):
        is_unclear = not payload.isascii() or re.fullmatch(
            r"\s*\w*\s*|[\d\s.()+*/%-]*|\W{1,2}", payload
        )
        return None if is_unclear else True
    return None if "#" in payload or "\\" in payload or "\n" in payload else False


def has_operator(payload: object) -> bool | None:
    """Has an object of the payload a key of an operator?"""
    if isinstance(payload, dict):
        if any(re.search(r"\[\$|%24", key) for key in payload):
            return None
        return any(key.startswith("$") for key in payload) or any(
            has_operator(one) for one in payload.values()
        )
    if isinstance(payload, list):
        return any(has_operator(one) for one in payload)
    return (
        None
        if isinstance(payload, str) and re.search(r"\[\$|\{.*\$|%24", json.dumps(payload))
        else False
    )
