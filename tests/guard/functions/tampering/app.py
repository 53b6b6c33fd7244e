"""Changes pieces of the guard, or stands in front of them as libraries do; then asks a database what it should not."""

import ctypes
import functools
import gc
import http.client
import os
import sqlite3
import sys
import threading
from unittest import mock

import memory
import second_wall

BOOTSTRAP = sys.modules["awslambdaric.bootstrap"]


def handler(event, context):
    act = globals().get(event["act"]) or getattr(second_wall, event["act"])
    return act(event.get("text"))


def ask(text):
    """Where the flow rule is blind, an input is let into a statement."""
    connection = sqlite3.connect(":memory:")
    try:
        return connection.execute(f"SELECT 'a' WHERE 'a' = '{text}'").fetchall()
    except sqlite3.OperationalError as error:
        return str(error)


def nothing(_):
    return None


# --- Attacks. ---


def replaced_gate(_):
    """The runtime client's own function is called past the gate from now on."""
    gate = BOOTSTRAP.handle_event_request
    found = [one for one in gc.get_objects() if getattr(one, "__name__", "") == gate.__name__]
    own = [one for one in found if type(one).__name__ == "function"]
    BOOTSTRAP.handle_event_request = own[0]


def replaced_method(_):
    def endheaders(self, message_body=None, *, encode_chunked=False):
        self._send_output(message_body, encode_chunked=encode_chunked)

    http.client.HTTPConnection.endheaders = endheaders


def removed_method(_):
    del http.client.HTTPConnection.endheaders


def replaced_function(_):
    import _socket

    _socket.gethostbyname = lambda host: "127.0.0.1"


def replaced_judge(_):
    """What the sinks in Python ask says yes from now on."""
    sys.modules["hauberk._native"].admit_text = lambda *_: None


def replaced_part(_):
    sys.modules["hauberk.guard.sql"]._blocked = lambda *_: None


def other_code(_):
    """The function is the guard's, what it runs is not."""
    sys.modules["hauberk.guard.sql"]._blocked.__code__ = (lambda *_: None).__code__


def patched_fence(_):
    sys.modules["hauberk.guard.fence"].Fence.__exit__ = lambda *_: True


def patched_finder(_):
    sys.modules["hauberk.guard.imports"].Finder.find_spec = lambda *_: None


def lost_log(_):
    """A file object closes the guard's copy of the log."""
    is_log = os.fstat(2)
    for number in range(3, 1024):
        try:
            found = os.fstat(number)
        except OSError:
            continue
        if (found.st_dev, found.st_ino) == (is_log.st_dev, is_log.st_ino):
            open(number, "wb").close()


def named_its_own(_):
    """Has the guard watch what it put in the place of the guard's."""
    native = sys.modules["hauberk._native"]
    native.admit_text = lambda *_: None
    native.keep_module(native)


def placed_over_the_judge(_):
    """What holds the guard's own, in the place of it."""
    native = sys.modules["hauberk._native"]
    own = functools.partial(lambda *_: None, native.admit_text)
    try:
        native.put(native, "admit_text", own)
    except TypeError:
        native.admit_text = own


def placed_with_a_text_of_its_own(_):
    """Its comparison never ends, and nothing of the guard is to be looked at meanwhile."""

    class Text(str):
        def __eq__(self, other):
            threading.Event().wait()

        __hash__ = str.__hash__

    native, kind = sys.modules["hauberk._native"], http.client.HTTPConnection
    name = Text("endheaders")
    threading.Thread(target=_ignored, args=[native.put, kind, name, None], daemon=True).start()
    threading.Event().wait(0.1)
    kind.endheaders = lambda *_: None


def _ignored(call, *arguments):
    try:
        call(*arguments)
    except TypeError:
        pass


def replaced_what_it_looks_with(_):
    """Everything refers to everything, so that what stands there leads to the guard's."""
    gc.get_referents = lambda *_: gc.get_objects()
    http.client.HTTPConnection.endheaders = lambda *_: None


def placed_its_own(_):
    native, kind = sys.modules["hauberk._native"], http.client.HTTPConnection
    for own in (lambda *_: None, native.WatchedMethod(lambda *_: None)):
        try:
            native.put(kind, "endheaders", own)
        except TypeError:
            kind.endheaders = own


def placed_behind_the_gate(_):
    """What leads to the gate, and never calls it."""
    native, gate = sys.modules["hauberk._native"], BOOTSTRAP.handle_event_request
    found = [one for one in gc.get_objects() if getattr(one, "__name__", "") == gate.__name__]
    own = next(one for one in found if type(one).__name__ == "function")
    try:
        native.put(BOOTSTRAP, gate.__name__, native.WatchedFunction(own, None, lambda *_: gate))
    except TypeError:
        BOOTSTRAP.handle_event_request = own


def kept_another_finder(_):
    other = type("Finder", (), {"find_spec": lambda *_: None})()
    sys.modules["hauberk._native"].keep_finder(other, {})
    sys.meta_path[:] = [one for one in sys.meta_path if "hauberk" not in type(one).__module__]
    sys.meta_path.append(other)


def removed_finder(_):
    sys.meta_path[:] = [one for one in sys.meta_path if "hauberk" not in type(one).__module__]


def other_path(_):
    sys.meta_path = [one for one in sys.meta_path if "hauberk" not in type(one).__module__]


def unlinked_hook(_):
    """Looks in the interpreter's own state for the list of hooks, and empties it."""
    words = ctypes.POINTER(ctypes.c_size_t)
    state = ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, "_PyRuntime"))
    for at in range(state, state + 16_384, 8):
        (entry,) = memory.words(at, 1)
        if entry > 4096 and not entry % 8 and memory.is_ours(memory.words(entry, 3)):
            ctypes.cast(at, words)[0] = 0
            return


def unredirected(_):
    """The entry of a module's function in its table, as it was before the guard."""
    import posix

    entry = ctypes.cast(id(posix.open) + 16, ctypes.POINTER(ctypes.c_size_t))[0]
    ctypes.cast(entry + 8, ctypes.POINTER(ctypes.c_size_t))[0] += 1


# --- Look-alikes. ---


def wrapped_gate(_):
    """As an error tracker stands in front of each event, holding on to what it found."""
    before = BOOTSTRAP.handle_event_request

    def handle(client, request_handler, *rest, **named):
        return before(client, request_handler, *rest, **named)

    BOOTSTRAP.handle_event_request = handle


def decorated_method(_):
    kind = http.client.HTTPConnection
    before = kind.endheaders

    @functools.wraps(before)
    def endheaders(*arguments, **named):
        return before(*arguments, **named)

    kind.endheaders = endheaders


def wrapt_method(_):
    import wrapt

    wrapt.wrap_function_wrapper(
        "http.client",
        "HTTPConnection.endheaders",
        lambda call, of, words, named: call(*words, **named),
    )


def wrapper_class(_):
    class Traced:
        def __init__(self, call):
            self.call = call

        def __get__(self, of, kind=None):
            return functools.partial(self.call, of)

    http.client.HTTPConnection.endheaders = Traced(http.client.HTTPConnection.endheaders)


def mocked_and_undone(_):
    with mock.patch.object(http.client.HTTPConnection, "endheaders"):
        http.client.HTTPConnection("127.0.0.1").endheaders()


def spied(_):
    kind = http.client.HTTPConnection
    mock.patch.object(kind, "endheaders", mock.Mock(wraps=kind.endheaders)).start()


def own_finder(_):
    class Finder:
        def find_spec(self, name, path=None, target=None):
            return None

    sys.meta_path.insert(0, Finder())


def own_audit_hook(_):
    sys.addaudithook(lambda event, arguments: None)


def subclass(_):
    class Connection(http.client.HTTPConnection):
        def endheaders(self, *arguments, **named):
            return super().endheaders(*arguments, **named)


def threads(_):
    many = [threading.Thread(target=ask, args=("a",)) for _ in range(4)]
    for one in many:
        one.start()
    for one in many:
        one.join()
