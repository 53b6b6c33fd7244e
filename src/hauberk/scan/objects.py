"""What attributes of objects, classes and modules are.

Sees:         methods, properties, names of classes and their bases, `self.x = …` in any method, fields of data classes
Does not see: attributes that are set from outside of the class, `__getattr__`, metaclasses
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from hauberk.scan import aws_resources, given
from hauberk.scan.combine import constant
from hauberk.scan.evaluate import Evaluator
from hauberk.scan.finding import Site
from hauberk.scan.frame import Frame, anything, bound, defaults
from hauberk.scan.program import Program
from hauberk.scan.record import Recorder
from hauberk.scan.scope import Scope
from hauberk.scan.value import (
    UNKNOWN,
    Arguments,
    Bound,
    Called,
    External,
    Instance,
    Made,
    ModuleOf,
    Value,
    Values,
    either,
)


class Objects:
    """Finds attributes and what is imported; properties are called."""

    def __init__(
        self,
        program: Program,
        recorder: Recorder,
        enter: Callable[[Called, Arguments], Values],
        module: Callable[[str], Frame | None],
    ) -> None:
        self._program, self._recorder = program, recorder
        self._enter, self._module = enter, module
        self._known: dict[object, Values] = {}
        self._evaluator: Evaluator

    def work_with(self, evaluator: Evaluator) -> None:
        """Take what expressions are asked of."""
        self._evaluator = evaluator

    def attribute(self, value: Value, name: str, frame: Frame, node: ast.AST | None) -> Values:
        """Give what an attribute of a value is."""
        if isinstance(value, Instance):
            return self._of_instance(value, name)
        if isinstance(value, Called):
            return self.of_class(value.scope, name, value, value.home) or UNKNOWN
        if isinstance(value, ModuleOf):
            return self._of_module(value.name, name)
        if isinstance(value, External):
            whole = External(f"{value.name}.{name}")
            return constant(whole) or frozenset((whole,))
        return self._of_made(value, name, Site(frame.scope.file, getattr(node, "lineno", 1)))

    def _of_made(self, value: Value, name: str, site: Site) -> Values:
        if isinstance(value, Made) and value.type == "resource":
            found, answer = aws_resources.attribute(value, name)
            self._recorder.add(found, site)
            return frozenset((Bound(value, name),)) if answer == UNKNOWN else answer
        if isinstance(value, Made) and value.type == "meta" and name == "client":
            of = tuple(one for one in value.of if one[0] != "resource")
            return frozenset((Made("client", of),))
        return given.attribute(value, name) or frozenset((Bound(value, name),))

    def _of_instance(self, value: Instance, name: str) -> Values:
        found = self.of_class(value.scope, name, value, value.home)
        properties = [
            one for one in found if isinstance(one, Called) and one.scope.decorated("property", "cached_property")
        ]  # fmt: skip
        if properties:
            return either(self._enter(one, Arguments()) for one in properties)
        return found or UNKNOWN

    def of_class(self, scope: Scope, name: str, of: Value, home: Frame | None) -> Values:
        """Give what a class and its bases have by a name, methods bound to what they are of; nothing where none has."""
        key = (scope, name, of, home)
        if key not in self._known:
            self._known[key] = UNKNOWN  # where it leads back to itself
            frame = Frame(scope, {}, home)
            parts = [*self._of_body(frame, name, of), *self._of_self(frame, name, of)]
            if not parts and name in scope.fields and isinstance(of, Instance):
                parts = [of.arguments.get(scope.fields.index(name), name) or UNKNOWN]
            self._known[key] = either(parts) if parts else self._of_bases(scope, name, of, home)
        return self._known[key]

    def _of_body(self, frame: Frame, name: str, of: Value) -> Iterator[Values]:
        for one in frame.scope.bindings.get(name, ()):
            yield frozenset(with_self(each, of) for each in self._evaluator.binding(one, frame))

    def _of_self(self, frame: Frame, name: str, of: Value) -> Iterator[Values]:
        """What methods put there; the first of them is called with what the object is made with."""
        for one in frame.scope.attributes.get(name, ()):
            is_made = isinstance(of, Instance) and one.scope.name == "__init__"
            arguments = (
                of.arguments if is_made and isinstance(of, Instance) else anything(one.scope)
            )
            parameters, missing = bound(Called(one.scope, of, frame), arguments)
            known = defaults(one.scope)
            for each in missing:
                parameters[each] = self._evaluator.value(known.get(each), frame)
            yield self._evaluator.binding(one, Frame(one.scope, parameters, outside(frame)))

    def methods(self, value: Instance) -> Iterator[Called]:
        """Give the methods that the class of an object has by itself."""
        for inner in value.scope.inner:
            for one in self.of_class(value.scope, inner.name, value, value.home):
                if isinstance(one, Called) and not one.scope.is_class:
                    yield one

    def _of_bases(self, scope: Scope, name: str, of: Value, home: Frame | None) -> Values:
        for base in getattr(scope.node, "bases", ()) if home is not None else ():
            for one in self._evaluator.value(base, home) if home is not None else ():
                is_base = isinstance(one, Called) and one.scope.is_class
                found = (
                    self.of_class(one.scope, name, of, one.home)
                    if is_base and isinstance(one, Called)
                    else None
                )
                if found:
                    return found
        return frozenset()

    def imported(self, scope: Scope, module: str, name: str, level: int) -> Values:
        """Give what an import binds."""
        whole = self._program.absolute(scope, module, level)
        if not name:
            return self._module_value(whole)
        if not self._program.holds(whole):
            return frozenset((External(f"{whole}.{name}"),))
        return self._of_module(whole, name)

    def _module_value(self, name: str) -> Values:
        is_ours = self._program.holds(name)
        return frozenset((ModuleOf(name) if is_ours else External(name),))

    def _of_module(self, module: str, name: str) -> Values:
        key = (module, name)
        if key not in self._known:
            self._known[key] = UNKNOWN
            self._known[key] = self._found_in(module, name)
        return self._known[key]

    def _found_in(self, module: str, name: str) -> Values:
        frame = self._module(module)
        if frame is not None and name in frame.scope.bindings:
            return self._evaluator.name(name, frame)
        inner = f"{module}.{name}"
        if self._program.holds(inner):
            return frozenset((ModuleOf(inner),))
        for one in frame.scope.bindings.get("*", ()) if frame else ():
            if isinstance(one.of, tuple):
                return self.imported(one.scope, one.of[0], name, one.of[2])
        return UNKNOWN


def outside(home: Frame | None) -> Frame | None:
    """Names of a class are not seen from its methods."""
    while home is not None and home.scope.is_class:
        home = home.home
    return home


def instance(home: Frame) -> Instance:
    """Give an object of a class, of which nothing is known."""
    return Instance(home.scope, Arguments(is_whole=False), home.home)


def with_self(value: Value, of: Value) -> Value:
    """Bind a method to what it is of."""
    if (
        not isinstance(value, Called)
        or value.scope.is_class
        or value.scope.decorated("staticmethod")
    ):
        return value
    if isinstance(of, Instance) and value.scope.decorated("classmethod"):
        return Called(value.scope, Called(of.scope, None, of.home), value.home)
    is_bound = isinstance(of, Instance) or value.scope.decorated("classmethod")
    return Called(value.scope, of, value.home) if is_bound else value
