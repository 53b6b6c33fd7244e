"""Names of files and folders that were drawn at random, known by who made them.

A record's stack tells where the module tempfile made a name; a record of C's `mkstemp` or `mkdtemp` holds the template,
`/tmp/x-XXXXXX`, and no line of Python: what Python itself opens is a name like any other. A folder with such a name is
the function's own: where three different names were seen below it, any may be.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from hauberk.learn.fold.shape import SHARED_FOLDERS, Part, before_drawn, parts, pattern
from hauberk.model.activity import Activity
from hauberk.model.kind import Kind

LEAST_DIFFERENT = 3
_UNIX = "unix:"
_SIGNS = "[A-Za-z0-9]{6}"
_TEMPLATE = re.compile(r"(/(?:.*/)?)([^/]*[^/X])X{6}([^/X][^/]*)?")


@dataclass(frozen=True)
class Drawn:
    """The names that some activities tell of, and below which of them anything may be."""

    names: frozenset[str] = frozenset()  # whole paths
    templates: re.Pattern[str] | None = None
    open: frozenset[str] = frozenset()  # patterns of folders

    def parts(self, kind: Kind, target: str) -> tuple[Part, ...]:
        """Take a target apart, as `shape.parts` does, and its drawn name with it."""
        before = _UNIX if kind is Kind.ADDRESS and target.startswith(_UNIX) else ""
        path = target.removeprefix(before)
        head = self._head(path) if kind is Kind.FILE or before else None
        if head is None:
            return parts(kind, target)
        name, rest = self._name(head), path[len(head) :]
        if not rest:
            return (Part(before), *name)
        if _written(name) in self.open:
            return (Part(before), *name, Part(rest, "below", "/**"))
        return (Part(before), *name, *parts(Kind.FILE, rest, is_temporary=path in self.names))

    def _head(self, path: str) -> str | None:
        """The outermost drawn name that a path is or is below."""
        found = self.templates.match(path) if self.templates else None
        shortest = found.group() if found else None
        end = path.find("/", 1)
        while self.names and (shortest is None or end < len(shortest)):
            head = path if end < 0 else path[:end]
            if head in self.names:
                return head
            if end < 0:
                break
            end = path.find("/", end + 1)
        return shortest

    def _name(self, head: str) -> tuple[Part, ...]:
        found = None if head in self.names else self.templates and self.templates.fullmatch(head)
        if not found:
            return parts(Kind.FILE, head, is_temporary=True)
        start, end = next(found.span(group) for group in found.re.groupindex if found[group])
        folder, slash, before = head[:start].rpartition("/")
        return (
            *parts(Kind.FILE, folder),
            Part(slash),
            *before_drawn(before),
            Part(head[start:end], "temporary", "?" * (end - start)),
            Part(head[end:]),
        )


def drawn(
    activities: Collection[Activity],
    temporary: Iterable[Activity],
    by_programs: Iterable[Activity],
) -> Drawn:
    """See which names were drawn: of files that the module tempfile named, and by templates that programs wrote."""
    written = (one for one in by_programs if one.kind is Kind.FILE and one.operation == "write")
    paths = {one.target for one in written}
    named = frozenset(one.target.removeprefix(_UNIX) for one in temporary)
    known = Drawn(named - SHARED_FOLDERS, _templates(paths))
    below: dict[str, set[str]] = defaultdict(set)
    for one in activities:
        path = one.target.removeprefix(_UNIX)
        head = known._head(path) if one.kind in (Kind.FILE, Kind.ADDRESS) else None
        if head is not None and path != head:
            below[_written(known._name(head))].add(path[len(head) :])
    is_open = (folder for folder, names in below.items() if len(names) >= LEAST_DIFFERENT)
    return Drawn(known.names, known.templates, frozenset(is_open))


def _templates(paths: Iterable[str]) -> re.Pattern[str] | None:
    found = sorted(one.groups(default="") for one in map(_TEMPLATE.fullmatch, paths) if one)
    alternatives = (
        f"{re.escape(folder)}{_before(name)}(?P<drawn{index}>{_SIGNS}){re.escape(after)}"
        for index, (folder, name, after) in enumerate(found)
    )
    return re.compile(f"(?:{'|'.join(alternatives)})(?=/|$)") if found else None


def _before(name: str) -> str:
    return "".join(r"\d+" if one.mask else re.escape(one.text) for one in before_drawn(name))


def _written(name: tuple[Part, ...]) -> str:
    return pattern(name, frozenset(index for index, part in enumerate(name) if part.mask))
