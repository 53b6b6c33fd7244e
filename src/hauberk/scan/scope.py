"""Which names a module, class or function binds, and to what: all of its bindings, in whatever order they run."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

Function = ast.FunctionDef | ast.AsyncFunctionDef
_CHANGING = frozenset(
    [
        "add",
        "append",
        "clear",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    ]
)


class How(StrEnum):
    """How a name is bound to an expression."""

    VALUE = "value"
    ITEM = "item"  # one place of what is unpacked
    ELEMENT = "element"  # each of what is looped over
    ENTERED = "entered"  # what `with` gives
    IMPORT = "import"
    DEFINED = "defined"  # a function or class
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Binding:
    """One binding of a name, and the scope that its expression is read in."""

    how: How
    scope: Scope
    node: ast.AST | None = None
    of: object = (
        None  # of an item its place, of an import its module and name, of a definition its scope
    )
    is_repeated: bool = False  # within a loop


@dataclass(frozen=True, slots=True)
class Change:
    """What is put into a list or dictionary that has a name: at a key, at the end, or by anything else."""

    node: ast.expr | None = None
    key: ast.expr | None = None
    is_appended: bool = False


@dataclass(eq=False, slots=True)
class Scope:
    """A module, class or function; known by identity."""

    node: ast.Module | ast.ClassDef | Function | ast.Lambda
    module: str
    file: str
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=lambda: defaultdict(list))
    attributes: dict[str, list[Binding]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))
    calls: list[ast.AST] = field(default_factory=list)  # calls, and reads of items, of its own
    returns: list[ast.expr] = field(default_factory=list)
    yields: list[ast.expr] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)  # of a class: annotated names
    inner: list[Scope] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{self.file}:{getattr(self.node, 'lineno', 0)} {self.name}>"

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def name(self) -> str:
        """The name of a class or function."""
        return getattr(self.node, "name", "")

    def decorated(self, *names: str) -> bool:
        """Whether one of its decorators has one of these names."""
        found = getattr(self.node, "decorator_list", ())
        return any(_last_name(one) in names for one in found)

    def every(self) -> Iterator[Scope]:
        """Give it and all scopes within."""
        yield self
        for one in self.inner:
            yield from one.every()


def scope_of(tree: ast.Module, module: str, file: str) -> Scope:
    """Read the scopes of a module."""
    scope = Scope(tree, module, file, None)
    _Reader(scope).read(tree.body)
    return scope


class _Reader(ast.NodeVisitor):
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._global: set[str] = set()
        self._loops = 0

    def read(self, body: list[ast.stmt]) -> None:
        for one in body:
            self.visit(one)

    def visit_FunctionDef(self, node: Function) -> None:
        self._define(node, node.body)
        for one in (
            *node.decorator_list,
            *node.args.defaults,
            *filter(None, node.args.kw_defaults),
        ):
            self.visit(one)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._define(node, node.body)
        for one in (*node.bases, *node.decorator_list):
            self.visit(one)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        inner = Scope(node, self._scope.module, self._scope.file, self._scope)
        self._scope.inner.append(inner)
        _Reader(inner).visit(node.body)
        inner.returns.append(node.body)

    def visit_Global(self, node: ast.Global) -> None:
        self._global.update(node.names)

    def visit_Import(self, node: ast.Import) -> None:
        for one in node.names:
            name = one.asname or one.name.partition(".")[0]
            self._bind(name, How.IMPORT, node, (one.name if one.asname else name, "", 0))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for one in node.names:
            self._bind(
                one.asname or one.name, How.IMPORT, node, (node.module or "", one.name, node.level)
            )

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._target(target, How.VALUE, node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if self._scope.is_class and isinstance(node.target, ast.Name):
            self._scope.fields.append(node.target.id)
        if node.value is not None:
            self._target(node.target, How.VALUE, node.value)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        held = ast.BinOp(_read(node.target), node.op, node.value)
        self._target(node.target, How.VALUE, ast.copy_location(held, node))
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._target(node.target, How.VALUE, node.value)
        self.generic_visit(node)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._target(node.target, How.ELEMENT, node.iter)
        self._repeated(node)

    def visit_While(self, node: ast.While) -> None:
        self._repeated(node)

    def _repeated(self, node: ast.stmt) -> None:
        self._loops += 1
        self.generic_visit(node)
        self._loops -= 1

    visit_AsyncFor = visit_For

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._target(node.target, How.ELEMENT, node.iter)
        self.generic_visit(node)

    def visit_withitem(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self._target(node.optional_vars, How.ENTERED, node.context_expr)
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name, How.UNKNOWN)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self._bind(node.name, How.UNKNOWN)
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._scope.returns.append(node.value)
        self.generic_visit(node)

    def visit_Yield(self, node: ast.Yield) -> None:
        if node.value is not None:
            self._scope.yields.append(node.value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self._scope.calls.append(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
            is_appended = node.func.attr in ("append", "add") and len(node.args) == 1
            self._change(
                node.func.value, Change(node.args[0], None, True) if is_appended else Change()
            )
        self.generic_visit(node)

    def _change(self, of: ast.expr, change: Change) -> None:
        if isinstance(of, ast.Name):
            self._scope.changes[of.id].append(change)
        elif isinstance(of, ast.Attribute):
            self._target(of, How.UNKNOWN, None)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._scope.calls.append(node)  # a resource of boto3 may be loaded by it, a property called
        self.generic_visit(node)

    def _define(self, node: Function | ast.ClassDef, body: list[ast.stmt]) -> None:
        inner = Scope(node, self._scope.module, self._scope.file, self._scope)
        self._scope.inner.append(inner)
        self._bind(node.name, How.DEFINED, node, inner)
        _Reader(inner).read(body)

    def _target(self, target: ast.AST, how: How, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, how, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for index, one in enumerate(target.elts):
                is_item = how is How.VALUE and not isinstance(one, ast.Starred)
                if is_item and isinstance(one, ast.Name):
                    self._bind(one.id, How.ITEM, value, index)
                else:
                    self._target(one, How.UNKNOWN, value)
        elif isinstance(target, ast.Subscript):
            self._change(target.value, Change(value if how is How.VALUE else None, target.slice))
        elif isinstance(target, ast.Attribute) and _is_self(target.value, self._scope):
            holder = self._scope.parent
            if holder is not None:
                holder.attributes[target.attr].append(Binding(how, self._scope, value))

    def _bind(self, name: str, how: How, node: ast.AST | None = None, of: object = None) -> None:
        holder = self._scope
        while name in self._global and holder.parent is not None:
            holder = holder.parent
        holder.bindings[name].append(Binding(how, self._scope, node, of, self._loops > 0))


def _is_self(value: ast.expr, scope: Scope) -> bool:
    """Whether an expression is the object of the method that it stands in."""
    if scope.parent is None or not scope.parent.is_class or not isinstance(value, ast.Name):
        return False
    parameters = scope.node.args.args if isinstance(scope.node, Function) else []
    return bool(parameters) and parameters[0].arg == value.id


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _read(target: ast.expr) -> ast.expr:
    """Give a name or an attribute as it is read."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    if isinstance(target, ast.Attribute):
        return ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
    return target
