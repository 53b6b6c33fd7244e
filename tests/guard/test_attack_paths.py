"""Lambda's own attack paths: told of and refused, though the allowlist holds all; what functions do passes."""

import shutil
from itertools import count
from pathlib import Path

import pytest
from protected import policy

from pythons import EVERY

pytestmark = pytest.mark.pythons(*EVERY)
HERE = Path(__file__).parent
KINDS = ("process", "file", "api", "host", "code")
ALL = {kind: [{"operation": "*", "target": "**"}] for kind in KINDS}
ALL["address"] = [{"operation": "*", "target": "*"}]
PROGRAMS = {
    "all": {},
    "none": {"process": []},
    "shell": {"process": [{"operation": "start", "target": "**/sh"}]},
}
# The flow rule and the firewall are off: what an input decides is theirs to tell.
OFF = {"firewall": "off", "flow": "off"}
UNASKED = {"injected-code": {"mode": "off"}}
HOSTS = {
    "xmr.pool.minexmr.com": "127.0.0.9",
    "pool.ntp.example": "127.0.0.9",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0.x.example.com": "127.0.0.9",
    "d111111abcdef8.cloudfront.net": "127.0.0.9",
    "_a79865eb4cd1a6ab990a45779b4e0b96.example.com": "127.0.0.9",
}
REFUSED, DENIED, NOT_FOUND = "ConnectionRefusedError", "PermissionError", "gaierror"
CREDENTIALS, TRACES = "credential-endpoint-access", "xray-daemon-access"
WRITTEN, TAMPERED = "written-then-executed", "runtime-tampering"
POOL, CARRIER, SHELL = "mining-pool", "dns-carrier", "reverse-shell"

ATTACKS = [
    # way, detector, what the call raises (or gives, where it is a child's)
    ("credentials_of_container", CREDENTIALS, REFUSED),
    ("credentials_of_instance", CREDENTIALS, "URLError"),
    ("credentials_in_other_spelling", CREDENTIALS, REFUSED),
    ("credentials_by_child", CREDENTIALS, "refused"),
    ("credentials_of_sdk_elsewhere", CREDENTIALS, REFUSED),
    ("traces", TRACES, REFUSED),
    ("traces_connected", TRACES, REFUSED),
    ("shell_by_subprocess", SHELL, DENIED),
    ("shell_by_inherited_streams", SHELL, DENIED),
    ("shell_by_fork", SHELL, DENIED),
    ("shell_by_spawn", SHELL, DENIED),
    ("shell_by_actions_of_a_generator", SHELL, DENIED),
    ("written", WRITTEN, DENIED),
    ("renamed", WRITTEN, DENIED),
    ("folder_renamed", WRITTEN, DENIED),
    ("folder_renamed_by_child", WRITTEN, DENIED),
    ("linked", WRITTEN, DENIED),
    ("by_shell", WRITTEN, DENIED),
    ("by_system", WRITTEN, DENIED),
    ("copied_by_child", WRITTEN, DENIED),
    ("run_by_child", WRITTEN, "CalledProcessError"),
    ("downloaded_by_child", WRITTEN, DENIED),
    ("interpreted", WRITTEN, DENIED),
    ("from_memory", WRITTEN, DENIED),
    ("loaded", WRITTEN, DENIED),
    ("runtime_changed", TAMPERED, DENIED),
    ("layer_changed", TAMPERED, DENIED),
    ("wrapper_changed", TAMPERED, DENIED),
    ("pool", POOL, NOT_FOUND),
    ("miner", POOL, DENIED),
    ("miner_hidden", POOL, DENIED),
    ("carrier", CARRIER, NOT_FOUND),
]
LOOK_ALIKES = [
    "credentials_by_sdk", "resolver", "shell_by_pair", "beside_connection", "deployed_tool", "folder_made",
    "data_of_tool", "result_of_tool", "loaded_from_system", "bytecode_cached", "time_pool", "long_name",
    "validation_name",
]  # fmt: skip
# Where the lists would refuse it, too: the program, as it ends.
TELLING = [
    ("shell_by_subprocess", SHELL, "/sh"),
    ("shell_by_inherited_streams", SHELL, "/sh"),
    ("shell_by_fork", SHELL, "/sh"),
    ("shell_by_spawn", SHELL, "/sh"),
    ("shell_by_actions_of_a_generator", SHELL, "/sh"),
    ("written", WRITTEN, ".program"),
    ("miner", POOL, "/xmrig"),
    ("shell_by_pair", "unlisted-process", "/sh"),  # the list's word alone
    ("beside_connection", "unlisted-process", "/tool.sh"),
]
MISSES = [("sourced", "what a shell's command reads is not what is started")]
MAKES = {
    "written",
    "renamed",
    "folder_renamed",
    "folder_renamed_by_child",
    "folder_made",
    "linked",
    "by_shell",
    "by_system",
    "copied_by_child",
    "run_by_child",
    "miner",
}
MAKES |= {
    "downloaded_by_child",
    "from_memory",
    "loaded",
    "miner_hidden",
    "deployed_tool",
    "data_of_tool",
}
MAKES |= {"shell_by_subprocess", "shell_by_inherited_streams", "shell_by_fork", "shell_by_spawn"}
MAKES |= {"shell_by_pair", "beside_connection", "shell_by_actions_of_a_generator"}
MAKES |= {"result_of_tool", "loaded_from_system", "interpreted", "sourced"}


@pytest.fixture(scope="module")
def run(start, has_namespace, tmp_path_factory):
    if not has_namespace:
        pytest.skip("without a mount namespace Lambda's paths and names are not to be had")
    folder = tmp_path_factory.mktemp("paths") / "code"
    shutil.copytree(HERE / "functions" / "paths", folder)
    for name in ("tool.sh", "xmrig"):
        (folder / name).write_text('#!/bin/sh\n: > "$1"\n')
        (folder / name).chmod(0o755)
    running = {}
    numbers = count()

    def invoke(mode, way, programs="all"):
        environment = mode, programs
        if environment not in running:
            document = {"allowlist": ALL | PROGRAMS[programs], "protections": OFF}
            variable = {"HAUBERK_POLICY": policy(mode=mode, detectors=UNASKED, **document)}
            running[environment] = start(folder, variable, hosts=HOSTS, timeout_s=20)
        # Each has a place of its own: what was written for one would be run by another.
        made = running[environment].outside / f"{next(numbers)}.made"
        seen = running[environment].invoke({"way": way, "made": made.name})
        return seen, way not in MAKES or made.exists()

    return invoke


@pytest.mark.parametrize(("way", "detector", "error"), ATTACKS, ids=[row[0] for row in ATTACKS])
def test_an_attack_is_reported_in_detect_and_happens(run, way, detector, error):
    seen, has_happened = run("detect", way)
    assert seen.answer.error is None, seen.answer.log
    assert has_happened
    assert {one["detector"] for one in seen.detections} == {detector}, seen.answer.log
    record = seen.detections[0]
    assert (record["verdict"], record["protection"]) == ("alert", "lambda")


@pytest.mark.parametrize(("way", "detector", "error"), ATTACKS, ids=[row[0] for row in ATTACKS])
def test_an_attack_is_refused_in_prevent_as_its_call_fails(run, way, detector, error):
    seen, has_happened = run("prevent", way)
    assert not (has_happened and way in MAKES)
    assert error in ((seen.error,) if seen.answer.error else (seen.value,)), seen.answer.log
    assert {one["detector"] for one in seen.detections} == {detector}, seen.answer.log
    assert seen.detections[0]["verdict"] == "block"


@pytest.mark.parametrize("programs", ("none", "shell"))
@pytest.mark.parametrize(("way", "detector", "program"), TELLING, ids=[row[0] for row in TELLING])
def test_what_tells_most_is_told_where_no_list_names_the_program(
    run, way, detector, program, programs
):
    seen, has_happened = run("prevent", way, programs)
    assert not has_happened
    assert [one["detector"] for one in seen.detections] == [detector], seen.answer.log
    (record,) = seen.detections
    is_list = detector == "unlisted-process" and programs == "shell"
    assert record["target"].endswith(program) or (is_list and record["target"] == "-")


@pytest.mark.parametrize("way", LOOK_ALIKES)
def test_what_functions_do_passes(run, way):
    seen, has_happened = run("prevent", way)
    assert seen.answer.error is None, seen.answer.log
    assert has_happened
    assert not seen.detections


@pytest.mark.parametrize("way", [way for way, _ in MISSES])
def test_a_known_miss_is_still_missed(run, way):
    seen, has_happened = run("prevent", way)
    assert has_happened, f"no longer missed: {seen.answer.log}"
    assert not seen.detections
