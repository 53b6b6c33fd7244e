"""What oracledb's own cursors and connections talk through, in the place of its wire: SQLite answers.

oracledb's thin mode encrypts its login with a key of the server's: its Python is real here, what is below it is not.
"""

import sqlite3

from people import FILE


class Transport:
    """Stands for a connection's and a cursor's `_impl`."""

    arraysize = 100
    fetch_vars = ()

    def create_cursor_impl(self, scrollable):
        return Transport()

    def process_sync_operation(self, of, name, given, named):
        return self._done(of, name, given, named)

    async def process_async_operation(self, of, name, given, named):
        return self._done(of, name, given, named)

    def _done(self, of, name, given, named):
        try:
            found = getattr(of, f"_{name}")(*given, **named)
            while True:
                next(found)
        except StopIteration as end:
            return end.value

    def _prepare_for_execute(self, cursor, statement, parameters, named):
        self.asked = statement, parameters or {}

    def execute(self, cursor):
        database = sqlite3.connect(FILE)
        self.rows = database.execute(*self.asked).fetchall()
        database.close()
        yield from ()

    def is_query(self, cursor):
        return True

    def fetch_all_rows(self, cursor):
        yield from ()
        return self.rows

    def close(self, in_del=False):
        pass


def connected(kind):
    """A connection of the driver's own class."""
    connection = kind.__new__(kind)
    connection._impl = Transport()
    return connection
