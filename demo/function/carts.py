"""Shopping carts: the browser keeps them, saved as text."""

import base64
import pickle
from decimal import Decimal


def save(items):
    cart = [(item["sku"], item["count"], Decimal(item["price"])) for item in items]
    return base64.b64encode(pickle.dumps(cart, protocol=4)).decode()


def restore(saved):
    cart = pickle.loads(base64.b64decode(saved))
    total = sum(count * price for _, count, price in cart)
    return {"items": [sku for sku, _, _ in cart], "total": str(total)}
