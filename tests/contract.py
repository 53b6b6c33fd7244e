"""What each part of the product is held to: records that obey the schema, policies as a person writes them."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from hauberk.policy import compile_policy, read

SPEC = Path(__file__).parents[1] / "spec"
KEY = Ed25519PrivateKey.generate()


@cache
def record_schema() -> Draft202012Validator:
    schemas = {file.name: json.loads(file.read_text()) for file in SPEC.glob("*.schema.json")}
    resources = [(name, Resource.from_contents(schema)) for name, schema in schemas.items()]
    return Draft202012Validator(
        schemas["record.schema.json"], registry=Registry().with_resources(resources)
    )


def is_record(line: str) -> bool:
    return line.startswith("{") and '"HAUBERK1"' in line


def policy(
    *,
    mode: str = "prevent",
    function: str = "function",
    key: Ed25519PrivateKey = KEY,
    document: Mapping[str, Any] | None = None,
    **settings: Any,
) -> str:
    """The value of HAUBERK_POLICY for a function with these settings in its `hauberk.yaml`."""
    yaml_document = {
        "hauberk": 1,
        "functions": {function: {"mode": mode, **settings}},
        **(document or {}),
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "hauberk.yaml")
        file.write_text(yaml.safe_dump(yaml_document))
        return compile_policy(read(file), function, key=key, now=int(time.time())).variable
