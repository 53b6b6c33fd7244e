"""Policies and lists as people name them: a value, a file of it, or what it is made of."""

import json
import os
import time
from pathlib import Path
from typing import Any

from hauberk._native import SourceList, open_policy
from hauberk.model.mode import Mode
from hauberk.policy import PolicyError, compile_policy, read, signing
from hauberk.policy.compile import find
from hauberk.policy.envelope import is_variable
from hauberk.policy.file import PolicyFile, content_of, from_bytes
from hauberk.policy.lapse import in_force
from hauberk.policy.problem import Problem
from hauberk.sources import MOST_BYTES, SourceError, compile_lists, is_compiled, read_list


def policy_document(given: str | None, function: str | None) -> bytes | None:
    """Give the compiled policy (JSON) of what a person named; None where that is nothing.

    Raises PolicyError, and ValueError where a value cannot be trusted.
    """
    if given is None:
        return None
    if not given.strip():
        raise PolicyError(
            "--policy", [Problem(0, "nothing is in it", "name a policy, or leave it out")]
        )
    if is_variable(given.encode(errors="replace")) and not os.path.exists(given):
        return json.dumps(_opened(given)).encode()
    content = content_of(Path(given))
    if is_variable(content):
        return json.dumps(_opened(content.decode(errors="replace").strip())).encode()
    file = read(Path(given))
    name = function or only(file)
    return compile_policy(file, name, key=signing.of_this_run(), now=int(time.time())).text


def policy_documents(
    given: Path, function: str | None = None, mode: Mode | None = None
) -> dict[str, dict[str, Any]]:
    """Give the compiled policies of all functions of a file, or of one: a hauberk.yaml, or a value in a file.

    Raises PolicyError.
    """
    content = content_of(given)
    if is_variable(content):
        return _of_variable(content, str(given), function, mode)
    file, key, now = from_bytes(content, str(given)), signing.of_this_run(), int(time.time())
    chosen = [find(file, function)] if function else file.functions
    compiled = [compile_policy(file, one.key, key=key, now=now, mode=mode) for one in chosen]
    return {one.function: dict(one.document) for one in compiled}


def _of_variable(
    content: bytes, where: str, function: str | None, mode: Mode | None
) -> dict[str, dict[str, Any]]:
    try:
        document = _opened(content.decode(errors="replace").strip())
    except ValueError as error:
        what, _, remedy = str(error).partition("; ")
        problem = Problem(0, what, remedy or "compile it anew with `hauberk policy compile`")
        raise PolicyError(where, [problem]) from error
    name = document["function"]
    if function not in (None, name):
        problem = Problem(
            0, f"its function is {name}", "leave --function out, or name another file"
        )
        raise PolicyError(where, [problem])
    return {name: {**document, "mode": str(mode)} if mode else document}


def _opened(value: str) -> dict[str, Any]:
    """Open a value, as the guard would that starts now. Raises ValueError."""
    return in_force(json.loads(open_policy(value)[0]), int(time.time()))


def source_list(file: Path) -> bytes:
    """Read a compiled list of sources; of one that is none yet, what it compiles to. Raises SourceError."""
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    if is_compiled(content):
        try:
            SourceList(content)
        except ValueError as error:
            what, _, remedy = str(error).partition("; ")
            raise SourceError(str(file), 0, what, remedy) from error
        return content
    now = int(time.time())
    return compile_lists([read_list(content, str(file), now)], now=now).content


def only(file: PolicyFile) -> str:
    """Name the one function of a file. Raises PolicyError."""
    if len(file.functions) != 1:
        names = ", ".join(one.name for one in file.functions) or "none"
        problem = Problem(0, f"its functions are {names}", "name one with `--function`")
        raise PolicyError(file.where, [problem])
    return file.functions[0].name
