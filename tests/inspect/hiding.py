"""How a value is hidden in an event: each function gives the text that stands there in its place."""

from __future__ import annotations

import base64
import gzip
import html
import json
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

Hide = Callable[[Any], Any]


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def b64(value: Any) -> str:
    return base64.b64encode(_bytes(value)).decode()


def b64_url(value: Any) -> str:
    return base64.urlsafe_b64encode(_bytes(value)).decode().rstrip("=")


def gz(value: Any) -> bytes:
    return gzip.compress(_bytes(value), mtime=0)


def deflate(value: Any) -> bytes:
    return zlib.compress(_bytes(value))


def utf_16(value: Any) -> bytes:
    return str(value).encode("utf-16")


def obj(key: str) -> Hide:
    """JSON in a string."""
    return lambda value: json.dumps({key: value})


def form(key: str) -> Hide:
    return lambda value: f"agree=on&{key}={quote_plus(_bytes(value))}"


def cookie(key: str) -> Hide:
    return lambda value: f"theme=dark; {key}={quote(_bytes(value), safe='')}"


def url(value: Any) -> str:
    return quote(_bytes(value), safe="")


def plus(value: Any) -> str:
    """As S3 writes its keys."""
    return quote_plus(_bytes(value), safe="/")


def entities(value: Any) -> str:
    return "".join(f"&#{ord(character)};" for character in value)


def hex_entities(value: Any) -> str:
    return "".join(f"&#x{ord(character):x};" for character in value)


def backslash_u(value: Any) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in value)


def backslash_x(value: Any) -> str:
    return "".join(f"\\x{ord(character):02x}" for character in value)


def percent_u(value: Any) -> str:
    return "".join(f"%u{ord(character):04x}" for character in value)


def full_width(value: Any) -> str:
    """As NFKC undoes it."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in value)


def overlong(value: Any) -> str:
    """Each character in two bytes of UTF-8, where one would do."""
    return "".join(f"%{0xC0 | ord(one) >> 6:02x}%{0x80 | ord(one) & 0x3F:02x}" for one in value)


def multipart(name: str) -> Hide:
    return lambda value: (
        "--b0undary\r\n"
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--b0undary--\r\n'
    )


def file_name(value: Any) -> str:
    return (
        "--b0undary\r\n"
        f'Content-Disposition: form-data; name="photo"; filename="{value}"\r\n'
        "Content-Type: image/png\r\n\r\nPNG\r\n--b0undary--\r\n"
    )


def jwt(claim: str) -> Hide:
    header = b64_url(json.dumps({"alg": "HS256", "typ": "JWT"}))
    return lambda value: f"{header}.{b64_url(json.dumps({claim: value}))}.{'x' * 43}"


def bearer(claim: str) -> Hide:
    return lambda value: f"Bearer {jwt(claim)(value)}"


def graphql(value: Any) -> str:
    return f"query {{ posts(title: {json.dumps(value)}) {{ id title }} }}"


def graphql_block(value: Any) -> str:
    return f'mutation {{ add(text: """\n  {value}\n""") {{ id }} }}'


def variables(name: str) -> Hide:
    query = f"query Find(${name}: String!) {{ posts(title: ${name}) {{ id }} }}"
    return lambda value: json.dumps({"query": query, "variables": {name: value}})


def xml(tag: str) -> Hide:
    return lambda value: f"<order><{tag}>{html.escape(value)}</{tag}></order>"


def xml_attribute(name: str) -> Hide:
    return lambda value: f'<order {name}="{html.escape(value)}"><item/></order>'


def cdata(value: Any) -> str:
    return f"<order><note><![CDATA[{value}]]></note></order>"


def mail_word(value: Any) -> str:
    return f"=?utf-8?B?{b64(value)}?="


def mail_word_quoted(value: Any) -> str:
    return f"Re: =?iso-8859-1?Q?{''.join(f'={ord(one):02X}' for one in value)}?="


def byte_numbers(value: Any) -> list[int]:
    return list(_bytes(value))


def signed_bytes(value: Any) -> list[int]:
    return [byte - 256 if byte > 127 else byte for byte in _bytes(f"é {value}")]


def log_lines(value: Any) -> str:
    """What CloudWatch hands to a subscription, before gzip and base64."""
    events = [{"id": "1", "timestamp": 1795774500000, "message": value}]
    return json.dumps({"messageType": "DATA_MESSAGE", "logEvents": events})


def in_s3_event(value: Any) -> str:
    entity = {"bucket": {"name": "uploads"}, "object": {"key": value, "size": 5}}
    return json.dumps({"Records": [{"eventSource": "aws:s3", "s3": entity}]})


def in_notification(value: Any) -> str:
    return json.dumps({"Type": "Notification", "Subject": "an upload", "Message": value})
