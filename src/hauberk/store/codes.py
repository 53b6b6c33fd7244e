"""What the codes of functions told, kept in a store: a file for each version of each function.

    DIR/local/code/FUNCTION/VERSION.json    both names by their hash: they are strangers' words

A file is written whole or not at all (a rename), and read whole or not at all.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hauberk.learn.code.kept import Kept, with_given
from hauberk.scan import CodeProfile
from hauberk.scan.document import document, of_document
from hauberk.store.lock import locked
from hauberk.store.segment import synced
from hauberk.store.store import LOCAL

SCHEMA = 1
MOST_BYTES = 16 << 20  # of a file
MOST_VERSIONS = 16  # of a function

_LATEST = 1 << 34  # seconds since 1970

Told = Callable[[str], None]


def read_codes(root: Path, function: str, version: str, told: Told) -> tuple[Kept, ...]:
    """Give the codes that are kept of a version, at most two; say what cannot be read, which counts as not there."""
    try:
        with _file(root, function, version).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return ()
    where = f"{function}: the code that is kept of version {version}"
    try:
        return _read(content, function, version)
    except _NewerError:
        told(f"{where} was written by a newer Hauberk; use that one, or give the code with --code")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        told(f"{where} is damaged, and left out; give the code with --code")
    return ()


def keep_code(
    root: Path, function: str, version: str, code: CodeProfile, now: int, told: Told
) -> tuple[Kept, ...]:
    """Keep the code of a version, given at `now` in seconds since 1970; give all that are kept of it then.

    One that would take more than `MOST_BYTES` is not kept, which is said: none are given. The same once more writes
    nothing.
    """
    file = _file(root, function, version)
    with locked(root / LOCAL / "lock"):
        held = read_codes(root, function, version, told)
        kept = with_given(held, code, now)
        if kept == held:
            return kept
        content = _content(function, version, kept)
        if len(content) > MOST_BYTES:
            kept = kept[-1:]
            content = _content(function, version, kept)
        if len(content) > MOST_BYTES:
            told(
                f"{function}: its code tells too much to be kept ({len(content):,} bytes); later runs need --code"
            )
            return ()
        _write(file, content)
        _forget(file.parent)
    return kept


class _NewerError(Exception):
    """A file of a schema that is not known."""


def _read(content: bytes, function: str, version: str) -> tuple[Kept, ...]:
    if len(content) > MOST_BYTES:
        raise ValueError("too long")
    value = json.loads(content)
    if value["code"] > SCHEMA:
        raise _NewerError
    kept = tuple(
        Kept(int(one["given"]), int(one["since"]), of_document(one["read"]))
        for one in value["kept"]
    )
    is_timely = all(0 <= one.given < _LATEST and 0 <= one.since < _LATEST for one in kept)
    if not 1 <= len(kept) <= 2 or not is_timely or _value(function, version, kept) != value:
        raise ValueError("not what was written")
    return kept


def _value(function: str, version: str, kept: tuple[Kept, ...]) -> dict[str, Any]:
    return {
        "code": SCHEMA,
        "function": function,
        "version": version,
        "kept": [
            {"given": one.given, "since": one.since, "read": document(one.code)} for one in kept
        ],
    }


def _content(function: str, version: str, kept: tuple[Kept, ...]) -> bytes:
    value = _value(function, version, kept)
    return (json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n").encode()


def _file(root: Path, function: str, version: str) -> Path:
    return root / LOCAL / "code" / _hashed(function) / f"{_hashed(version)}.json"


def _hashed(name: str) -> str:
    return hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    with draft.open("wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
    draft.replace(file)
    synced(file.parent)


def _forget(folder: Path) -> None:
    """Remove what was written longest ago of too many versions."""
    for one in sorted(_written(folder), reverse=True)[MOST_VERSIONS:]:
        one[-1].unlink()


def _written(folder: Path) -> Iterator[tuple[int, str, Path]]:
    for one in folder.glob("*.json"):
        yield one.stat().st_mtime_ns, one.name, one
