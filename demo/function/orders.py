"""Orders, in SQLite; the database is filled when the environment starts."""

import os
import sqlite3

HERE = os.path.dirname(os.path.abspath(__file__))
DATABASE = os.path.join(os.environ.get("TMPDIR", "/tmp"), "orders.db")
COLUMNS = "id, item, total, status"


def create():
    if os.path.exists(DATABASE):
        os.remove(DATABASE)
    with open(os.path.join(HERE, "orders.sql"), encoding="utf-8") as script:
        connection = sqlite3.connect(DATABASE)
        connection.executescript(script.read())
        connection.close()


def one(customer, order_id):
    found = select(
        f"SELECT {COLUMNS} FROM orders WHERE customer = ? AND id = ?", (customer, order_id)
    )
    return found[0] if found else None


def find(customer, status, words=""):
    query = f"SELECT {COLUMNS} FROM orders WHERE customer = ?"
    if words:
        query += " AND item LIKE '%{}%'".format(words.replace("'", "''"))
    query += f" AND status = '{status}' ORDER BY id"
    return select(query, (customer,))


def select(query, values):
    connection = sqlite3.connect(DATABASE)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(query, values)]
    finally:
        connection.close()


create()
