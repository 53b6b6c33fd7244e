"""What was read of a package as a document, and back: no line of the code itself is in it."""

from typing import Any

from hauberk.model.kind import Kind
from hauberk.scan.finding import CodeProfile, Finding, Site, Sure, Unread


def document(code: CodeProfile) -> dict[str, Any]:
    """Write what was read, in values that JSON has."""
    return {
        "handler": code.handler,
        "findings": [
            {
                "kind": one.kind.value,
                "operation": one.operation,
                "target": one.target,
                "sure": one.sure.value,
                "sites": [list(site) for site in one.sites],
                "unknown": list(one.unknown),
            }
            for one in code.findings
        ],
        "unread": [
            {
                "site": list(one.site),
                "what": one.what,
                "kind": one.kind.value if one.kind else None,
            }
            for one in code.unread
        ],
        "modules": dict(code.modules),
        "bundled": dict(code.bundled),
        "imports": {file: list(packages) for file, packages in code.imports.items()},
    }


def of_document(value: Any) -> CodeProfile:
    """Read what `document` wrote; that it is just that shows who writes it again.

    Raises ValueError, KeyError, TypeError, AttributeError or OverflowError where it cannot be read.
    """
    return CodeProfile(
        handler=str(value["handler"]),
        findings=tuple(map(_finding, value["findings"])),
        unread=tuple(map(_unread, value["unread"])),
        modules=_texts(value["modules"]),
        bundled=_texts(value["bundled"]),
        imports={str(file): tuple(map(str, of)) for file, of in value["imports"].items()},
    )


def _finding(value: Any) -> Finding:
    return Finding(
        Kind(value["kind"]),
        str(value["operation"]),
        str(value["target"]),
        Sure(value["sure"]),
        tuple(map(_site, value["sites"])),
        tuple(map(str, value["unknown"])),
    )


def _unread(value: Any) -> Unread:
    kind = value["kind"]
    return Unread(_site(value["site"]), str(value["what"]), None if kind is None else Kind(kind))


def _site(value: Any) -> Site:
    file, line = value
    return Site(str(file), int(line))


def _texts(value: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()}
