"""Requests over HTTP: where an input may send them, and which are calls of the AWS API."""

import http.server
import threading
from itertools import count

import boto3
import pytest
from aws_server import ministack
from botocore.exceptions import ClientError
from protected import policy


class Heard(http.server.ThreadingHTTPServer):
    """A server inside the network that remembers what it was asked for."""

    def __init__(self):
        self.paths = []
        super().__init__(("127.0.0.1", 0), Answer)


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.paths.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """The test reads no log."""


@pytest.fixture(scope="module")
def server():
    with Heard() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def run(start, with_packages, server):
    code = with_packages("requests_")
    base = f"http://127.0.0.1:{server.server_port}"
    running = {}
    for mode in ("detect", "prevent"):
        settings = {"HAUBERK_POLICY": policy(mode=mode, protections={"firewall": "off"})}
        running[mode] = start(
            code, settings, environment={"BASE": base}, timeout_s=60, memory_mb=512
        )
    numbers = count()

    def invoke(mode, client, way, value):
        # Each under a path of its own: what is frequent is not written each time.
        key = f"q{next(numbers)}"
        value = value.replace("PLACE", f"127.0.0.1:{server.server_port}")
        server.paths.clear()
        event = {"client": client, "way": way, "key": key, key: value}
        return running[mode].invoke(event), list(server.paths)

    return invoke


REFUSED = {
    "http": "ConnectionRefusedError",
    "urllib": "URLError",
    "urllib3": "ProtocolError",
    "requests": "ConnectionError",
    "httpx": "ConnectError",
    "httpx asynchronous": "ConnectError",
    "aiohttp": "ClientConnectionError",
    "pycurl": "error",
}
ATTACKS = [
    # way      the outsider's value
    ("whole", "http://PLACE/hooks"),
    ("host", "PLACE"),
    ("label", "PLACE/hooks#"),
]


@pytest.mark.parametrize("client", REFUSED)
@pytest.mark.parametrize(("way", "value"), ATTACKS)
def test_an_input_that_leads_inside_does_and_is_reported_in_detect(run, client, way, value):
    seen, paths = run("detect", client, way, value)
    assert paths, seen.answer.log
    assert seen.value == 200
    found = {(one["detector"], one["verdict"], one["cwe"]) for one in seen.detections}
    assert found == {("server-side-request-forgery", "alert", 918)}


@pytest.mark.parametrize("client", REFUSED)
@pytest.mark.parametrize(("way", "value"), ATTACKS)
def test_an_input_that_leads_inside_is_refused_as_no_connection(run, client, way, value):
    seen, paths = run("prevent", client, way, value)
    assert not paths
    assert seen.error == REFUSED[client], seen.answer.log
    assert "blocked by Hauberk: server-side-request-forgery" in seen.message


LOOK_ALIKES = [
    ("path", "people/1?of=a&b=c"),
    ("path", "http://10.0.0.1/"),  # in the path it leads nowhere
    ("query", "http%3A%2F%2F10.0.0.1%2F"),
    ("query", "10.0.0.1"),
]


@pytest.mark.parametrize("client", REFUSED)
@pytest.mark.parametrize(("way", "value"), LOOK_ALIKES)
def test_an_input_behind_the_host_passes(run, client, way, value):
    seen, paths = run("prevent", client, way, value)
    assert (seen.value, seen.detections) == (200, [])
    assert len(paths) == 1


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    with ministack(tmp_path_factory.mktemp("ministack")) as address:
        keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests"}
        client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", **keys)
        client.create_bucket(Bucket="shop")
        yield client


@pytest.fixture(scope="module")
def send(start, with_packages, s3):
    variables = {"ENDPOINT": s3.meta.endpoint_url, "BASE": "http://127.0.0.1"}
    allow = {"learning": None, "forbidding": [], "allowing": [{"target": "*"}]}
    running = {}

    def invoke(use, client, call):
        key = (use, client, call) if use == "learning" else use  # an activity is told once
        if key not in running:
            lists = {} if allow[use] is None else {"api": allow[use]}
            settings = {"HAUBERK_POLICY": policy(allowlist=lists)}
            running[key] = start(
                with_packages("requests_"),
                settings,
                environment=variables,
                handler="app.aws",
                timeout_s=60,
                memory_mb=512,
            )
        return running[key].invoke({"client": client, "call": call})

    return invoke


SENDERS = ("http", "urllib", "requests", "httpx", "aiohttp", "botocore")
CALLS = {
    "put": ("s3:PutObject", "arn:aws:s3:::shop/raw"),
    "tables": ("dynamodb:ListTables", "*"),
    "queue": ("sqs:CreateQueue", "arn:aws:sqs:us-east-1::raw"),
}


def exists(s3):
    try:
        s3.head_object(Bucket="shop", Key="raw")
    except ClientError:
        return False
    return True


@pytest.mark.parametrize("client", SENDERS)
@pytest.mark.parametrize("call", CALLS)
def test_a_request_that_the_function_signs_is_refused_where_it_is_not_allowed(
    send, s3, client, call
):
    s3.delete_object(Bucket="shop", Key="raw")
    seen = send("forbidding", client, call)
    # botocore says in its own words that there was no connection.
    assert client == "botocore" or "blocked by Hauberk: unlisted-api" in seen.message
    assert seen.answer.error is not None
    record = seen.detections[0]
    assert (record["operation"], record["target"]) == CALLS[call]
    assert not exists(s3)


@pytest.mark.parametrize("client", SENDERS)
def test_a_request_that_the_function_signs_is_sent_where_it_is_allowed(send, s3, client):
    s3.delete_object(Bucket="shop", Key="raw")
    seen = send("allowing", client, "put")
    assert (seen.value, seen.detections) == (200, [])
    assert exists(s3)


def test_a_request_that_the_function_signs_is_recorded_as_its_action(send):
    seen = send("learning", "requests", "put")
    calls = [(one["operation"], one["target"]) for one in seen.activities if one["kind"] == "api"]
    assert calls == [CALLS["put"]]
