"""The native core for CPython: `native/python`."""

from collections.abc import Callable, Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any

class Judge:
    """A compiled policy that answers about activities and detections."""

    def __new__(cls, compiled: bytes) -> Judge:
        """Read a compiled policy (JSON); raises ValueError where it cannot be used."""
    def judge(self, kind: str, operation: str, target: str) -> tuple[str, str]:
        """Give the action (`allow`, `alert`, `block`) and the reason for one activity."""
    def judge_suspicion(
        self, protection: str, detector: str, confidence: int, path: str, matched: bytes
    ) -> tuple[str, str]:
        """Give the action and the reason for what a detector saw in an input, or in the target of an activity."""

class Inspector:
    """The firewall of a function with some policy."""

    def __new__(cls, compiled: bytes | None = None, lists: Sequence[bytes] = ()) -> Inspector:
        """Read a compiled policy (JSON), None for the built-in one in `prevent`, and lists of sources."""
    @property
    def missing_lists(self) -> list[str]:
        """Names of the lists that the policy names and that were not given."""
    def inspect(self, event: bytes) -> tuple[str, list[dict[str, Any]], int]:
        """Give the verdict on an event, its detections, and how many inputs were not fully inspected."""
    def answer(self, event: bytes) -> tuple[str, list[dict[str, Any]], int, str]:
        """Do as `inspect`, and say what sent the event."""

class SourceList:
    """A compiled list of malicious sources."""

    def __new__(cls, content: bytes) -> SourceList:
        """Read a compiled list; raises ValueError."""
    @property
    def about(self) -> str:
        """What it says of itself, as JSON."""
    @property
    def day(self) -> str:
        """The day that it is of."""
    @property
    def size(self) -> tuple[int, int, int]:
        """Prefixes of IPv4, prefixes of IPv6, bytes in memory."""
    def age_days(self, now_s: int) -> int:
        """Tell how old it is."""
    def prefix_of(self, address: str) -> str | None:
        """Give the prefix that an address is in; raises ValueError where the text is no address."""

class EventGate:
    """`handle_event_request` of AWS's runtime client, whose event is looked at before its handler may see it."""

    def __init__(
        self, handle: Callable[..., Any], refuse: Callable[[str, str | None], Callable[..., Any]]
    ) -> None: ...
    def __call__(self, *arguments: Any, **named: Any) -> Any: ...

class WatchedFunction:
    """A function with what is asked before it, which may raise, and what is told after it; leaves no frame."""

    def __init__(
        self,
        original: Callable[..., Any],
        before: Callable[..., None] | None = None,
        after: Callable[[Any, tuple[Any, ...], dict[str, Any] | None], None] | None = None,
    ) -> None:
        """Watch `original`; `before` gets its arguments, `after` its answer and its arguments."""
    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call the original."""

class WatchedMethod(WatchedFunction):
    """A watched function of a class, which binds to its instance."""

def flow(sink: str, resource: Sequence[bytes], input: bytes, dialect: str = "any") -> str | None:
    """Say how `input`, a JSON value, changes the syntax of `resource` (of `exec`: its arguments) at a sink."""

def scan(text: bytes) -> list[tuple[str, int, list[str], int, int]]:
    """Give what the firewall sees in one text: detector, confidence, rules, start, end."""

def ngrams(text: bytes) -> list[int]:
    """Give the features of a text that the resemblance model is trained with; none where it is not read."""

def resemblance(text: bytes) -> list[float] | None:
    """Say how much a text resembles each family of attacks, 0 in the middle; None where it is not read."""

def argument_shape(program: bytes, arguments: list[bytes]) -> str:
    """Give the shape of the arguments that a program is started with, as the guard has it where no value is secret."""

def rules() -> list[tuple[str, str, int, int, str, str]]:
    """Give every rule of the firewall: detector, id, confidence, CWE, what is said of a hit, why it is an attack."""

def inputs(event: bytes) -> list[tuple[str, bytes]]:
    """Give the inputs of an event: path and text (generalised UTF-8) each."""

def trigger(event: bytes) -> str:
    """Say what sent an event: `sqs`, `http-api`; `direct` where its fields tell of nobody."""

def open_policy(value: str, trusted: Sequence[str] = ()) -> tuple[bytes, str]:
    """Give the compiled policy in a variable's value, verified, and its key's fingerprint; raises ValueError."""

def draw_sources(prefixes: str, exceptions: str, private: bool, most: bool) -> tuple[bytes, int]:
    """Make a list's set from lines; give it and how many were not public; raises ValueError(what, which or None)."""

def arm(surroundings: Mapping[str, Any]) -> tuple[str, str | None, dict[str, str], list[str]]:
    """Read the policy and install the audit hook; give the mode, what is wrong, lists' coverage and their words."""

def is_walled() -> bool: ...
def announce(
    is_refused: bool, message: str, coverage: Mapping[str, str], gaps: Sequence[str]
) -> None:
    """Say what the guard covers, and what of it is a gap, once a process; raises RuntimeError after that."""

def fault(message: str) -> None:
    """Tell of a fault of the guard's own."""

def renew(why: str) -> None:
    """Draw anew what the records of this process are known by, and announce it; raises RuntimeError after an event."""

def watch_lookup(function: object) -> WatchedFunction:
    """Watch a look-up of `_socket`: the addresses that it gives of an admitted host are this host's.

    Raises `TypeError` for every other function.
    """

def admit_text(sink: str, text: bytes, dialect: str = "") -> str | None:
    """Decide about a text that is handed to an interpreter (sql, code, template, url, xml, filter, expression)."""

def admit_api(actions: Sequence[tuple[str, str]], sink: str = "", text: bytes = b"") -> str | None:
    """Decide about an AWS API call, its actions each with a target, and a text in it that AWS interprets."""

def admit_request(ways: Sequence[Sequence[tuple[str, str]]], is_known: bool) -> str | None:
    """Decide about a request of AWS as it is sent, where none of what it may be was let pass: about the first of these.

    Where it is not known what it is, an action is the service and the method.
    """

def judge_requests(judge: Callable[[bytes, bytes, bool], str | None]) -> None:
    """Ask this function about each signed request as it is sent: its head, its body, and whether that is all of it."""

def admit_name(name: str) -> str | None:
    """Decide about a name that a deserialiser other than pickle asks for: why it is blocked, or None."""

def admit_module(name: str) -> str | None:
    """Why a module may not be looked for, None where it may: an input of this invocation chose its name."""

def admit_sent(host: str, bytes: bytes) -> str | None:
    """Decide about bytes for a host, which may hold the function's own credentials: why they are blocked, or None."""

def put(owner: object, name: str, ours: object) -> None:
    """Put ours at a name of a module or class, also of one written in C; it is looked whether it stays there."""

def keep_module(module: ModuleType) -> None:
    """Look from now on whether the names of a module of the guard's stay what they are."""

def keep_finder(finder: object, waiting: Mapping[str, Callable[[Any], None]]) -> None:
    """Look from now on whether the finder stays in `sys.meta_path`; keep what arms the sink of which module."""

def waiting_for(name: str) -> Callable[[Any], None] | None:
    """Give what arms the sink of a module, None where it has none."""

def know_client(
    module: str, clients: Sequence[CodeType] = (), ways: Sequence[CodeType] = ()
) -> None:
    """Let what the runtime client itself tells the Runtime API pass: its code, and the code that it goes through.

    `module` is `awslambdaric`, `socket` or `http.client`; of each what is said first holds.
    """

def redirect(module: ModuleType) -> None:
    """Call ours in the place of a module's functions that tell audit hooks nothing; raises where one is not known."""

def redirect_methods(kind: type) -> None:
    """Call ours in the place of a class' methods that send; raises where one is not known."""

def databases_of_query(query: bytes) -> list[bytes | int | str | None]:
    """The databases that a query of SQLite opens: by name, by a parameter's place or name, or by an expression."""

def admit_database(name: bytes | None) -> str | None:
    """Decide about a database that SQLite opens, None where its name cannot be told: why it is blocked, or None."""
