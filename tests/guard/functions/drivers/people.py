"""The people that are asked for, and where their databases are."""

import os

FILE = os.path.join(os.environ["WORLD"], "people.db")
LITERAL = "SELECT name FROM people WHERE name = '{}'"


def names(rows):
    return sorted(row[0] for row in rows)


def place(server):
    return {"host": "127.0.0.1", "port": int(os.environ[f"{server}_PORT"])}
