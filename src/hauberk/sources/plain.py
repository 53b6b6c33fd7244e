"""One address or CIDR prefix a line: plain lists, FireHOL's `.netset` and `.ipset`, Spamhaus DROP as text."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from hauberk.sources.imported import Form, Imported, SourceError, excerpt

_COMMENT = re.compile("[#;]")
# FireHOL's, Spamhaus's and others' ways to say of when a list is.
_STATED = re.compile(
    r"[#;\s]*(?:source file date|this file date|last[ -]?(?:modified|updated?)|updated|generated|date)[^:]*:\s*(.+)",
    re.IGNORECASE,
)
_HEAD_LINES = 100
_UNIX_DATE = "%a %b %d %H:%M:%S %Y"  # `date`'s, without its zone


def read_plain(text: str, name: str) -> Imported:
    """Read a list of lines; `#` and `;` begin comments."""
    imported = Imported(name, Form.PLAIN)
    stated: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        word = _COMMENT.split(line, maxsplit=1)[0].strip()
        if not word:
            stated += _times(line) if number <= _HEAD_LINES else ()
            continue
        if len(word.split()) > 1:
            what = f"more than one word: `{excerpt(word)}`"
            raise SourceError(name, number, what, "keep one address or prefix a line")
        imported.add(word, number)
    imported.stated = min(stated, default=None)
    return imported


def _times(line: str) -> Iterator[int]:
    match = _STATED.match(line)
    time = match and _time(match[1].strip())
    if time:
        yield time


def _time(text: str) -> int | None:
    without_zone = re.sub(r" (UTC|GMT|[+-]\d{4})(?= |$)", "", text)
    for parse in (
        datetime.fromisoformat,
        parsedate_to_datetime,
        lambda text: datetime.strptime(without_zone, _UNIX_DATE),
    ):
        try:
            found = parse(text)
        except (ValueError, OverflowError):
            continue
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return max(0, int(aware.timestamp()))
    return None
