"""The value of `HAUBERK_POLICY`: `1.<open|block>.<fingerprint>.<payload>.<signature>`."""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hauberk.model.mode import OnError
from hauberk.policy import shape
from hauberk.policy.problem import PolicyError, Problem, shortened
from hauberk.policy.signing import fingerprint, public_bytes

MOST_BYTES = 1 << 20
MOST_DOCUMENT_BYTES = 8 << 20
VERSION = "1"

_LEAST_DOTS = 3  # an unsigned value has one part less
_REMEDY = "set it to what `hauberk policy compile` prints"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a variable's value holds, and what is wrong with it."""

    size: int
    on_error: OnError
    fingerprint: str
    document: Mapping[str, Any]
    faults: tuple[str, ...]

    @property
    def is_signed(self) -> bool:
        """Is all of it as it was when the key in it signed?"""
        return not self.faults


def seal(document: Mapping[str, Any], on_error: OnError, key: Ed25519PrivateKey) -> str:
    """Make the value of the variable from a compiled document."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    payload = deflate.compress(text.encode()) + deflate.flush()
    mark = fingerprint(public_bytes(key.public_key()))
    signed = f"{VERSION}.{on_error}.{mark}.{encoded(payload)}"
    return f"{signed}.{encoded(key.sign(signed.encode()))}"


def is_variable(content: bytes) -> bool:
    """Is this the value of `HAUBERK_POLICY`, not a YAML file?"""
    return len(content.split()) == 1 and content.count(b".") >= _LEAST_DOTS


def unpack(variable: str, where: str = "HAUBERK_POLICY") -> Unpacked:
    """Read a variable's value, which is from `where`, and verify it; refuse it where it cannot be read."""
    try:
        return _unpacked(variable)
    except _Unreadable as error:
        raise PolicyError(where, [Problem(0, str(error), _REMEDY)]) from error


class _Unreadable(Exception):
    pass


def _unpacked(variable: str) -> Unpacked:
    value = variable.strip()
    if len(value) > MOST_BYTES:
        raise _Unreadable(f"longer than {MOST_BYTES >> 20} MB")
    parts = value.split(".")
    if len(parts) == 4:
        raise _Unreadable("not signed")
    if len(parts) != 5:
        raise _Unreadable("not a compiled policy, which has 5 parts with dots between them")
    version, on_error, mark, payload, signature = parts
    if version != VERSION or on_error not in list(OnError):
        raise _Unreadable(f"an unknown form `{shortened(f'{version}.{on_error}', 20)}`")
    document = _document(payload)
    faults = _faults(document, on_error, mark, value, signature)
    return Unpacked(len(value), OnError(on_error), mark, document, tuple(faults))


def encoded(content: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Read base64url without padding, in its only form; anything else is a ValueError."""
    content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encoded(content) != text:
        raise ValueError("not base64url")
    return content


def _document(payload: str) -> Mapping[str, Any]:
    try:
        inflate = zlib.decompressobj(-15)
        text = inflate.decompress(decoded(payload), MOST_DOCUMENT_BYTES)
        if not inflate.eof or inflate.unused_data:
            raise _Unreadable("its payload is cut off or too large")
        document = json.loads(text)
    except (ValueError, zlib.error, RecursionError) as error:
        raise _Unreadable(f"its payload cannot be read ({shortened(str(error))})") from error
    errors = shape.validator("policy").iter_errors(document)
    first = next(errors, None)
    if first:
        raise _Unreadable(
            f"not a compiled policy ({shortened(first.json_path)}: {shortened(first.message)})"
        )
    result: Mapping[str, Any] = document
    return result


def _faults(
    document: Mapping[str, Any], on_error: str, mark: str, value: str, signature: str
) -> list[str]:
    faults = []
    try:
        public = decoded(document["key"])
    except ValueError as error:
        raise _Unreadable("its key cannot be read") from error
    if fingerprint(public) != mark:
        faults.append("its fingerprint is not that of its key")
    if document["on_error"] != on_error:
        faults.append("its two `on_error` differ")
    try:
        signed = value[: -len(signature) - 1].encode()
        Ed25519PublicKey.from_public_bytes(public).verify(decoded(signature), signed)
    except (InvalidSignature, ValueError):
        faults.append("its signature is wrong: it was changed after it was signed")
    return faults
