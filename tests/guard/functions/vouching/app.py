"""Would have the guard take an address for one of a host that the policy lets pass; then connects to it."""

import _socket
import os
import socket
import sys
import types

HOST = "localhost"
NATIVE = sys.modules["hauberk._native"]
LIE = "127.0.0.2"


def entries(*_, **__):
    return [(2, 1, 6, "", (LIE, 0))]


def nothing():
    pass


def of_a_lambda():
    NATIVE.watch_lookup(entries)(HOST, 0)


def of_another_builtin():
    """A function that was compiled, and answers whatever it was given."""
    NATIVE.watch_lookup({HOST: entries()}.get)(HOST)


def of_a_module_of_its_name():
    module = types.ModuleType("_socket")
    module.getaddrinfo = entries
    NATIVE.watch_lookup(module.getaddrinfo)(HOST, 0)


def of_another_function_of_the_module():
    NATIVE.watch_lookup(_socket.inet_ntoa)(b"\x7f\0\0\2")


def told_after_a_call():
    NATIVE.WatchedFunction(entries, None, None)(HOST, 0)


def by_a_call_of_its_name():
    NATIVE.resolved(HOST, [LIE])


def behind_the_guards():
    """What stands there at the next invocation gets the guard's own in front of it again."""
    _socket.getaddrinfo = entries


def changed_answer():
    for entry in socket.getaddrinfo(HOST, 0):
        entry[4][0].replace("127.0.0.1", LIE)


def armed_again():
    _socket.getaddrinfo = socket.getaddrinfo = entries
    sys.modules["hauberk.guard.hosts"].arm(socket)


# --- What leads a look-up elsewhere, or asks another name server than the host's. ---


def below_a_domain():
    os.environ["LOCALDOMAIN"] = "other.test and.another.test"
    socket.getaddrinfo(HOST, 0)


def by_an_alias():
    os.environ["HOSTALIASES"] = "/tmp/aliases"
    socket.gethostbyname(HOST)


def name_of_an_address():
    socket.gethostbyaddr("2001:db8::736f:6d65")


def name_of_an_end():
    socket.getnameinfo(("198.51.100.7", 80), 0)


def name_of_this_machine():
    socket.getnameinfo(("127.0.0.1", 80), 0)


def handler(event, context):
    answers = []
    try:
        globals()[event["act"]]()
    except Exception as error:
        answers.append(type(error).__name__)
    if event.get("asks", True):
        socket.getaddrinfo(HOST, 0)
    for address in event["addresses"]:
        connection = socket.socket()
        connection.settimeout(5)
        try:
            connection.connect((address, event["port"]))
            answers.append("connected")
        except OSError as error:
            answers.append(type(error).__name__)
        finally:
            connection.close()
    return answers
