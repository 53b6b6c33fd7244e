"""Documents for XML parsers that may fetch what a document names, or grow by it.

Sees:         lxml's `fromstring`, `XML`, `parse` and `iterparse` of texts, bytes and `io` buffers; each text that
              expat is given by ElementTree, minidom, SAX and what else is built on it (xmltodict, defusedxml)
Does not see: files; an input that stands in several pieces; `lxml.objectify`; `ParseFile` of expat. Expat itself
              fetches nothing: code has to give it a resolver, whose files and hosts are seen
"""

from __future__ import annotations

from hauberk import _native
from hauberk.guard.fence import Fence
from hauberk.guard.held import held

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any, Callable

    Look = Callable[..., None]

EXTERNAL_ENTITY = 21  # expat's number of the error in one


def arm_lxml(etree: Any) -> None:
    """Watch the functions that parse, and the class that does."""

    def before(source: Any = None, *_: Any, **named: Any) -> None:
        reason = _blocked(named.get("text", named.get("source")) if source is None else source)
        if reason is not None:
            raise etree.XMLSyntaxError(f"blocked by Hauberk: {reason}", 1, 1, 1)

    for name in ("fromstring", "XML", "XMLID", "parse"):
        _native.put(etree, name, _native.WatchedFunction(getattr(etree, name), before))
    _native.put(etree, "iterparse", _watching(etree.iterparse, before))


def _watching(kind: Any, before: Look) -> Any:
    """The same class: it is written in C, so that its own `__init__` cannot be watched."""

    def __init__(self: Any, *given: Any, **named: Any) -> None:
        before(*given, **named)
        kind.__init__(self, *given, **named)

    members = {"__init__": __init__, "__module__": kind.__module__, "__doc__": kind.__doc__}
    return type(kind.__name__, (kind,), {**members, "__slots__": ()})


def arm_element_tree(module: Any) -> None:
    """Watch what ElementTree's parser is fed."""
    _watch(module.XMLParser, ("feed", "_parse_whole"), module.ParseError)


def arm_expat(module: Any) -> None:
    """Watch what any other parser is given."""
    _watch(module.XMLParserType, ("Parse",), module.ExpatError)


def _watch(kind: Any, names: tuple[str, ...], refused: Any) -> None:
    def before(_: Any, source: Any = None, *__: Any, **named: Any) -> None:
        reason = _blocked(next(iter(named.values()), None) if source is None else source)
        if reason is not None:
            error = refused(f"blocked by Hauberk: {reason}")
            error.code, error.lineno, error.offset = EXTERNAL_ENTITY, 1, 0
            error.position = (1, 0)
            raise error

    for name in names:
        if hasattr(kind, name):
            _native.put(kind, name, _native.WatchedMethod(getattr(kind, name), before))


def _blocked(source: Any) -> str | None:
    with Fence("xml"):
        text = source.getvalue() if hasattr(source, "getvalue") else source
        if isinstance(text, (str, bytes, bytearray)):
            document = held(text)
            # Without a declaration it names nothing; most documents have none.
            return _native.admit_text("xml", document) if b"<!" in document else None
    return None
