"""As much of MongoDB as a driver needs to find, change and delete people, also in bulk.

Run with pymongo's `bson` on the path, it prints its port. A condition is equal, or an operator that holds for all.
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
    "maxWireVersion": 25,
    "ok": 1.0,
}


def matches(one, condition):
    return all(
        isinstance(wanted, dict) or name.startswith("$") or one.get(name) == wanted
        for name, wanted in condition.items()
    )


def count_of(condition, is_many):
    found = sum(matches(one, condition) for one in PEOPLE)
    return found if is_many else min(found, 1)


def in_bulk(command):
    """One answer to writes of several kinds."""
    told = {"nErrors": 0, "nUpserted": 0, "nMatched": 0, "nModified": 0, "nInserted": 0}
    told["nDeleted"] = 0
    for one in command["ops"]:
        if "insert" in one:
            told["nInserted"] += 1
        else:
            count = count_of(one["filter"], one["multi"])
            told["nDeleted" if "delete" in one else "nMatched"] += count
    each = [{"ok": 1.0, "idx": index, "n": 1} for index, _ in enumerate(command["ops"])]
    cursor = {"id": 0, "ns": "admin.$cmd.bulkWrite", "firstBatch": each}
    return {**told, "cursor": cursor, "ok": 1.0}


WRITES = {
    "insert": lambda one: len(one["documents"]),
    "update": lambda one: sum(count_of(each["q"], each.get("multi")) for each in one["updates"]),
    "delete": lambda one: sum(count_of(each["q"], each["limit"] == 0) for each in one["deletes"]),
}


def answer(command):
    name = next(iter(command))
    if name == "bulkWrite":
        return in_bulk(command)
    if name in WRITES:
        return {"n": WRITES[name](command), "nModified": 0, "ok": 1.0}
    conditions = {
        "find": lambda: command.get("filter", {}),
        "aggregate": lambda: command["pipeline"][0]["$match"],
    }
    if name not in conditions:
        return HELLO
    found = [one for one in PEOPLE if matches(one, conditions[name]())]
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
        while rest[:1] == b"\x01":  # a sequence of documents, by its name
            size = struct.unpack_from("<i", rest, 1)[0]
            end = rest.index(b"\x00", 5)
            command[rest[5:end].decode()] = bson.decode_all(rest[end + 1 : 1 + size])
            rest = rest[1 + size :]
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
