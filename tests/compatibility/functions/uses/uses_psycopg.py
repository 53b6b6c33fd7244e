import asyncio

import psycopg
from psycopg.rows import dict_row


async def asked(place):
    async with await psycopg.AsyncConnection.connect(place, row_factory=dict_row) as connection:
        cursor = await connection.execute(
            "SELECT %s::int + 1 AS next, now() IS NOT NULL AS is_known", (41,)
        )
        return await cursor.fetchone()


def handler(event):
    place = f"host=127.0.0.1 port={event['port']} user=tests dbname=postgres connect_timeout=5"
    with psycopg.connect(place) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE orders (id int, name text, body jsonb)")
        rows = [(number, f"name {number}", '{"a": [1, 2]}') for number in range(20)]
        cursor.executemany("INSERT INTO orders VALUES (%s, %s, %s)", rows)
        with cursor.copy("COPY orders FROM STDIN") as copy:
            copy.write_row((99, "copied", "{}"))
        cursor.execute("SELECT count(*), sum(id), max(body->'a'->>1) FROM orders")
        found = cursor.fetchone()
        with connection.cursor("by_server") as named:
            names = [
                name
                for (name,) in named.execute("SELECT name FROM orders ORDER BY id DESC LIMIT 3")
            ]
    return [found, names, asyncio.run(asked(place))]
