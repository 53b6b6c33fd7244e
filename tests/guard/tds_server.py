"""As much of SQL Server's protocol (TDS 7) as pymssql needs to ask for people; what it asks is answered by SQLite.

It prints its port. Rows have one column of text. No encryption, no procedures.
"""

import re
import socket
import sqlite3
import struct
import sys
import threading

STATEMENTS = (
    "CREATE TABLE people (id int, name varchar(99), secret varchar(99))",
    "INSERT INTO people VALUES (1, 'ada', 'first secret'), (2, 'grace', 'second secret')",
)
LOGIN, PRELOGIN, ATTENTION, ANSWER = 0x10, 0x12, 0x06, 0x04
SESSION = re.compile(r"\s*(SET|USE|BEGIN|COMMIT|ROLLBACK|IF)\b", re.I)
NO_ENCRYPTION = b"\x01\x00\x06\x00\x01\xff\x02"
COLLATION = b"\x09\x04\xd0\x00\x34"
LONGEST = 8000


def read(connection, size):
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def message(connection):
    """The kind of a message, and what its packets hold."""
    body = b""
    while True:
        kind, status, length = struct.unpack(">BBH", read(connection, 8)[:4])
        body += read(connection, length - 8)
        if status & 1:
            return kind, body


def token(kind, body):
    return bytes([kind]) + struct.pack("<H", len(body)) + body


def counted(text, size="<B"):
    return struct.pack(size, len(text)) + text.encode("utf-16-le")


def done(status=0, count=0):
    return struct.pack("<BHHQ", 0xFD, status, 0xC1 if count else 0, count)


def acknowledged(login):
    version = login[4:8][::-1]
    return token(0xAD, b"\x01" + version + counted("SQL Server") + b"\x10\x00\x00\x00") + done()


def failed(error):
    body = struct.pack("<iBB", 102, 1, 15) + counted(str(error), "<H") + b"\x00\x00"
    return token(0xAA, body + struct.pack("<i", 1)) + done(status=2)


def rows(found):
    column = struct.pack("<IHBH", 0, 1, 0xE7, LONGEST) + COLLATION + counted("name")
    answer = b"\x81" + struct.pack("<H", 1) + column
    for (value,) in found:
        data = str(value).encode("utf-16-le")
        answer += b"\xd1" + struct.pack("<H", len(data)) + data
    return answer + done(status=0x10, count=len(found))


def asked(people, body):
    headers = struct.unpack_from("<I", body)[0]
    statement = body[headers:].decode("utf-16-le")
    if SESSION.match(statement):
        return done()
    try:
        return rows(people.execute(re.sub(r"\bN'", "'", statement)).fetchall())
    except sqlite3.Error as error:
        return failed(error)


def serve(connection):
    people = sqlite3.connect(":memory:")
    for statement in STATEMENTS:
        people.execute(statement)
    try:
        while True:
            kind, body = message(connection)
            answer = {
                PRELOGIN: lambda: NO_ENCRYPTION,
                LOGIN: lambda body=body: acknowledged(body),
                ATTENTION: lambda: done(status=0x20),
            }.get(kind, lambda body=body: asked(people, body))()
            head = struct.pack(">BBHHBB", ANSWER, 1, 8 + len(answer), 0, 1, 0)
            connection.sendall(head + answer)
    except (EOFError, OSError):
        connection.close()


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
