"""Normal requests: every route, with names, prices and signs as people write them."""

import base64
import pickle
from decimal import Decimal

from demo.api_gateway import Call
from demo.neighbours import Neighbours
from demo.picture import gradient

ADA = "Ada Lovelace"
SIOBHAN = "Siobhán O'Brien"
HANAKO = "山田 花子"
JUERGEN = "Jürgen Groß"
PRICE = "GET /prices/{sku}"
RECEIPT = "/orders/{id}/receipt"
CUSTOMERS = (ADA, SIOBHAN, "Grace Hopper", HANAKO, JUERGEN)


def normal(neighbours: Neighbours) -> tuple[Call, ...]:
    """The requests of an ordinary morning."""
    calls = (*_orders(), *_receipts(), *_prices(), *_pictures(), *_carts())
    # Where hosts have no names they are this machine: whoever has a function ask there is an attacker.
    return (*calls, *_chosen_hosts(neighbours)) if neighbours.have_names else calls


def probe() -> Call:
    """The request that shows after an attack that the shop still serves."""
    return Call("GET /orders/{id}", ADA, path={"id": "A-1001"})


def _orders() -> tuple[Call, ...]:
    return (
        probe(),
        Call("GET /orders/{id}", ADA, path={"id": "A-1005"}),  # another customer's: 404
        Call("GET /orders", ADA),
        Call("GET /orders", SIOBHAN, query={"q": "O'Brien"}),
        Call("GET /orders", HANAKO, query={"status": "shipped", "q": "抹茶"}),
        Call("GET /exports/{format}", ADA, path={"format": "gz"}),
        Call("GET /exports/{format}", SIOBHAN, path={"format": "sha256"}),
    )


def _receipts() -> tuple[Call, ...]:
    route = f"GET {RECEIPT}"
    return (
        Call(route, ADA, path={"id": "A-1001"}),
        Call(route, SIOBHAN, path={"id": "A-1003"}, query={"template": "notes..txt"}),
        Call(route, JUERGEN, path={"id": "A-1007"}, query={"template": "grüße.txt"}),
    )


def _prices() -> tuple[Call, ...]:
    return (Call(PRICE, ADA, path={"sku": "teapot"}),)


def _chosen_hosts(neighbours: Neighbours) -> tuple[Call, ...]:
    """Requests that say where the shop is to ask."""
    to = f"http://{neighbours.books}/receipts?year=2026"
    return (
        Call(PRICE, ADA, path={"sku": "Füller, 100 %"}, query={"supplier": neighbours.south}),
        Call(
            f"POST {RECEIPT}", ADA, path={"id": "A-1002"}, body={"template": "gift.txt", "to": to}
        ),
    )


def _pictures() -> tuple[Call, ...]:
    picture = base64.b64encode(gradient(160, 120)).decode()
    names = ("teapot.png", "O'Brien & Söhne (2).png")
    return tuple(
        Call("POST /pictures", SIOBHAN, body={"name": name, "picture": picture}) for name in names
    )


def _carts() -> tuple[Call, ...]:
    items = [{"sku": "tea", "count": 2, "price": "18.50"}, {"sku": "cup", "count": 1, "price": "4"}]
    saved = pickle.dumps([("gear", 3, Decimal("7.25"))], protocol=4)
    return (
        Call("POST /carts", ADA, body={"items": items}),
        Call("POST /carts/restore", ADA, body={"saved": base64.b64encode(saved).decode()}),
    )
