"""As much of MongoDB as a driver needs to find and delete people: run with pymongo's `bson` on the path.

It prints its port. A condition is equal, or an operator that holds for all.
"""

import socket
import struct
import sys
import threading

import bson

PEOPLE = [
    {"_id": 1, "name": "ada", "secret": "first"},
    {"_id": 2, "name": "grace", "secret": "second"},
]
HELLO = {
    "helloOk": True,
    "isWritablePrimary": True,
    "ismaster": True,
    "maxBsonObjectSize": 16_777_216,
    "maxMessageSizeBytes": 48_000_000,
    "maxWriteBatchSize": 100_000,
    "minWireVersion": 0,
    "maxWireVersion": 21,
    "ok": 1.0,
}


def matches(one, condition):
    return all(
        isinstance(wanted, dict) or name.startswith("$") or one.get(name) == wanted
        for name, wanted in condition.items()
    )


def answer(command):
    name = next(iter(command))
    conditions = {
        "find": lambda: command.get("filter", {}),
        "aggregate": lambda: command["pipeline"][0]["$match"],
        "delete": lambda: command["deletes"][0]["q"],
    }
    if name not in conditions:
        return HELLO
    found = [one for one in PEOPLE if matches(one, conditions[name]())]
    if name == "delete":
        return {"n": len(found), "ok": 1.0}
    return {"cursor": {"id": 0, "ns": "shop.people", "firstBatch": found}, "ok": 1.0}


def read(connection, size):
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def command_of(operation, body):
    if operation == 2013:  # OP_MSG: flags, then sections; the first is the command
        size = struct.unpack_from("<i", body, 5)[0]
        command = bson.decode(body[5 : 5 + size])
        rest = body[5 + size :]
        if rest[:1] == b"\x01":  # a sequence of documents, by its name
            end = rest.index(b"\x00", 5)
            command[rest[5:end].decode()] = bson.decode_all(rest[end + 1 :])
        return command
    return {"hello": 1}


def serve(connection):
    try:
        while True:
            length, request, _, operation = struct.unpack("<iiii", read(connection, 16))
            body = bson.encode(answer(command_of(operation, read(connection, length - 16))))
            if operation == 2013:
                body, kind = b"\x00\x00\x00\x00\x00" + body, 2013
            else:
                body, kind = struct.pack("<iqii", 0, 0, 0, 1) + body, 1
            connection.sendall(struct.pack("<iiii", 16 + len(body), 1, request, kind) + body)
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
