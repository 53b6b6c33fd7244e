"""Writes an order by a format string that an input is, is a part of, or fills."""

import string

SECRET = "the secret"
FORMAT = str.format


class Order:
    """What the format string is given."""

    def __init__(self):
        self.name = "Ada"
        self.price = 5.0


class Text(str):
    """A text of a class of its own."""


def handler(event, context):
    return WAYS[event["way"]](event[event["key"]], Order())


def in_a_form(text, order):
    return ("{0.name:>{1}}" + text).format(order, 5)


WAYS = {
    "format": lambda text, order: text.format(order),
    "part": lambda text, order: ("Dear {0.name}: " + text).format(order, order=order),
    "taken": FORMAT,
    "class": lambda text, order: Text(text).format(order),
    "unbound": lambda text, order: next(map(str.format, [text], [order])),
    "map": lambda text, order: text.format_map({"order": order}),
    "formatter": lambda text, order: string.Formatter().format(text, order),
    "field": lambda text, order: ("{order." + text + "}").format(order=order),
    "form": in_a_form,
    "value": lambda text, order: "{0.name}: {1}".format(order, text),
    "percent": lambda text, order: text % order.name if "%" in text else text,
}
