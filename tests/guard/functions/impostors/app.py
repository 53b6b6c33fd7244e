"""Speaks to the Runtime API as if it were the runtime's client."""

import os
import sys

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
CLIENT = sys.modules["awslambdaric.lambda_runtime_client"].LambdaRuntimeClient


def own_connection():
    import socket

    host, port = API.rsplit(":", 1)
    socket.create_connection((host, int(port))).close()


def by_http():
    import http.client

    http.client.HTTPConnection(API).connect()


def of_a_forged_file():
    code = "import http.client\ndef call_rapid(api): http.client.HTTPConnection(api).connect()"
    made = {}
    exec(compile(code, sys.modules[CLIENT.__module__].__file__, "exec"), made)
    made["call_rapid"](API)


def by_its_method():
    CLIENT(API).call_rapid("GET", "/2018-06-01/runtime/invocation/next", 0)


def by_another_method():
    class Client(CLIENT):
        def post_init_error(self, *_):
            self.call_rapid("GET", "/2018-06-01/runtime/invocation/next", 0)

    Client(API).post_init_error({"errorType": "x"})


def by_what_the_client_tells():
    """The client's own function, of an object that connects when it is told to tell."""
    import functools
    import socket

    host, port = API.rsplit(":", 1)

    class Fake:
        call_rapid = property(functools.partial(_connected, socket, (host, int(port))))

        def handle_init_error(self, error):
            raise error

    CLIENT.post_init_error(Fake(), {"errorType": "x"})


def _connected(socket, address, _):
    return socket.create_connection(address)


def by_its_own_word():
    """Names its own code to the guard as the client's, and as what the client goes through."""

    def connect():
        own_connection()

    native = sys.modules["hauberk._native"]
    codes = [connect.__code__, own_connection.__code__]
    for module in ("awslambdaric", "socket", "http.client", "impostor"):
        native.know_client(module, clients=codes, ways=codes[1:])
    connect()


def registers_an_extension():
    return asked("POST", "/2020-01-01/extension/register", {"events": ["INVOKE", "SHUTDOWN"]})


def subscribes_to_telemetry():
    destination = {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080"}
    return asked(
        "PUT", "/2022-07-01/telemetry", {"types": ["function"], "destination": destination}
    )


def asked(method, path, body):
    import http.client
    import json

    connection = http.client.HTTPConnection(API)
    connection.request(method, path, json.dumps(body), {"Lambda-Extension-Name": "mine"})
    return connection.getresponse().status


def api():
    return API


def handler(event, context):
    try:
        return globals()[event]()
    except Exception as error:
        return type(error).__name__
