"""The lists of sources that a policy names: packed into it, or pinned by what their files hold."""

import base64
import hashlib
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from hauberk.policy.file import ListEntry, PolicyFile, sources_of
from hauberk.policy.problem import PolicyError, Problem
from hauberk.policy.yaml_tree import parse
from hauberk.sources import MOST_BYTES, SourceError, compile_lists, is_compiled, read_list

_MOST_PACKED_BYTES = 64 << 10  # far above what Lambda's variables take


def compiled_lists(file: PolicyFile) -> list[dict[str, Any]]:
    """Give the lists of `file` as a compiled policy has them."""
    return [_compiled(file.where, entry) for entry in file.sources.lists]


def list_problems(content: bytes, where: str) -> list[Problem]:
    """Say what is wrong with the lists that a `hauberk.yaml` names, whatever else is wrong with it."""
    try:
        entries = sources_of(parse(content, where)).lists
    except (PolicyError, AttributeError, KeyError, TypeError):
        return []  # it has not the shape of one, which is told
    found: list[Problem] = []
    for entry in entries:
        try:
            _compiled(where, entry)
        except PolicyError as error:
            found += error.problems
    return found


def _compiled(where: str, entry: ListEntry) -> dict[str, Any]:
    path = Path(where).parent / entry.file
    content = _content(path, where, entry)
    if entry.at is not None:
        if not is_compiled(content):
            remedy = f"`hauberk sources compile {entry.file} -o FILE`, and name that file"
            raise _refused(where, entry, "a list that is not compiled cannot be deployed", remedy)
        digest = hashlib.sha256(content).hexdigest()
        return {"name": entry.name, "path": entry.at, "sha256": digest}
    if not is_compiled(content):
        content = _made(content, path, int(path.stat().st_mtime))
    if len(content) > _MOST_PACKED_BYTES:
        what = f"{len(content):,} bytes are too many for a policy"
        remedy = "deploy the compiled file and say where with `at`"
        raise _refused(where, entry, what, remedy)
    return {"name": entry.name, "packed": base64.b64encode(content).decode()}


def _content(path: Path, where: str, entry: ListEntry) -> bytes:
    try:
        with path.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        what = str(error.strerror).lower()
        raise _refused(where, entry, what, "name a list beside this file") from error
    if len(content) > MOST_BYTES:
        raise _refused(where, entry, f"longer than {MOST_BYTES >> 20} MB", "split it")
    return content


@lru_cache(maxsize=64)  # a file of many functions compiles its lists once
def _made(content: bytes, path: Path, changed: int) -> bytes:
    """Compile a list; one that does not say of when it is is as old as its file."""
    now = int(time.time())
    try:
        imported = read_list(content, str(path), now)
        return compile_lists([imported], now=min(changed, now)).content
    except SourceError as error:
        raise PolicyError(error.where, [Problem(error.line, error.what, error.remedy)]) from error


def _refused(where: str, entry: ListEntry, what: str, remedy: str) -> PolicyError:
    return PolicyError(where, [Problem(entry.line, f"list {entry.file}: {what}", remedy)])
