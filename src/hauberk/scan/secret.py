"""What of a function's variables may not be shown, as the guard masks it in records.

Does not see: secrets in variables with harmless names, but for passwords in URLs and DSNs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote

from hauberk.model.literal import literal
from hauberk.scan.finding import CodeProfile, Finding, Sure

# As native/system/src/secrets.rs has them.
NAMES = (
    "SECRET", "TOKEN", "PASSWORD", "PASSWD", "PASSPHRASE", "_PASS", "API_KEY", "APIKEY", "ACCESS_KEY", "PRIVATE_KEY",
    "SIGNING_KEY", "ENCRYPTION_KEY", "CREDENTIAL", "DATABASE_URL", "_DSN",
)  # fmt: skip
SHORTEST = 8
_PLACES = ("/", "arn:")  # of a secret, not the secret
_URL = re.compile(r"\w[\w+.-]*://(?:[^/?#@\s]*:)?([^/?#\s]*)@")
_WORD = re.compile(r"\bpassword\s*=\s*('(?:[^'\\]|\\.)*'|\S+)", re.IGNORECASE)
_OF_SERVERS = re.compile(r"\w[\w+.-]*://|(?:^|\s)host(?:addr)?\s*=")

Environment = Mapping[str, str | None]


def is_secret(name: str, value: str) -> bool:
    """Say whether the value of a variable may never be shown."""
    upper = name.upper()
    is_named = any(word in upper for word in NAMES)
    return is_named and len(value.encode()) >= SHORTEST and not value.startswith(_PLACES)


def readable(environment: Environment | None) -> Environment | None:
    """Leave out what is secret and says no more: of URLs and DSNs the servers are told."""
    if environment is None:
        return None
    return {
        name: None if value and is_secret(name, value) and not _OF_SERVERS.search(value) else value
        for name, value in environment.items()
    }


def without_secrets(found: CodeProfile, environment: Environment | None) -> CodeProfile:
    """Put `*` in the place of what may not be shown of the variables that were read."""
    hidden = dict(_hidden(environment or {}))
    if not hidden:
        return found
    findings = [_without(one, hidden) for one in found.findings]
    unread = [replace(one, what=_masked(one.what, hidden)[0]) for one in found.unread]
    return replace(
        found, findings=tuple(sorted(set(findings))), unread=tuple(dict.fromkeys(unread))
    )


def _without(one: Finding, hidden: Mapping[str, str]) -> Finding:
    target, names = _masked(one.target, {literal(text): name for text, name in hidden.items()})
    if not names:
        return one
    unknown = tuple(sorted({*one.unknown, *(f"${name}" for name in names)}))
    return replace(one, target=target, sure=Sure.PARTLY, unknown=unknown)


def _masked(text: str, hidden: Mapping[str, str]) -> tuple[str, list[str]]:
    names: list[str] = []
    for secret, name in hidden.items():
        plain = re.compile(re.escape(secret), re.IGNORECASE)
        if plain.search(text):
            text, names = plain.sub("*", text), [*names, name]
    return text, names


def _hidden(environment: Environment) -> Iterator[tuple[str, str]]:
    """Give what may not be shown, each with its variable; what holds more before what it holds."""
    pairs = [(text, name) for name, value in environment.items() for text in _secrets(name, value)]
    yield from sorted(pairs, key=lambda pair: (-len(pair[0]), pair))


def _secrets(name: str, value: str | None) -> Iterator[str]:
    if not value:
        return
    if is_secret(name, value):
        yield value
    for found in (*_URL.findall(value), *_WORD.findall(value)):
        for text in {found.strip("'"), unquote(found)}:
            if len(text) >= SHORTEST:
                yield text
