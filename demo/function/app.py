"""The orders of a small web shop, behind an API Gateway HTTP API."""

import base64
import json

import carts
import exports
import orders
import pictures
import prices
import receipts


def list_orders(event):
    query = event.get("queryStringParameters") or {}
    return orders.find(customer(event), query.get("status", "open"), query.get("q", ""))


def one_order(event):
    return orders.one(customer(event), event["pathParameters"]["id"])


def receipt(event):
    query = event.get("queryStringParameters") or {}
    order = one_order(event)
    return order and {"receipt": receipts.render(order, query.get("template", "plain.txt"))}


def send_receipt(event):
    wanted = body(event)
    order = one_order(event)
    return order and receipts.send(order, wanted.get("template", "plain.txt"), wanted["to"])


def price(event):
    query = event.get("queryStringParameters") or {}
    return prices.ask(event["pathParameters"]["sku"], query.get("supplier"))


def new_picture(event):
    wanted = body(event)
    return pictures.add(wanted["name"], base64.b64decode(wanted["picture"]))


def export(event):
    return exports.pack(orders.find(customer(event), "shipped"), event["pathParameters"]["format"])


def save_cart(event):
    return {"saved": carts.save(body(event)["items"])}


def restore_cart(event):
    return carts.restore(body(event)["saved"])


ROUTES = {
    "GET /orders": list_orders,
    "GET /orders/{id}": one_order,
    "GET /orders/{id}/receipt": receipt,
    "POST /orders/{id}/receipt": send_receipt,
    "GET /prices/{sku}": price,
    "GET /exports/{format}": export,
    "POST /pictures": new_picture,
    "POST /carts": save_cart,
    "POST /carts/restore": restore_cart,
}


def handler(event, context):
    route = ROUTES.get(event["routeKey"])
    found = route(event) if route else None
    return {
        "statusCode": 404 if found is None else 200,
        "headers": {"content-type": "application/json; charset=utf-8"},
        "body": json.dumps(found, ensure_ascii=False),
    }


def customer(event):
    return event["requestContext"]["authorizer"]["jwt"]["claims"]["name"]


def body(event):
    text = event["body"]
    return json.loads(base64.b64decode(text) if event.get("isBase64Encoded") else text)
