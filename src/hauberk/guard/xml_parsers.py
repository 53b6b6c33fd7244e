"""Documents for XML parsers that may fetch what a document names.

Sees:         lxml's `fromstring`, `XML`, `parse` and `iterparse` of texts, bytes and `io` buffers
Does not see: parsers that are fed in pieces, files, `lxml.objectify`. The standard library's parsers (expat) fetch
              nothing unless code gives them a resolver, whose files and hosts are seen
"""

from __future__ import annotations

from hauberk import _native
from hauberk.guard.fence import Fence
from hauberk.guard.held import held

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any


def arm_lxml(etree: Any) -> None:
    """Watch the functions that parse."""

    def before(source: Any = None, *_: Any, **named: Any) -> None:
        reason = _blocked(named.get("text", named.get("source")) if source is None else source)
        if reason is not None:
            raise etree.XMLSyntaxError(f"blocked by Hauberk: {reason}", 1, 1, 1)

    for name in ("fromstring", "XML", "XMLID", "parse"):
        _native.put(etree, name, _native.WatchedFunction(getattr(etree, name), before))


def _blocked(source: Any) -> str | None:
    with Fence("xml"):
        text = source.getvalue() if hasattr(source, "getvalue") else source
        if isinstance(text, (str, bytes, bytearray)):
            return _native.admit_text("xml", held(text))
    return None
