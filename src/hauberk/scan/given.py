"""What calls of the standard library and of boto3 give: texts, paths, drawn names, clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hauberk.scan.acts import CLIENTS
from hauberk.scan.combine import elements
from hauberk.scan.paths import base, drawn, folder, made_of_drawn, of_path_method, paths
from hauberk.scan.text import Hole, Text, joined, text_of
from hauberk.scan.text_methods import dated, of_text_method
from hauberk.scan.value import (
    UNKNOWN,
    Arguments,
    External,
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

Environment = Mapping[str, str | None]  # None: it is set, to what is not known
_TMP = "/tmp"  # noqa: S108 - Lambda's

# Calls whose answer is of a known type, however it is written.
TYPED = {
    "uuid.uuid1": "uuid",
    "uuid.uuid4": "uuid",
    "time.time": "number",
    "time.time_ns": "number",
    "time.monotonic": "number",
    "builtins.len": "number",
    "builtins.int": "number",
    "builtins.round": "number",
    "os.getpid": "number",
    "random.randint": "number",
    "random.randrange": "number",
    "datetime.date.today": "date",
    "secrets.token_hex": "hex",
}
SAME = frozenset(
    ("os.path.abspath", "os.path.realpath", "os.path.normpath", "os.fspath", "asyncio.run", "copy.copy",
     "copy.deepcopy", "builtins.list", "builtins.tuple", "contextlib.closing", "asyncio.create_task",
     "asyncio.ensure_future", "typing.cast", "sqlalchemy.make_url", "sqlalchemy.engine.make_url",
     "sqlalchemy.engine.url.make_url")
)  # fmt: skip
_SESSIONS = frozenset(
    ("boto3.Session", "boto3.session.Session", "aioboto3.Session", "botocore.session.get_session",
     "botocore.session.Session", "aiobotocore.session.get_session", "aiobotocore.session.AioSession",
     "aiobotocore.get_session")
)  # fmt: skip


def given(name: str, arguments: Arguments, environment: Environment | None) -> Values:
    """Give what a call of an external function answers, as far as that is known."""
    if name in TYPED:
        return typed(TYPED[name])
    if name in SAME:
        return arguments.get(1 if name == "typing.cast" else 0) or UNKNOWN
    if name in ("os.getenv", "os.environ.get"):
        fallback = arguments.get(1, "default")
        return either(
            variable(one, fallback, environment) for one in texts(arguments.get(0, "key"))
        )
    if name in ("boto3.client", "boto3.resource"):
        return client(name.partition(".")[2], arguments, environment, None)
    made = _MADE.get(name)
    return made(arguments) if made else UNKNOWN


def client(
    kind: str, arguments: Arguments, environment: Environment | None, session: Made | None
) -> Values:
    """Make a client, or the service of a resource."""
    of_session = session.get("region") if session and dict(session.of).get("region") else None
    region = arguments.get(None, "region_name") or of_session or region_of(environment)
    account = (environment or {}).get("AWS_ACCOUNT_ID", "")
    named = texts(arguments.get(0, "service_name"))
    more = (("resource", frozenset((Text(),))),) if kind == "resource" else ()
    owned = (("account", frozenset((text_of(account),))),) if account else ()
    return frozenset(
        Made(kind, (("service", frozenset((one,))), ("region", region), *owned, *more))
        for one in named
    )


def region_of(environment: Environment | None) -> Values:
    """Give the region that the function runs in."""
    known = environment or {}
    found = known.get("AWS_REGION") or known.get("AWS_DEFAULT_REGION")
    return frozenset((text_of(found) if found else Text((Hole("region"),)),))


def variable(name: Text, fallback: Values | None, environment: Environment | None) -> Values:
    """Give a variable of the function: its value, where the variables are known, or a hole of its name."""
    known = name.whole
    if known in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        return region_of(environment)
    unknown: Values = frozenset((Text((Hole("", f"${known}" if known else ""),)),))
    if environment is None or known is None:
        return either((unknown, fallback)) if fallback else unknown
    if known not in environment:
        return fallback or unknown
    value = environment[known]
    return unknown if value is None else frozenset((text_of(value),))


def entered(value: Value) -> Values:
    """Give what `with` gives of an external object."""
    if isinstance(value, Made) and value.type == "folder":
        return value.get("text")
    return frozenset((value,))


def attribute(value: Value, name: str) -> Values | None:
    """Give an attribute of a text or of a made object; None where it is a method, or not known."""
    if isinstance(value, Made) and value.type == "path" and name in ("parent", "parents"):
        return frozenset(
            Made("path", (("text", frozenset((folder(one),))),)) for one in texts(value.get("text"))
        )
    if isinstance(value, Made) and value.type in ("file", "folder") and name == "name":
        return value.get("text")
    if isinstance(value, Made) and value.type == "typed" and name == "hex":
        return typed("hex")
    return None


def method(value: Value, name: str, arguments: Arguments) -> Values:
    """Give what a method of a text, a path or a dictionary answers."""
    if isinstance(value, Table):
        return _of_table(value, name, arguments)
    if isinstance(value, Made) and value.type == "path":
        return of_path_method(value, name, arguments)
    if isinstance(value, Text):
        return of_text_method(value, name, arguments)
    if name == "strftime":
        return either(dated(one) for one in texts(arguments.get(0)))
    return typed("time") if name == "isoformat" else UNKNOWN


def _of_table(value: Table, name: str, arguments: Arguments) -> Values:
    if name in ("get", "pop", "setdefault") and arguments.positional:
        fallback = arguments.get(1, "default")
        return either((item(value, arguments.get(0)), *([fallback] if fallback else [])))
    return frozenset((value,)) if name == "copy" else UNKNOWN


def subscript(value: Value, at: Values, environment: Environment | None) -> Values:
    """Give an item of whatever has items: the variables, an event, a list, a dictionary."""
    if value == External("os.environ"):
        return either(variable(one, None, environment) for one in texts(at))
    if isinstance(value, Unknown):
        return frozenset((value,))
    return item(value, at) if isinstance(value, (Items, Table)) else UNKNOWN


def item(value: Value, at: Values | None) -> Values:
    """Give an item of a list or a dictionary."""
    keys = [one.whole for one in texts(at)]
    if isinstance(value, Table):
        if value.is_whole and value.entries and any(key is None for key in keys):
            return either(one for _, one in value.entries)  # any of them
        found = [dict(value.entries).get(key or "") for key in keys]
        whole = [one for one in found if one is not None]
        return either(whole) if len(whole) == len(found) and found else UNKNOWN
    if isinstance(value, Items) and keys and all(one and one.lstrip("-").isdigit() for one in keys):
        places = [int(one or 0) for one in keys]
        if all(-len(value.values) <= one < len(value.values) for one in places):
            return either(value.values[one] for one in places)
        return UNKNOWN
    return either(value.values) if isinstance(value, Items) and value.values else UNKNOWN


def typed(kind: str) -> Values:
    """Give a value of which the type is known."""
    return frozenset((Made("typed", (("type", frozenset((text_of(kind),))),)),))


def _url_joined(arguments: Arguments) -> Values:
    rest = texts(arguments.get(1, "url"))
    bases = texts(arguments.get(0, "base"))
    return (
        frozenset(
            joined((one, text_of("/"), rest[0]))
            if "://" in one.start and len(rest) == 1
            else Text((Hole(),))
            for one in bases
        )
        or UNKNOWN
    )


def _split(arguments: Arguments) -> Values:
    wholes = [one.whole for one in texts(arguments.get(0))]
    if len(wholes) != 1 or wholes[0] is None:
        return UNKNOWN
    return frozenset((Items(tuple(frozenset((text_of(one),)) for one in wholes[0].split())),))


def _session(arguments: Arguments) -> Values:
    region = arguments.get(None, "region_name")
    return frozenset((Made("session", (("region", region),) if region else ()),))


def _any_order(arguments: Arguments) -> Values:
    return either(some_of(elements(one)) for one in arguments.get(0) or UNKNOWN)


def _database_url(arguments: Arguments) -> Values:
    """What SQLAlchemy's URL is made of, as far as it says where a database is."""
    parts = (("driver", 0, "drivername"), ("host", 3, "host"), ("port", 4, "port"))
    given = ((part, arguments.get(place, name)) for part, place, name in parts)
    return frozenset((Made("database", tuple((part, one or frozenset()) for part, one in given)),))


def _http_client(name: str) -> Callable[[Arguments], Values]:
    return lambda arguments: frozenset((Made(name),))


_MADE: Mapping[str, Callable[[Arguments], Values]] = {
    **dict.fromkeys(("builtins.sorted", "builtins.reversed", "builtins.set"), _any_order),
    "builtins.str": lambda one: frozenset(texts(one.get(0))) or UNKNOWN,
    **dict.fromkeys(_SESSIONS, _session),
    **{name: _http_client(name) for name in CLIENTS},
    "os.path.join": lambda one: either(
        made.get("text") for made in paths(list(one.positional)) if isinstance(made, Made)
    ),
    "os.path.dirname": lambda one: frozenset(folder(each) for each in texts(one.get(0))) or UNKNOWN,
    "os.path.basename": base,
    "os.getcwd": lambda one: frozenset((text_of("/var/task"),)),
    "tempfile.gettempdir": lambda one: frozenset((text_of(_TMP),)),
    "tempfile.mkdtemp": lambda one: drawn(one, 1, 0, 2),
    "tempfile.mktemp": lambda one: drawn(one, 1, 0, 2),
    "tempfile.mkstemp": lambda one: frozenset((Items((UNKNOWN, drawn(one, 1, 0, 2))),)),
    "tempfile.NamedTemporaryFile": made_of_drawn("file", 5, 4, 6),
    "tempfile.TemporaryDirectory": made_of_drawn("folder", 1, 0, 2),
    "pathlib.Path": lambda one: paths(list(one.positional) or [frozenset((text_of("."),))]),
    "pathlib.PurePath": lambda one: paths(list(one.positional)),
    "pathlib.Path.cwd": lambda one: paths([frozenset((text_of("/var/task"),))]),
    "urllib.request.Request": lambda one: frozenset(
        (Made("request", (("url", one.get(0, "url") or UNKNOWN),)),)
    ),
    "urllib.parse.urljoin": _url_joined,
    **dict.fromkeys(
        (
            "sqlalchemy.URL.create",
            "sqlalchemy.engine.URL.create",
            "sqlalchemy.engine.url.URL.create",
        ),
        _database_url,
    ),
    "shlex.split": _split,
    "datetime.datetime.now": lambda one: frozenset((Unknown("now"),)),
}
