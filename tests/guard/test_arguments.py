"""What programs are started with is told by its shape where a policy asks for it, and judged once it is listed."""

import json

import pytest
import yaml
from protected import oldest_and_newest, policy

from here import run_here

pytestmark = oldest_and_newest

# What is given to programs here comes by no input: of an input the firewall and the flow would speak first.
ALONE = {"watch_arguments": True, "protections": {"firewall": "off", "flow": "off"}}

HONEST = [
    {"way": "unpack", "name": "order-1"},
    {"way": "greet", "name": "Ann"},
]
LOOK_ALIKES = [
    # what nobody has seen before, and is the same use
    {"way": "unpack", "name": "an invoice (2026) of Ann's"},
    {"way": "unpack", "name": "7f3a9921-1234-4d5e-8f00-0123456789ab"},
    {"way": "greet", "name": "Ann Smith & Sons"},
    {"way": "greet", "name": "O'Neil"},
    {"way": "greet", "name": "12", "times": 3},
]
UNPACKED_WHOLE = {"way": "unpack", "name": "a", "extra": ["-P"]}
ATTACKS = [
    # the way, and what is told of it
    (
        {"way": "unpack", "name": "a", "extra": ["--checkpoint=1", "--checkpoint-action=exec=id"]},
        "tar -xf /tmp/<path> --checkpoint=<number> --checkpoint-action=exec=<code> -C /tmp/<path>",
    ),
    (
        {"way": "unpack", "name": "a", "extra": ["--to-command=id"]},
        "tar -xf /tmp/<path> --to-command=<code> -C /tmp/<path>",
    ),
    (UNPACKED_WHOLE, "tar -xf /tmp/<path> -P -C /tmp/<path>"),
    ({"way": "code", "name": "Ann"}, " -c <code> <text>"),
    ({"way": "greet", "name": "$(id)"}, " /var/task/tool.py --times=<number> <signs>"),
]
MISSES = [
    # what a shape cannot tell: another file of the same folder, another value
    {"way": "greet", "name": "Ann", "times": 10_000},
    {"way": "unpack", "name": "../an archive of somebody else"},
]


def told(seen, of="activity"):
    """What is told of arguments, each behind the name of its program."""
    targets = (one["target"] for one in seen.of_type(of) if one.get("operation") == "arguments")
    parted = (target.partition(" ") for target in targets)
    return [f"{program.rpartition('/')[2]} {shape}" for program, _, shape in parted]


@pytest.fixture(scope="module")
def learned(start, tmp_path_factory):
    """The policy that `hauberk learn` makes of two honest invocations."""
    settings = {"HAUBERK_POLICY": policy(mode="detect", **ALONE)}
    running = start("arguments", settings)
    seen = [running.invoke(event) for event in HONEST]
    for one in seen:
        assert one.answer.error is None, one.answer.log
    folder = tmp_path_factory.mktemp("learned")
    log = "".join(one.answer.log for one in seen)
    return running, seen, folder, log


def test_each_shape_is_told_once_and_holds_no_value(learned):
    running, seen, _, _ = learned
    shapes = [shape for one in seen for shape in told(one)]
    assert len(shapes) == len(set(shapes)) == 3, shapes
    assert shapes[:2] == [
        "tar -cf /tmp/<path> -C /var/task <text>",
        "tar -xf /tmp/<path> -C /tmp/<path>",
    ], shapes
    assert not any("Ann" in shape or "order" in shape for shape in shapes)
    for event in LOOK_ALIKES:
        again = running.invoke(event)
        assert again.answer.error is None and told(again) == [], again.answer.log


@pytest.fixture(scope="module")
def listed(learned):
    """The entries for processes that the command writes of the log, and what it leaves for a person."""
    _, _, folder, log = learned
    (folder / "log.txt").write_text(log)
    done = run_here(("learn", "log.txt", "-o", "hauberk.yaml", "--format", "json"), folder)
    assert done.returncode == 0, done.stderr
    written = yaml.safe_load((folder / "hauberk.yaml").read_text())["functions"]["function"]
    assert written["watch_arguments"] is True
    assert run_here(("policy", "check", "hauberk.yaml"), folder).returncode == 0
    return written["allowlist"]["process"], json.loads(done.stdout)


def test_what_was_learned_is_three_programs_and_their_arguments(listed):
    entries, _ = listed
    operations = [one.get("operation", "*") for one in entries]
    assert sorted(operations) == ["*", "*", "arguments", "arguments", "arguments"], entries


@pytest.mark.parametrize("mode", ["detect", "prevent"])
def test_look_alikes_pass_and_attacks_are_told_of(start, listed, mode):
    entries, _ = listed
    allowlist = {"process": entries}
    settings = {
        "HAUBERK_POLICY": policy(mode=mode, allowlist=allowlist, **ALONE),
        "HAUBERK_KERNEL": "off",  # the newest Python here is started by another program than is listed
    }
    running = start("arguments", settings)
    for event in (*HONEST, *LOOK_ALIKES, *MISSES):
        seen = running.invoke(event)
        assert seen.answer.error is None, seen.answer.log
        assert [one for one in seen.detections if one["kind"] == "process"] == [], event
    for event, shape in ATTACKS:
        seen = running.invoke(event)
        (one,) = [one for one in seen.detections if one["operation"] == "arguments"]
        assert one["detector"] == "unlisted-process" and one["target"].endswith(shape), one
        assert one["verdict"] == ("block" if mode == "prevent" else "alert")
        assert (seen.answer.error is not None) is (mode == "prevent"), seen.answer.log


def test_a_script_that_was_written_is_another_detection_first(start, listed):
    entries, _ = listed
    allowlist = {"process": entries}
    settings = {"HAUBERK_POLICY": policy(mode="detect", allowlist=allowlist, **ALONE)}
    seen = start("arguments", settings).invoke({"way": "other script", "name": "Ann"})
    told = [(one["detector"], one["target"].partition(" ")[2]) for one in seen.detections]
    assert told == [("written-then-executed", ""), ("unlisted-process", "/tmp/<script> <text>")]


def test_a_list_of_programs_goes_on_as_before_and_tells(start, listed):
    entries, _ = listed
    programs = [one for one in entries if one.get("operation") != "arguments"]
    for watched in (True, False):
        settings = {
            "HAUBERK_POLICY": policy(
                mode="prevent",
                allowlist={"process": programs},
                **{**ALONE, "watch_arguments": watched},
            )
        }
        running = start("arguments", settings)
        seen = [running.invoke(event) for event in (*HONEST, UNPACKED_WHOLE)]
        told_of = [(one["detector"], one["target"]) for each in seen for one in each.detections]
        assert told_of == []
        assert len([shape for one in seen for shape in told(one)]) == (4 if watched else 0)


def test_a_child_of_a_shell_is_judged_by_its_own_arguments(start, listed):
    """What a shell makes of its command, the second wall sees."""
    entries, _ = listed
    found = [one["target"] for one in entries if one["target"].endswith("/tar")]
    folder = found[0].rpartition("/")[0]
    shell = [
        {"target": "**/sh"},
        {"target": f"{folder}/head"},
        {"operation": "arguments", "target": "**/sh -c <code>"},
        {"operation": "arguments", "target": f"{folder}/head -n <text>"},
        {"operation": "arguments", "target": f"{folder}/tar --version"},
    ]
    settings = {
        "HAUBERK_POLICY": policy(mode="detect", allowlist={"process": [*entries, *shell]}, **ALONE)
    }
    running = start("arguments", settings)
    seen = running.invoke({"way": "shell"})
    assert seen.detections == [] and told(seen) == [], seen.answer.log
    seen = running.invoke({"way": "shell", "extra": "--to-command=id"})
    assert told(seen, "detection") == ["tar --version --to-command=<code>"], seen.answer.log
