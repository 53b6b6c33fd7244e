"""Reads a function's package: from its handler, over all that it imports."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from hauberk.model.kind import Kind
from hauberk.scan.act import Act
from hauberk.scan.finding import CodeProfile, Site, Unread
from hauberk.scan.frame import Frame
from hauberk.scan.given import Environment
from hauberk.scan.package import Package, PackageError
from hauberk.scan.program import KNOWN, Program
from hauberk.scan.reach import Reach
from hauberk.scan.record import Recorder
from hauberk.scan.scope import How, Scope
from hauberk.scan.secret import readable, without_secrets
from hauberk.scan.text import text_of
from hauberk.scan.urls import of_url

_URL = re.compile(r"(?:https?|wss?)://[A-Za-z0-9\[][^\s\"'<>{}]*")
_MOST_PASSED_BY = 100
_DEEPEST = 3_000


def scan(package: Package, handler: str, environment: Environment | None = None) -> CodeProfile:
    """Read what the code may do; `environment` are the function's variables, None where they are not known, of which
    secrets are not told.

    Answers for every package that has the handler; nothing of it is run.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEPEST))  # each bound below is far from it
    try:
        return without_secrets(_scanned(package, handler, readable(environment)), environment)
    finally:
        sys.setrecursionlimit(before)


def _scanned(package: Package, handler: str, environment: Environment | None) -> CodeProfile:
    recorder = Recorder()
    program = Program(package, recorder.tell)
    name, _, function = handler.replace("/", ".").rpartition(".")
    if not name or program.file_of(name) is None:
        raise PackageError(
            f"no module {name or handler} in the package; name the handler as Lambda does: FILE.FUNCTION"
        )
    reach = Reach(program, environment, recorder)
    imports: dict[str, tuple[str, ...]] = {}
    own = list(_own(program, name, recorder, imports))
    for module in own:
        reach.module(module)
    _begin(reach, name, function, recorder, program)
    for module in own:
        frame = reach.module(module)
        if frame is not None:
            _rest(reach, frame.scope, frame)
    reach.finish()
    if reach.is_spent:
        recorder.tell(
            Unread(Site(program.file_of(name) or name, 1), "there is more code than is followed")
        )
    _name_hosts(program, own, environment, recorder)
    for passed, why in package.passed_by[:_MOST_PASSED_BY]:
        if passed.endswith(".py") or why != "a link":
            recorder.tell(Unread(Site(passed, 0), f"passed by: {why}"))
    bundled = {one: package.digest(one) for one in sorted(KNOWN) if _is_there(package, one)}
    return CodeProfile(
        handler=handler,
        findings=recorder.findings(),
        unread=recorder.unread(),
        modules=dict(sorted(program.digests.items())),
        bundled=bundled,
        imports=dict(sorted(imports.items())),
    )


def _own(
    program: Program, name: str, recorder: Recorder, imports: dict[str, tuple[str, ...]]
) -> Iterator[str]:
    """Give the handler's module and those of the function's own that it imports, by whatever path."""
    waiting, met = [name], {name}
    while waiting:
        module = waiting.pop(0)
        scope = program.scope(module)
        if scope is None:
            continue
        yield module
        imported_here = list(_imports(program, scope))
        firsts = {one.partition(".")[0] for one, _ in imported_here}
        imports[scope.file] = tuple(sorted(one for one in firsts if program.is_foreign(one)))
        for imported, line in imported_here:
            missing = program.missing(imported)
            if missing:
                recorder.tell(Unread(Site(scope.file, line), missing))
            for one in _with_parents(imported):
                if (
                    one not in met
                    and program.file_of(one)
                    and not program.is_bundled(one)
                    and program.holds(one)
                ):
                    met.add(one)
                    waiting.append(one)


def _imports(program: Program, scope: Scope) -> Iterator[tuple[str, int]]:
    for inner in scope.every():
        for rows in list(inner.bindings.values()):
            for row in rows:
                if row.how is How.IMPORT and isinstance(row.of, tuple):
                    module, name, level = row.of
                    line = getattr(row.node, "lineno", 1)
                    if isinstance(row.node, ast.Import):
                        yield from ((one.name, line) for one in row.node.names)
                        continue
                    whole = program.absolute(scope, module, level)
                    inside = f"{whole}.{name}"
                    yield (inside if program.file_of(inside) else whole), line


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: end + 1]) for end in range(len(parts))]


def _begin(reach: Reach, name: str, function: str, recorder: Recorder, program: Program) -> None:
    frame = reach.module(name)
    if frame is not None and not reach.start(
        function, frame
    ):  # why there is no module is told already
        where = Site(program.file_of(name) or name, 1)
        recorder.tell(Unread(where, f"no function {function}: what the handler is is not known"))


def _rest(reach: Reach, scope: Scope, frame: Frame) -> None:
    """Read what nobody was seen to call: a framework may."""
    for inner in scope.inner:
        at = Frame(inner, {}, frame)
        if not inner.is_class and not reach.was_read(inner):
            reach.begin(inner, frame)
        _rest(reach, inner, at)


def _name_hosts(
    program: Program, own: list[str], environment: Environment | None, recorder: Recorder
) -> None:
    for module in own:
        scope = program.scope(module)
        for line, text, is_part in _constants(scope.node) if scope is not None else ():
            _name(text, Site(scope.file if scope else module, line), recorder, is_part=is_part)
    for name, value in sorted((environment or {}).items()):
        _name(value or "", Site(f"${name}", 0), recorder, is_part=False)


def _name(text: str, site: Site, recorder: Recorder, *, is_part: bool) -> None:
    """Note a URL's host; a part of a text may end within it."""
    found = _URL.match(text)
    if not found or (is_part and not re.search("[/?#]", found.group().partition("://")[2])):
        return
    for one in of_url(text_of(found.group())):
        if isinstance(one, Act) and one.kind is Kind.HOST and "." in one.target.start:
            recorder.named(one, site)


def _constants(tree: ast.AST) -> Iterator[tuple[int, str, bool]]:
    documents = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    parts = {
        id(inner)
        for one in ast.walk(tree)
        if isinstance(one, (ast.JoinedStr, ast.BinOp))
        for inner in ast.iter_child_nodes(one)
    }
    for one in ast.walk(tree):
        if (
            isinstance(one, ast.Constant)
            and isinstance(one.value, str)
            and id(one) not in documents
        ):
            yield one.lineno, one.value, id(one) in parts


def _is_there(package: Package, name: str) -> bool:
    return f"{name}/__init__.py" in package.sizes or f"{name}.py" in package.sizes
