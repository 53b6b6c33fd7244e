"""What a function's code reaches: each function of the package, read with what it is called with.

Sees:         calls of functions, classes and methods by any path that expressions lead along; callbacks; what nobody
              calls (a route of a framework), with parameters of which nothing is known
Does not see: calls that Python makes by itself (operators, descriptors), methods of objects that are not known
"""

from __future__ import annotations

import ast

from hauberk.model.kind import Kind
from hauberk.scan import acts, aws_calls, given
from hauberk.scan.act import Blank
from hauberk.scan.aws_methods import AWS, is_like_aws, light_arguments
from hauberk.scan.evaluate import MOST_STEPS, Evaluator
from hauberk.scan.finding import Site
from hauberk.scan.frame import Frame, anything, bound, defaults
from hauberk.scan.objects import Objects, instance, outside
from hauberk.scan.program import Program
from hauberk.scan.record import Recorder
from hauberk.scan.scope import Scope
from hauberk.scan.value import (
    NOTHING,
    UNKNOWN,
    Arguments,
    Bound,
    Called,
    External,
    Instance,
    Items,
    Made,
    Table,
    Unknown,
    Value,
    Values,
    either,
    some_of,
    texts,
)

MOST_CALLS_DEEP = 14
MOST_READINGS = 4_000
MOST_OF_ONE = 48
_RUN_LATER = frozenset(("submit", "map", "apply_async", "run_in_executor", "add_done_callback"))
_RUN_LATER_EXTERNAL = frozenset(
    ("asyncio.to_thread", "builtins.map", "functools.partial", "builtins.filter")
)


class Reach:
    """Follows calls from where it is told to begin, and records what they do."""

    def __init__(
        self, program: Program, environment: given.Environment | None, recorder: Recorder
    ) -> None:
        self._program, self._environment, self._recorder = program, environment, recorder
        self._objects = Objects(program, recorder, self._enter, self.module)
        self.evaluator = Evaluator(
            self._call, self._objects.attribute, self._objects.imported, self._own, environment
        )
        self._objects.work_with(self.evaluator)
        self._frames: dict[str, Frame] = {}
        self._answers: dict[object, Values] = {}
        self._readings: dict[Scope, int] = {}
        self._later: dict[tuple[Called, Arguments], None] = {}
        self._made: dict[Instance, None] = {}
        self._is_full = False
        self._depth = 0

    def module(self, name: str) -> Frame | None:
        """Read a module, once: the calls of its own, and of its classes' bodies."""
        if name not in self._frames:
            scope = self._program.scope(name)
            if scope is None:
                return None
            self._frames[name] = Frame(scope, {}, None)
            self._body(self._frames[name])
        return self._frames[name]

    def _body(self, frame: Frame) -> None:
        self._work(frame)
        for one in frame.scope.inner:
            if one.is_class:
                self._body(Frame(one, {}, frame))

    def _work(self, frame: Frame) -> None:
        for node in frame.scope.calls:
            self.evaluator.value(node, frame)

    @property
    def is_spent(self) -> bool:
        """Whether there was more to work out than is worked out."""
        return self._is_full or self.evaluator.steps > MOST_STEPS

    def was_read(self, scope: Scope) -> bool:
        """Whether a function was read."""
        return scope in self._readings

    def start(self, name: str, home: Frame) -> bool:
        """Read the handler; say whether there is one."""
        found = [
            one for one in self.evaluator.name(name, home) if isinstance(one, (Called, Instance))
        ]
        for one in found:
            calls = (
                self._objects.attribute(one, "__call__", home, None)
                if isinstance(one, Instance)
                else [one]
            )
            for each in calls:
                if isinstance(each, Called) and not each.scope.is_class:
                    self._enter(
                        each, anything(each.scope, *([""] if each.self else []), "event", "context")
                    )
        return bool(found)

    def begin(self, scope: Scope, home: Frame) -> None:
        """Read a function as if it were called, with arguments of which nothing is known."""
        is_method = home.scope.is_class and not scope.decorated("staticmethod")
        self_: Value | None = None
        if is_method:
            outer = Called(home.scope, None, home.home)
            self_ = outer if scope.decorated("classmethod") else instance(home)
        self._enter(Called(scope, self_, home), anything(scope))

    def _call(self, node: ast.Call, frame: Frame) -> Values:
        arguments = self._arguments(node, frame)
        site = Site(frame.scope.file, node.lineno)
        return either(
            self._called(one, arguments, site, frame)
            for one in self.evaluator.value(node.func, frame)
        )

    def _arguments(self, node: ast.Call, frame: Frame) -> Arguments:
        positional: list[Values] = []
        named: dict[str, Values] = {}
        is_whole = True
        for one in node.args:
            found = self.evaluator.value(one, frame)
            if isinstance(one, ast.Starred):
                inner = [each for each in found if isinstance(each, Items)]
                is_whole = is_whole and len(inner) == len(found) == 1
                positional += inner[0].values if len(inner) == 1 else ()
            else:
                positional.append(found)
        for keyword in node.keywords:
            found = self.evaluator.value(keyword.value, frame)
            if keyword.arg is not None:
                named[keyword.arg] = found
                continue
            tables = [each for each in found if isinstance(each, Table)]
            is_whole = is_whole and len(tables) == len(found) == 1 and tables[0].is_whole
            named.update(tables[0].entries if len(tables) == 1 else ())
        return light_arguments(Arguments(tuple(positional), tuple(named.items()), is_whole))

    def _called(self, value: Value, arguments: Arguments, site: Site, frame: Frame) -> Values:
        if isinstance(value, External):
            return self._external(value.name, arguments, site, frame)
        if isinstance(value, Called):
            return self._own(value, arguments)
        if isinstance(value, Bound):
            return self._method(value, arguments, site)
        if isinstance(value, Instance):
            return either(
                self._called(one, arguments, site, frame)
                for one in self._objects.attribute(value, "__call__", frame, None)
                if isinstance(one, Called)
            )
        self._callbacks(arguments)
        return frozenset((value,)) if isinstance(value, Unknown) else UNKNOWN

    def _own(self, value: Called, arguments: Arguments) -> Values:
        if not value.scope.is_class:
            return self._enter(value, arguments)
        made = Instance(value.scope, arguments, value.home)
        self._made.setdefault(made)
        for one in self._objects.of_class(value.scope, "__init__", made, value.home):
            if isinstance(one, Called):
                self._enter(one, arguments)
        return frozenset((made,))

    def _external(self, name: str, arguments: Arguments, site: Site, frame: Frame) -> Values:
        if name in ("builtins.getattr", "operator.attrgetter") and len(arguments.positional) > 1:
            wanted = [one.whole for one in texts(arguments.positional[1])]
            if len(wanted) == 1 and wanted[0] is not None:
                of = arguments.positional[0]
                return either(self._objects.attribute(one, wanted[0], frame, None) for one in of)
            return UNKNOWN
        if name in ("importlib.import_module", "builtins.__import__"):
            for one in texts(arguments.get(0)):
                if one.whole is not None:
                    return self._objects.imported(frame.scope, one.whole, "", 0)
        self._recorder.add(acts.of_call(name, arguments), site)
        if name in aws_calls.WRAPPERS:
            self._recorder.add(aws_calls.of_wrapper(name, arguments), site)
        if name in ("boto3.client", "boto3.resource"):
            self._recorder.add(aws_calls.of_endpoint(arguments), site)
        self._tell_if_like_aws(name.rpartition(".")[2], arguments, site)
        self._callbacks(arguments, is_run=name in _RUN_LATER_EXTERNAL)
        return given.given(name, arguments, self._environment)

    def _method(self, value: Bound, arguments: Arguments, site: Site) -> Values:
        of, name = value.of, value.name
        if isinstance(of, Made) and of.type in AWS:
            found, answer = AWS[of.type](of, name, arguments)
            self._recorder.add(found, site)
            return answer
        if (
            isinstance(of, Made)
            and of.type == "session"
            and name in ("client", "resource", "create_client")
        ):
            kind = "resource" if name == "resource" else "client"
            self._recorder.add(aws_calls.of_endpoint(arguments), site)
            return given.client(kind, arguments, self._environment, of)
        if isinstance(of, Made):
            self._recorder.add(acts.of_method(of, name, arguments), site)
        if isinstance(of, Unknown):
            self._tell_if_like_aws(name, arguments, site)
        self._callbacks(arguments, is_run=name in _RUN_LATER)
        return given.method(of, name, arguments)

    def _tell_if_like_aws(self, name: str, arguments: Arguments, site: Site) -> None:
        if is_like_aws(name, arguments):
            what = f"looks like AWS's {name}, of a client that is not known"
            self._recorder.add([Blank(Kind.API, what)], site)

    def _callbacks(self, arguments: Arguments, *, is_run: bool = False) -> None:
        """Functions that are handed on are called by others, with what is handed on with them or with anything."""
        for index, values in enumerate(
            (*arguments.positional, *(one for _, one in arguments.named))
        ):
            for one in values:
                if isinstance(one, Called) and not one.scope.is_class:
                    rest = arguments.positional[index + 1 :] if is_run and index == 0 else None
                    own = Arguments(tuple(rest)) if rest else anything(one.scope)
                    self._enter(one, own)

    def _enter(self, called: Called, arguments: Arguments) -> Values:
        """Read a function with arguments; in too many ways, with any; too deep, later."""
        if self._readings.get(called.scope, 0) >= MOST_OF_ONE:
            arguments = anything(called.scope)
        key = (called, arguments)
        if key in self._answers:
            return self._answers[key]
        if self._depth >= MOST_CALLS_DEEP:
            self._later.setdefault((called, anything(called.scope)))
            return UNKNOWN
        if len(self._answers) >= MOST_READINGS:
            self._is_full = True
            return UNKNOWN
        self._answers[key] = UNKNOWN
        self._readings[called.scope] = self._readings.get(called.scope, 0) + 1
        self._depth += 1
        try:
            found = self._read(called, arguments)
        finally:
            self._depth -= 1
        self._answers[key] = found
        return found

    def finish(self) -> None:
        """Read what was put off, and of objects that were made the methods that nobody was seen to call."""
        done: set[Instance] = set()
        while self._later or len(done) < len(self._made):
            while self._later:
                called, arguments = next(iter(self._later))
                del self._later[called, arguments]
                self._enter(called, arguments)
            for one in [each for each in self._made if each not in done]:
                done.add(one)
                for method in self._objects.methods(one):
                    if not self.was_read(method.scope):
                        self._enter(method, anything(method.scope))

    def _read(self, called: Called, arguments: Arguments) -> Values:
        scope, home = called.scope, called.home
        parameters, missing = bound(called, arguments)
        if missing:
            known = defaults(scope)
            at = home or Frame(scope, {}, None)
            for name in missing:
                parameters[name] = (
                    self.evaluator.value(known[name], at) if name in known else UNKNOWN
                )
        frame = Frame(scope, parameters, outside(home))
        self._work(frame)
        if scope.yields:
            values = [self.evaluator.value(one, frame) for one in scope.yields]
            is_context = scope.decorated("contextmanager", "asynccontextmanager")
            return either(values) if is_context else some_of(either(values))
        return (
            either(self.evaluator.value(one, frame) for one in scope.returns)
            if scope.returns
            else NOTHING
        )
