"""A list in whatever form: recognised by its content."""

import json
from typing import Any

from hauberk.sources.imported import Form, Imported, SourceError
from hauberk.sources.misp import read_misp, read_warning_list
from hauberk.sources.plain import read_plain
from hauberk.sources.spamhaus import read_spamhaus
from hauberk.sources.stix import read_stix

MOST_BYTES = 64 << 20
_FORMS = "plain text, FireHOL, Spamhaus DROP, STIX 2 or MISP"


def read_list(content: bytes, name: str, now: int, form: Form | None = None) -> Imported:
    """Read a list from the bytes of its file; `now` is in seconds since 1970."""
    text = _text(content, name)
    if form is None and not text.lstrip().startswith(("{", "[")):
        form = Form.PLAIN
    elif form is None and _is_spamhaus(text):
        form = Form.SPAMHAUS
    if form is Form.PLAIN:
        return read_plain(text, name)
    if form is Form.SPAMHAUS:
        return read_spamhaus(text, name)
    document = _document(text, name)
    form = form or _form_of(document, name)
    _fitting(document, form, name)
    if form is Form.STIX:
        return read_stix(document, name, now)
    return read_misp(document, name) if form is Form.MISP else read_warning_list(document, name)


def _text(content: bytes, name: str) -> str:
    if len(content) > MOST_BYTES:
        what = f"longer than {MOST_BYTES >> 20} MB"
        raise SourceError(name, 0, what, "split it; several lists may be compiled into one")
    if content.startswith(b"\x1f\x8b"):
        raise SourceError(name, 0, "compressed by gzip", "unpack it with `gunzip`")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(name, line, "not UTF-8 text", f"use a list as {_FORMS}") from error
    if text.lstrip().startswith("<"):
        what = "a page, not a list: the download has failed"
        raise SourceError(name, 0, what, "fetch the list again")
    return text


def _is_spamhaus(text: str) -> bool:
    line = text.lstrip().partition("\n")[0]
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(entry, dict) and ("cidr" in entry or entry.get("type") == "metadata")


def _document(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        what = f"not JSON: {error.msg.lower()}"
        raise SourceError(name, error.lineno, what, "fetch the list again") from error
    except (ValueError, RecursionError) as error:
        what = "JSON with numbers too long, or nested too deep"
        raise SourceError(name, 0, what, f"use a list as {_FORMS}") from error


def _form_of(document: Any, name: str) -> Form:
    if isinstance(document, dict):
        if document.get("type") == "bundle" or isinstance(document.get("objects"), list):
            return Form.STIX
        if isinstance(document.get("list"), list) and "name" in document:
            return Form.WARNING_LIST
        if {"Event", "response", "Attribute"} & document.keys() or _is_manifest(document):
            return Form.MISP
    elif all(isinstance(one, dict) and "Event" in one for one in document) and document:
        return Form.MISP
    raise SourceError(name, 0, "JSON of an unknown form", f"use a list as {_FORMS}")


def _fitting(document: Any, form: Form, name: str) -> None:
    """Refuse a document that a person calls what it is not, and a feed's table of contents."""
    is_list = isinstance(document, dict) and isinstance(document.get("list"), list)
    if form is Form.STIX and not isinstance(document, dict):
        raise SourceError(name, 0, "no bundle", "leave `--list-format` out")
    if form is Form.WARNING_LIST and not is_list:
        raise SourceError(name, 0, "no warning list", "leave `--list-format` out")
    if form is Form.MISP and isinstance(document, dict) and _is_manifest(document):
        what = "the table of contents of a feed, which holds no addresses"
        raise SourceError(name, 0, what, "name the events that stand beside it")


def _is_manifest(document: dict[str, Any]) -> bool:
    values = list(document.values())
    return (
        bool(values)
        and all(isinstance(one, dict) and "info" in one and "Orgc" in one for one in values)
        and "Event" not in document
    )
