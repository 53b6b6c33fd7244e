"""Asks a database by texts that say otherwise of themselves."""

import sqlite3


def handler(event, context):
    try:
        return {"value": globals()[event["act"]](f"SELECT 'a' WHERE 'a' = '{event['text']}'")}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def asked(statement):
    return sqlite3.connect(":memory:").execute(statement).fetchall()


def text_that_encodes_otherwise(statement):
    class Text(str):
        def encode(self, *_):
            return b"SELECT 1"

    return asked(Text(statement))


def text_that_composes_otherwise(statement):
    class Text(str):
        def as_string(self, _):
            return "SELECT 1"

        def as_bytes(self, _):
            return None

    return asked(Text(statement))


def text_of_a_class(statement):
    return asked(type("Text", (str,), {})(statement))
