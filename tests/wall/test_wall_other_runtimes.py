"""The layer's wrapper gives the other runtimes the second wall alone: it says so, sees what they do, and refuses it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from runtimes import JAVAS, java, of_dotnet, of_java
from walled import PROGRAMS, Start, found

from contract import policy

RUNTIMES: dict[str, Callable[[Path], list[str]]] = {
    "java": lambda folder: [java(JAVAS[-1]), *of_java("Reads", folder)],
    "ruby": lambda _: [found("ruby"), str(PROGRAMS / "reads.rb")],
    "dotnet": lambda folder: of_dotnet(8, "Reads", folder),
    "node": lambda _: [found("node"), str(PROGRAMS / "reads.js")],
}
# Names that Java and .NET draw, or make of the number of their process.
DRAWN = ("/tmp/*", "/tmp/.dotnet/**", "/tmp/hsperfdata_*/**", "/proc/**")
KINDS = ("process", "file", "host", "address", "code", "children")


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_the_wall_stands_alone_and_judges_what_the_runtime_and_its_children_do(
    start: Start, tmp_path: Path, runtime: str
) -> None:
    secret, programs = tmp_path / "secret", tmp_path / "programs"
    secret.write_text("s3cret\n")
    programs.mkdir()
    command = [*RUNTIMES[runtime](programs), str(secret)]

    status, out, records, rest = start(*command)
    assert (status, out, rest) == (0, "s3cret\ns3cret\n", "")
    first = records[0]
    assert (first["state"], first["mode"]) == ("armed", "detect")
    assert {first["coverage"].get(kind, "armed") for kind in KINDS} == {"armed"}
    assert first["coverage"]["event"].startswith("gap: there is no guard for this runtime")
    acts = [one for one in records if one["type"] == "activity"]
    told = {(one["kind"], one["operation"], Path(one["target"]).name) for one in acts}
    assert {("file", "read", "secret"), ("process", "start", "cat")} <= told

    files = [(one["operation"], one["target"]) for one in acts if one["kind"] == "file"]
    files += [("*", pattern) for pattern in DRAWN]
    listed = [{"operation": how, "target": what} for how, what in files if what != str(secret)]
    status, out, records, _ = start(*command, HAUBERK_POLICY=policy(allowlist={"file": listed}))
    assert (status, out) == (0, "refused\n")
    detected = [one for one in records if one["type"] == "detection"]
    assert {(one["verdict"], one["target"]) for one in detected} == {("block", str(secret))}


@pytest.mark.parametrize("began", ["snap-start", "on-demand"])
def test_it_says_that_nobody_tells_it_of_a_restore(start: Start, began: str) -> None:
    _, _, records, _ = start("sh", "-c", "true", AWS_LAMBDA_INITIALIZATION_TYPE=began)
    told = records[0]["coverage"].get("children.restored", "")
    assert told.startswith("gap: nobody tells of a restore") == (began == "snap-start")
    assert bool(told) == (began == "snap-start")


ASKS = """
require "socket"
host, port = ENV["AWS_LAMBDA_RUNTIME_API"].split(":")
begin
  puts TCPSocket.new(host, port).close.inspect
rescue SystemCallError => error
  puts error.class
end
"""


@pytest.mark.parametrize("who", ["its own code", "a child of it"])
def test_the_runtime_api_is_asked_by_the_runtimes_own_process_only(start: Start, who: str) -> None:
    """A known miss: there the wall does not tell the runtime's client from other code."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        api = f"127.0.0.1:{server.getsockname()[1]}"
        command = [found("ruby"), "-e", ASKS]
        if who == "a child of it":
            command = [found("ruby"), "-e", 'system("ruby", "-e", ARGV[0])', ASKS]
        settings = {"AWS_LAMBDA_RUNTIME_API": api, "HAUBERK_MODE": "prevent"}
        status, out, records, _ = start(*command, **settings)
    detected = [(one["detector"], one["target"]) for one in records if one["type"] == "detection"]
    if who == "its own code":
        assert (status, out, detected) == (0, "nil\n", [])
    else:
        assert (status, out) == (0, "Errno::ECONNREFUSED\n")
        assert detected == [("runtime-api-access", api)]
