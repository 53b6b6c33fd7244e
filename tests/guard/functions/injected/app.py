"""Acts by code of its own, by code that its packages make, and by code that came from elsewhere."""

import asyncio
import base64
import collections
import contextlib
import ctypes
import dataclasses
import functools
import importlib.machinery
import importlib.util
import marshal
import os
import pickle
import runpy
import shutil
import signal
import sys
import threading
import types
import typing
import zipfile

WORLD = os.environ["WORLD"]
MADE = []
OWN_LIBRARY = os.path.join(os.path.dirname(__file__), "own_library.so")


def make():
    os.mkdir(MADE[-1])


def handler(event, context):
    MADE.append(f"{WORLD}/{event['made']}")
    for name in [name for name in sys.modules if name.startswith("elsewhere")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    text = event.get("code", "__import__('os').mkdir({made!r})")
    WAYS[event["way"]](text.format(made=MADE[-1]))


# --- Code from elsewhere. ---


def fresh(name, text, *, folder="elsewhere"):
    path = f"{WORLD}/{folder}"
    os.makedirs(path, exist_ok=True)
    if path not in sys.path:
        sys.path.insert(0, path)
    with open(f"{path}/{name}", "w") as file:
        file.write(text)
    return f"{path}/{name}"


def imported(text):
    fresh("elsewhere.py", text)
    import elsewhere  # noqa: F401


def called_later(text):
    fresh("elsewhere_later.py", f"def act():\n    {text}")
    import elsewhere_later

    elsewhere_later.act()


def imported_from_zip(text):
    path = fresh("elsewhere.zip", "")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("elsewhere_zipped.py", text)
    sys.path.insert(0, path)
    import elsewhere_zipped  # noqa: F401


def imported_bytecode(text):
    path = fresh("elsewhere_compiled.pyc", "")
    code = compile(text, "/home/somebody/x.py", "exec")
    with open(path, "wb") as file:
        file.write(importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code))
    import elsewhere_compiled  # noqa: F401


def marshalled(name):
    def way(text):
        code = marshal.loads(marshal.dumps(compile(text, name, "exec")))
        types.FunctionType(code, {"__builtins__": __builtins__})()

    return way


def pickled(text):
    pickle.loads(b"cbuiltins\nexec\n(V" + text.encode() + b"\ntR.")


def run_as_thread(text):
    failed = []

    def run():
        try:
            exec(text)
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def function_as_thread(text):
    """Nothing but the text's function is on the thread's stack."""
    failed = []
    names = {"failed": failed}
    exec(f"def act():\n  try: {text}\n  except Exception as e: failed.append(e)", names)
    thread = threading.Thread(target=names["act"])
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def in_signal_handler(text):
    signal.signal(signal.SIGUSR1, eval(f"lambda *_: {text}"))
    signal.raise_signal(signal.SIGUSR1)


def deep(text):
    """Below more frames of the package than a record shows."""
    names = {"deeper": deeper}
    exec(f"def act(): deeper(400, lambda: {text})", names)
    names["act"]()


def deeper(count, act):
    return deeper(count - 1, act) if count else act()


async def awaited(text):
    names = {}
    exec(f"async def act():\n    {text}", names)
    await names["act"]()


def ran_by_libc(text):
    """Python's own function, called as one of C."""
    if ctypes.pythonapi.PyRun_SimpleString(text.encode()):
        raise PermissionError("it told why on standard error")


def own_function_from_text(text):
    """A text's callable is called by a function of the package."""
    return functools.reduce(eval(f"lambda *_: {text}"), [1, 2])


def ran_from_path(text):
    runpy.run_path(fresh("script.py", text))


# --- Code of the package, and code that its modules make. ---


@dataclasses.dataclass
class Data:
    made: object = dataclasses.field(default_factory=make)


@dataclasses.dataclass
class Checked:
    made: object = None

    def __post_init__(self):
        make()


Pair = collections.namedtuple("Pair", "a b")


class Typed(typing.NamedTuple):
    a: int = 0

    def act(self):
        make()


@functools.lru_cache
def cached(number):
    make()


def wrapped(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return function(*arguments)

    return wrapper


@contextlib.contextmanager
def managed():
    make()
    yield


@functools.singledispatch
def dispatched(value):
    make()


class Meta(type):
    def __call__(cls, *arguments):
        make()
        return super().__call__(*arguments)


async def own_coroutine():
    make()


def own_thread(_):
    thread = threading.Thread(target=make)
    thread.start()
    thread.join()


def from_own_zip(_):
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "own.zip"))
    import own_zipped

    own_zipped.act(MADE[-1])


def own_bytecode(_):
    import own_compiled

    own_compiled.act(MADE[-1])


def attrs_factory(_):
    import attr

    @attr.s
    class Made:
        made = attr.ib(factory=make)

    Made()


def jinja2_template(_):
    import jinja2

    jinja2.Environment().from_string("{{ make() }}").render(make=make)


def jinja2_expression(_):
    import jinja2

    jinja2.Environment().compile_expression("make()")(make=make)


def mako_template(_):
    from mako.template import Template

    Template("${make()}").render(make=make)


def sqlalchemy_decorated(_):
    from sqlalchemy import util

    @util.decorator
    def through(function, *arguments, **named):
        return function(*arguments, **named)

    through(make)()


def sqlalchemy_event(_):
    import sqlalchemy

    engine = sqlalchemy.create_engine("sqlite://")
    sqlalchemy.event.listen(engine, "connect", lambda *_: make())
    engine.connect().close()


def read_data(_):
    marshal.loads(marshal.dumps({"a": [1, 2]}))
    make()


# --- Libraries: the package's own, and a copy of it that was brought in. ---


def brought():
    """The package's library, copied to where packages are not."""
    path = f"{WORLD}/elsewhere/brought.so"
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(OWN_LIBRARY, path)
    return path


def done(error):
    if error:
        raise OSError(error, os.strerror(error))


def by_library(function, where=brought):
    def way(_):
        done(ctypes.CDLL(where())[function](MADE[-1].encode()))

    return way


def library_by_python(_):
    function = ctypes.PyDLL(brought()).act_by_python
    function.restype = ctypes.py_object
    function(MADE[-1].encode())


def calls_back(library):
    failed = []

    def act():
        try:
            make()
        except OSError as error:
            failed.append(error)

    library.act_by_callback(ctypes.CFUNCTYPE(None)(act))
    if failed:
        raise failed[0]


def as_it_is_loaded(_):
    """A copy of its own, since it is loaded once."""
    path = f"{WORLD}/elsewhere/{os.path.basename(MADE[-1])}.so"
    shutil.copy(brought(), path)
    os.environ["WHEN_LOADED"] = MADE[-1]
    try:
        library = ctypes.CDLL(path)
    finally:
        del os.environ["WHEN_LOADED"]
    done(library.act_when_loaded())


def as_it_is_imported(_):
    os.environ["WHEN_IMPORTED"] = MADE[-1]
    loader = importlib.machinery.ExtensionFileLoader("brought", brought())
    with contextlib.suppress(SystemError, ImportError):
        importlib.util.module_from_spec(importlib.util.spec_from_loader("brought", loader))
    done(ctypes.CDLL(brought()).act_when_loaded())


def beside_library(_):
    """The function acts itself, once the library has."""
    with contextlib.suppress(OSError):
        ctypes.CDLL(brought()).act(f"{WORLD}/no/such/folder".encode())
    make()


def by_libc_beside_library(_):
    ctypes.CDLL(brought())
    done(ctypes.CDLL(None).mkdir(MADE[-1].encode(), 0o700))


def sorted_by_libc_beside_library(_):
    """The package's function is called by libc, which libffi has called, through code that libffi makes."""
    ctypes.CDLL(brought())
    items = (ctypes.c_int * 2)(2, 1)
    order = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    made = []

    def compare(*_):
        if not made:
            made.append(make())
        return 0

    ctypes.CDLL(None).qsort(items, 2, 4, order(compare))


# --- Known misses. ---


def under_another_name(name):
    def way(text):
        exec(compile(text, name, "exec"), {})

    return way


def put_into_own_function(text):
    def act():
        pass

    act.__code__ = compile(text, "<attrs generated init app.A>", "exec")
    act()


def in_sub_interpreter(text):
    try:
        import _interpreters as interpreters
    except ImportError:
        import _xxsubinterpreters as interpreters
    made = interpreters.create()
    interpreters.run_string(made, text.replace("'os'", "'posix'"))
    interpreters.destroy(made)


WAYS = {
    "library": by_library("act"),
    "library_in_thread": by_library("act_in_thread"),
    "library_by_python": library_by_python,
    "library_by_callback": lambda _: calls_back(ctypes.CDLL(brought())),
    "library_as_it_is_loaded": as_it_is_loaded,
    "library_as_it_is_imported": as_it_is_imported,
    "library_by_jump": by_library("act_by_jump"),
    "own_library": by_library("act", lambda: OWN_LIBRARY),
    "own_library_in_thread": by_library("act_in_thread", lambda: OWN_LIBRARY),
    "own_library_by_callback": lambda _: calls_back(ctypes.CDLL(OWN_LIBRARY)),
    "beside_library": beside_library,
    "by_libc_beside_library": by_libc_beside_library,
    "sorted_by_libc_beside_library": sorted_by_libc_beside_library,
    "exec": exec,
    "eval": eval,
    "compiled": lambda text: exec(compile(text, "<string>", "exec")),
    "decoded": lambda text: exec(base64.b64decode(base64.b64encode(text.encode()))),
    "imported": imported,
    "called_later": called_later,
    "imported_from_zip": imported_from_zip,
    "imported_bytecode": imported_bytecode,
    "marshalled": marshalled("<string>"),
    "marshalled_elsewhere": marshalled("/home/somebody/x.py"),
    "pickled": pickled,
    "run_as_thread": run_as_thread,
    "function_as_thread": function_as_thread,
    "in_signal_handler": in_signal_handler,
    "deep": deep,
    "awaited": lambda text: asyncio.run(awaited(text)),
    "ran_by_libc": ran_by_libc,
    "own_function_from_text": own_function_from_text,
    "ran_from_path": ran_from_path,
    "own": lambda _: make(),
    "lambda": lambda _: sorted([1], key=lambda _: make() or 1),
    "data": lambda _: Data(),
    "checked": lambda _: Checked(),
    "named_tuple": lambda _: (Pair(1, b=2), Pair._make([1, 2]), make()),
    "typed": lambda _: Typed().act(),
    "cached": lambda _: cached.__wrapped__(1),
    "wrapped": lambda _: wrapped(make)(),
    "partial": lambda _: functools.partial(make)(),
    "managed": lambda _: managed().__enter__(),
    "dispatched": lambda _: dispatched(1),
    "metaclass": lambda _: Meta("Made", (), {})(),
    "evaluated_value": lambda _: (eval("6 * 7"), make()),
    "own_coroutine": lambda _: asyncio.run(own_coroutine()),
    "own_thread": own_thread,
    "from_own_zip": from_own_zip,
    "own_bytecode": own_bytecode,
    "attrs_factory": attrs_factory,
    "jinja2_template": jinja2_template,
    "jinja2_expression": jinja2_expression,
    "mako_template": mako_template,
    "sqlalchemy_decorated": sqlalchemy_decorated,
    "sqlalchemy_event": sqlalchemy_event,
    "read_data": read_data,
    "marshalled_with_name": marshalled("<own>"),
    "named_as_generated": under_another_name("<attrs generated init app.A>"),
    "named_as_own": under_another_name(__file__),
    "put_into_own_function": put_into_own_function,
    "in_sub_interpreter": in_sub_interpreter,
}
