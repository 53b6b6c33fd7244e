"""The records of one log, in their order, and what a log holds in the place of a record."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hauberk.learn.records.announcement import Hearer
from hauberk.learn.records.message import Message, Mixed, Reader, Unreadable, reader
from hauberk.learn.records.record import (
    Fragment,
    Record,
    StatusRecord,
    claim,
    fragments,
    read_record,
)
from hauberk.model.record import WORD


class Found(NamedTuple):
    """A record, as it was written and as it was read, and whether it stood alone in its message."""

    record: Record
    document: Mapping[str, Any]
    is_whole: bool


class Spoilt(NamedTuple):
    """What cannot be read, why, and the records that it may have held; `digest` tells it from others."""

    why: str
    digest: str
    fragments: frozenset[Fragment] = frozenset()


def walk(
    lines: Iterable[bytes], witness: Hearer, read: Reader | None = None
) -> Iterator[Found | Spoilt]:
    """Find the records in the lines of one log, and have `witness` hear them. Raises for none.

    `read` is how a part of a log is read that is not its first.
    """
    for line in lines:
        if read is None and line.strip():
            read = reader(line)
        if read is None:
            continue
        try:
            messages = read(line)
        except Unreadable as error:
            if isinstance(error, Mixed):
                witness.mixed()
            yield Spoilt(str(error), _digest(line))
            continue
        for message in messages:
            witness.see(message)
            if WORD in message.text:
                yield from _of_message(message, witness)


def _of_message(message: Message, witness: Hearer) -> Iterator[Found | Spoilt]:
    try:
        claimed = claim(message.text)
    except Unreadable as error:
        yield Spoilt(str(error), _digest_of(message), frozenset(fragments(message.text)))
        return
    if claimed is None:
        return
    try:
        record = read_record(claimed.document)
    except Unreadable as error:
        yield Spoilt(str(error), _digest_of(message))
        return
    yield Found(record, claimed.document, claimed.is_whole)
    if isinstance(record, StatusRecord):
        witness.hear(record, message)


def _digest_of(message: Message) -> str:
    return _digest(message.text.encode(errors="surrogatepass"))


def _digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=8).hexdigest()
