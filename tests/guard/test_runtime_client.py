"""What AWS's runtime client tells the Runtime API by itself passes; what another tells it does not."""

import http.client

import pytest
from protected import oldest_and_newest, policy

from pythons import EVERY, runtime_client

# Older clients: the last that tells by `http.client` at once, and one that has a method for it.
CLIENTS = {
    "2.0.12": "5bee5faf7c4d330f585ad94fc41e5a3728054f3d17316c6ca6810ad8c8cd4fe2",
    "3.0.2": "99d020cb09864d4d071ed17bb197faca49791e2a755ea56b692792ce39d84365",
}
NO_HANDLER = "import no_such_module\n"
STRICT = {"HAUBERK_POLICY": policy(mode="prevent", allowlist={"address": [], "host": []})}
SETTINGS = [{"HAUBERK_MODE": "detect"}, STRICT]

WAYS = (
    *("own_connection", "by_http", "of_a_forged_file"),
    *("by_its_method", "by_another_method", "by_its_own_word"),
    "by_what_the_client_tells",
    *("registers_an_extension", "subscribes_to_telemetry"),
)


def failed(running):
    seen = running.invoke({})
    return seen, (seen.error, seen.message)


@pytest.mark.pythons(*EVERY)
def test_a_handler_that_cannot_be_loaded_fails_as_without_the_guard(start):
    _, expected = failed(start(NO_HANDLER, None))
    for settings in SETTINGS:
        seen, answer = failed(start(NO_HANDLER, settings))
        assert answer == expected
        assert seen.detections == []


@pytest.mark.parametrize("version", CLIENTS)
def test_older_versions_of_the_client_may_say_so(start, version):
    packages = runtime_client(version, CLIENTS[version])
    _, expected = failed(start(NO_HANDLER, None, runtime_packages=packages))
    for settings in SETTINGS:
        seen, answer = failed(start(NO_HANDLER, settings, runtime_packages=packages))
        assert answer == expected
        assert seen.detections == []


@pytest.fixture(scope="module")
def others(start):
    return start("impostors", STRICT)


@oldest_and_newest
@pytest.mark.parametrize("way", WAYS)
def test_what_is_not_the_client_may_not(others, way):
    seen = others.invoke(way)
    assert seen.value == "ConnectionRefusedError", seen.answer.log
    assert [one["detector"] for one in seen.detections] == ["runtime-api-access"]


# The Extensions and the Telemetry API, which are at the same address. `hauberk local` has neither: it says so.
ASKED = {
    "registers_an_extension": ("POST", "/2020-01-01/extension/register"),
    "subscribes_to_telemetry": ("PUT", "/2022-07-01/telemetry"),
}
NOT_FOUND = 404


@pytest.mark.parametrize("way", ASKED)
def test_unprotected_the_function_reaches_the_apis_of_extensions(start, way):
    assert start("impostors", None).invoke(way).value == NOT_FOUND


@pytest.mark.parametrize("way", ASKED)
def test_a_process_that_the_runtime_did_not_start_reaches_them(others, way):
    """An extension is a process of Lambda's own: no wall stands in it, and none in its way."""
    api = others.invoke("api").value
    connection = http.client.HTTPConnection(api)
    connection.request(*ASKED[way], "{}", {"Lambda-Extension-Name": "mine"})
    assert connection.getresponse().status == NOT_FOUND
    connection.close()
    assert others.invoke("api").detections == []
