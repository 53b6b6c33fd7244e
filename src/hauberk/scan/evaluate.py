"""What an expression of the code may be, by all that its names are bound to.

Sees:         constants, f-strings, joined and formatted texts, lists, dictionaries, attributes of objects and modules,
              functions of the package with what they are called with, in whatever order statements run
Does not see: what loops and conditions make of a name; lists and dictionaries that are changed elsewhere; what Python
              itself calls (operators of classes, descriptors, metaclasses)
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from hauberk.scan import given
from hauberk.scan.combine import MOST_ITEMS, changed, elements, lists_joined, percent, texts_joined
from hauberk.scan.frame import Frame
from hauberk.scan.scope import Binding, Change, How, Scope
from hauberk.scan.text import MOST_CHARACTERS, text_of
from hauberk.scan.text_methods import shaped
from hauberk.scan.value import (
    NOTHING,
    UNKNOWN,
    Arguments,
    Called,
    External,
    Flag,
    Instance,
    Items,
    Made,
    Number,
    Table,
    Value,
    Values,
    either,
    light,
    some_of,
    texts,
)

MOST_DEPTH = 90
MOST_STEPS = 400_000


class Evaluator:
    """Works out expressions in frames; calls, attributes, imports and decorators are the world around them."""

    def __init__(
        self,
        call: Callable[[ast.Call, Frame], Values],
        attribute: Callable[[Value, str, Frame, ast.AST], Values],
        imported: Callable[[Scope, str, str, int], Values],
        apply: Callable[[Called, Arguments], Values],
        environment: given.Environment | None,
    ) -> None:
        self._call, self._attribute, self._imported, self._apply = call, attribute, imported, apply
        self._environment = environment
        self._depth = 0
        self.steps = 0

    def value(self, node: ast.AST | None, frame: Frame) -> Values:
        """Give all that an expression may be."""
        if node is None:
            return UNKNOWN
        known = frame.known.get(node)
        if known is not None:
            return known
        self.steps += 1
        if self._depth >= MOST_DEPTH or self.steps > MOST_STEPS:
            return UNKNOWN
        frame.known[node] = UNKNOWN  # where it leads back to itself
        self._depth += 1
        try:
            found = _READ.get(type(node), _anything)(self, node, frame)
        finally:
            self._depth -= 1
        frame.known[node] = found
        return found

    def name(self, name: str, frame: Frame, line: int = 0) -> Values:
        """Give what a name may be in a frame."""
        at: Frame | None = frame
        while at is not None:
            rows = at.scope.bindings.get(name, [])
            if name in at.bound or rows:
                found = self._of_rows(name, rows, at, line)
                return self._changed(found, at.scope.changes.get(name, ()), at)
            at = at.home
        if name == "__file__":
            return frozenset((text_of(f"/var/task/{frame.scope.file}"),))
        if name == "__name__":
            return frozenset((text_of(frame.scope.module),))
        return frozenset((External(f"builtins.{name}"),))

    def _changed(self, found: Values, changes: Sequence[Change], frame: Frame) -> Values:
        """Give lists and dictionaries with what is put into them; the order is that of the code."""
        if not changes:
            return found
        rows = [
            (self._key(one, frame), one, self.value(one.node, frame) if one.node else UNKNOWN)
            for one in changes
        ]
        return either(frozenset((changed(one, rows),)) for one in found)

    def _key(self, one: Change, frame: Frame) -> str | None:
        keys = [each.whole for each in texts(self.value(one.key, frame))] if one.key else []
        return keys[0] if len(keys) == 1 else None

    def _of_rows(self, name: str, rows: list[Binding], frame: Frame, line: int) -> Values:
        """Where a binding reads its own name, what is meant is what was bound on the lines before."""
        if ("reading", name) in frame.known:
            if any(one.is_repeated for one in rows):
                return UNKNOWN  # it grows, nobody knows how far
            rows = [one for one in rows if getattr(one.node, "lineno", 0) < line]
        else:
            frame.known["reading", name] = UNKNOWN
            try:
                return self._of_rows_read(name, rows, frame)
            finally:
                del frame.known["reading", name]
        return self._of_rows_read(name, rows, frame) if rows or name in frame.bound else UNKNOWN

    def _of_rows_read(self, name: str, rows: list[Binding], frame: Frame) -> Values:
        parts = [frame.bound[name]] if name in frame.bound else []
        return either([*parts, *(self.binding(one, frame) for one in rows)])

    def binding(self, one: Binding, frame: Frame) -> Values:
        """Give what a binding binds."""
        at = frame if one.scope is frame.scope else Frame(one.scope, {}, frame)
        key = (one, "binding")
        if key in at.known:
            return at.known[key]
        at.known[key] = UNKNOWN
        found = self._bound(one, at)
        at.known[key] = found
        return found

    def _bound(self, one: Binding, frame: Frame) -> Values:
        if one.how is How.IMPORT and isinstance(one.of, tuple):
            return self._imported(one.scope, *one.of)
        if one.how is How.DEFINED and isinstance(one.of, Scope):
            return self._decorated(Called(one.of, None, frame), frame)
        found = UNKNOWN if one.how is How.UNKNOWN else self.value(one.node, frame)
        return either(self._taken(one, each) for each in found)

    def _decorated(self, value: Called, frame: Frame) -> Values:
        """Give a function, and what decorators of the package make of it."""
        made: Values = frozenset((value,))
        for node in reversed(getattr(value.scope.node, "decorator_list", ())):
            decorators = [one for one in self.value(node, frame) if isinstance(one, Called)]
            found = [self._apply(one, Arguments((made,))) for one in decorators]
            made = made.union(
                one for values in found for one in values if isinstance(one, (Called, Instance))
            )
        return made

    def _taken(self, one: Binding, value: Value) -> Values:
        """Give what a name takes of a value."""
        if one.how is How.ITEM:
            return given.item(value, frozenset((text_of(str(one.of)),)))
        if one.how is How.ELEMENT:
            return elements(value)
        return given.entered(value) if one.how is How.ENTERED else frozenset((value,))

    def of_constant(self, node: ast.Constant, frame: Frame) -> Values:
        """A constant."""
        held = node.value
        if isinstance(held, bool) or held is None:
            return frozenset((Flag(held),))
        if isinstance(held, bytes):
            return frozenset((text_of(held.decode("utf-8", "replace")),))
        if isinstance(held, int) and abs(held) < 1 << 64:
            return frozenset((Number(held),))
        if isinstance(held, str) and len(held) < MOST_CHARACTERS:
            return frozenset((text_of(held),))
        return UNKNOWN

    def of_name(self, node: ast.Name, frame: Frame) -> Values:
        """A name."""
        return self.name(node.id, frame, node.lineno)

    def of_string(self, node: ast.JoinedStr, frame: Frame) -> Values:
        """An f-string."""
        parts = [self._piece(one, frame) for one in node.values]
        return texts_joined(parts)

    def _piece(self, node: ast.expr, frame: Frame) -> Values:
        if not isinstance(node, ast.FormattedValue):
            return self.value(node, frame)
        found = self.value(node.value, frame) if node.conversion in (-1, ord("s")) else UNKNOWN
        shape = node.format_spec
        written = [getattr(one, "value", "\0") for one in getattr(shape, "values", ())]
        return shaped("".join(map(str, written))) if shape else found

    def of_operation(self, node: ast.BinOp, frame: Frame) -> Values:
        """`+` of texts and lists, `/` of paths, `%` of texts."""
        left, right = self.value(node.left, frame), self.value(node.right, frame)
        if isinstance(node.op, ast.Add):
            lists = [one for one in (*left, *right) if isinstance(one, Items)]
            if lists:
                return lists_joined(left, right)
            if any(isinstance(one, Number) for one in (*left, *right)):
                return given.typed("number")
            return texts_joined([left, right])
        if isinstance(node.op, ast.Div):
            paths = [one for one in left if isinstance(one, Made) and one.type == "path"]
            return either(given.method(one, "joinpath", Arguments((right,))) for one in paths)
        if isinstance(node.op, ast.Mod):
            return either(percent(one, right) for one in texts(left))
        return UNKNOWN

    def of_attribute(self, node: ast.Attribute, frame: Frame) -> Values:
        """An attribute."""
        found = self.value(node.value, frame)
        return either(self._attribute(one, node.attr, frame, node) for one in found)

    def of_item(self, node: ast.Subscript, frame: Frame) -> Values:
        """An item of a list, a dictionary, the variables."""
        of = self.value(node.value, frame)
        if isinstance(node.slice, ast.Slice):
            return either(some_of(elements(one)) for one in of)
        at = self.value(node.slice, frame)
        return either(given.subscript(one, at, self._environment) for one in of)

    def of_list(self, node: ast.List | ast.Tuple | ast.Set, frame: Frame) -> Values:
        """A list, tuple or set."""
        items: list[Values] = []
        for one in node.elts:
            if isinstance(one, ast.Starred):
                return UNKNOWN
            items.append(self.value(one, frame))
        return light(Items(tuple(items))) if len(items) <= MOST_ITEMS else some_of(either(items))

    def of_table(self, node: ast.Dict, frame: Frame) -> Values:
        """A dictionary."""
        entries: dict[str, Values] = {}
        is_whole = True
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                found = self.value(value, frame)
                inner = [one for one in found if isinstance(one, Table)]
                is_known = len(inner) == len(found) == 1
                entries.update(inner[0].entries if is_known else ())
                is_whole = is_whole and is_known and inner[0].is_whole
                continue
            names = [one.whole for one in texts(self.value(key, frame))]
            if len(names) == 1 and names[0] is not None:
                entries[names[0]] = self.value(value, frame)
            else:
                is_whole = False
        return light(Table(tuple(entries.items()), is_whole))

    def of_choice(self, node: ast.IfExp, frame: Frame) -> Values:
        """One or another."""
        return either((self.value(node.body, frame), self.value(node.orelse, frame)))

    def of_either(self, node: ast.BoolOp, frame: Frame) -> Values:
        """`or`, `and`: any of them."""
        found = either(self.value(one, frame) for one in node.values)
        return (found - NOTHING) or found

    def of_inner(
        self, node: ast.Await | ast.Starred | ast.NamedExpr | ast.Expr, frame: Frame
    ) -> Values:
        """What is waited for, or assigned within an expression."""
        return self.value(node.value, frame)

    def of_each(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, frame: Frame) -> Values:
        """A comprehension: some of what its element may be."""
        return some_of(self.value(node.elt, frame))

    def of_function(self, node: ast.Lambda, frame: Frame) -> Values:
        """A lambda."""
        inner = next((one for one in frame.scope.inner if one.node is node), None)
        return frozenset((Called(inner, None, frame),)) if inner else UNKNOWN

    def of_call(self, node: ast.Call, frame: Frame) -> Values:
        """A call."""
        return self._call(node, frame)


def _anything(evaluator: Evaluator, node: ast.AST, frame: Frame) -> Values:
    return UNKNOWN


_READ: dict[type[ast.AST], Callable[..., Values]] = {
    ast.Constant: Evaluator.of_constant,
    ast.Name: Evaluator.of_name,
    ast.JoinedStr: Evaluator.of_string,
    ast.BinOp: Evaluator.of_operation,
    ast.Attribute: Evaluator.of_attribute,
    ast.Subscript: Evaluator.of_item,
    **dict.fromkeys((ast.List, ast.Tuple, ast.Set), Evaluator.of_list),
    ast.Dict: Evaluator.of_table,
    ast.IfExp: Evaluator.of_choice,
    ast.BoolOp: Evaluator.of_either,
    **dict.fromkeys((ast.Await, ast.Starred, ast.NamedExpr), Evaluator.of_inner),
    **dict.fromkeys((ast.ListComp, ast.GeneratorExp, ast.SetComp), Evaluator.of_each),
    ast.Lambda: Evaluator.of_function,
    ast.Call: Evaluator.of_call,
}
