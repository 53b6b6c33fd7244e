"""The variables of a function, from what AWS and its tools write.

Reads: the answer of `aws lambda get-function-configuration`; an object of texts; SAM's object with one such object;
       lines `NAME=VALUE`; a template of SAM or CloudFormation
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from hauberk.scan.template import TemplateError, of_template, parsed

MOST_BYTES = 1 << 20


class VariablesError(Exception):
    """Variables that cannot be read, and what to do."""


def variables(content: bytes, where: str, handler: str) -> Mapping[str, str | None]:
    """Read a function's variables whole, or refuse them; None where a template does not tell a value."""
    if len(content) > MOST_BYTES:
        raise VariablesError(
            f"{where} has more than {MOST_BYTES:,} bytes; name the variables of one function"
        )
    try:
        found = _read(content.decode("utf-8-sig"), where)
        if isinstance(found.get("Resources"), dict):
            return of_template(found, handler)
    except TemplateError as error:
        raise VariablesError(
            f"{where}: {error}; name the handler, or a file of variables"
        ) from error
    except UnicodeDecodeError as error:
        raise VariablesError(
            f"{where}: no UTF-8 at byte {error.start:,}; save it as UTF-8"
        ) from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        why = str(error).split("\n")[0]
        raise VariablesError(
            f"{where}: {why}; write JSON, a template, or a line NAME=VALUE for each variable"
        ) from error
    if not content.strip():
        raise VariablesError(
            f"{where}: nothing is in it; write a line NAME=VALUE for each variable, or {{}} for none"
        )
    held = _held(found)
    if not all(isinstance(value, (str, int, float, bool)) for value in held.values()):
        raise VariablesError(
            f"{where}: the variables of several functions, or none; name a file with those of one"
        )
    return {name: _written(value) for name, value in held.items()}


def _read(text: str, where: str) -> dict[str, Any]:
    if text.lstrip().startswith("{"):
        found = json.loads(text)
    elif re.search(r"^Resources:", text, re.MULTILINE):
        found = parsed(text)
    else:
        return dict(_lines(text, where))
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _held(found: Any) -> dict[str, Any]:
    environment = found.get("Environment")
    if isinstance(environment, dict):
        inner = environment.get("Variables", {})
        return inner if isinstance(inner, dict) else {"": None}
    if len(found) == 1 and all(isinstance(value, dict) for value in found.values()):
        (only,) = found.values()
        return dict(only)
    return dict(found)


def _lines(text: str, where: str) -> dict[str, str]:
    rows = [line.strip() for line in text.splitlines()]
    pairs = [line.partition("=") for line in rows if line and not line.startswith("#")]
    if not all(is_pair for _, is_pair, _ in pairs):
        raise VariablesError(f"{where}: a line that is no NAME=VALUE; write one for each variable")
    return {
        name.removeprefix("export ").strip(): value.strip().strip("'\"") for name, _, value in pairs
    }


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
