"""What runs the function, replaced where it can be written: it happens unprotected and is told of; prevent keeps it."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from protected import policy
from test_attack_paths import ALL, HERE, OFF, UNASKED

DENIED, BY_CHILD = "PermissionError", "CalledProcessError"
ATTACKS = {
    "wrapper_written": DENIED,
    "wrapper_moved_over": DENIED,
    "wrapper_renamed": DENIED,
    "wrapper_removed": DENIED,
    "wrapper_removed_by_child": BY_CHILD,
    "wrapper_copied_over_by_child": BY_CHILD,
    "wrapper_cannot_run": DENIED,
    "bootstrap_written": DENIED,
    "bootstrap_written_by_child": BY_CHILD,
    "bootstrap_of_package": DENIED,
    "bootstrap_of_package_moved": DENIED,
    "bootstrap_of_layer": DENIED,
    "bootstrap_of_layer_linked": DENIED,
    "extension_added": DENIED,
}
LOOK_ALIKES = ("data_of_layer", "file_of_package", "file_of_package_by_child")
MADE = (
    "task/bootstrap",
    "task/beside.txt",
    "task/cache.json",
    "task/copy.txt",
    "opt/bootstrap",
    "opt/beside.txt",
    "opt/moved",
    "opt/extensions/mine",
    "opt/data.db",
)
KEPT = ("opt/hauberk/wrapper", "runtime/bootstrap")


class Root:
    """Copies of a function's package, layer and runtime, which it can write, and how they were."""

    def __init__(self, running):
        sandbox = running.environment._sandbox
        runtime = next(sandbox.scratch.glob("runtime-*"))
        self._places = {"task": sandbox.task, "opt": sandbox.layers, "runtime": runtime}
        self._first = {name: self.state(name) for name in KEPT}

    def path(self, name):
        place, _, below = name.partition("/")
        return self._places[place] / below

    def state(self, name):
        path = self.path(name)
        if path.is_symlink():
            return path.readlink()
        return (path.read_bytes(), path.stat().st_mode) if path.exists() else None

    def restore(self):
        for name in MADE:
            self.path(name).unlink(missing_ok=True)
        for name, (content, mode) in self._first.items():
            path = self.path(name)  # in its place: it may be mounted
            path.write_bytes(content)
            path.chmod(stat.S_IMODE(mode))

    def changed(self):
        made = [name for name in MADE if self.state(name) is not None]
        return [*made, *(name for name in KEPT if self.state(name) != self._first[name])]


def make_writable(running):
    """Mounts anew what the function sees as read-only: as where it is a container's own image."""
    process = running.environment._run._process._supervisor.pid
    while below := Path(f"/proc/{process}/task/{process}/children").read_text().split():
        process = int(below[0])
    for place in ("/opt", "/var/task", "/var/runtime/bootstrap"):
        command = ("nsenter", "--target", str(process), "--all", "mount", "-o", "remount,bind,rw")
        done = subprocess.run((*command, place), capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"this machine lets nothing be mounted anew: {done.stderr}")


@pytest.fixture(scope="module")
def run(start, layer, has_namespace, tmp_path_factory):
    if not has_namespace:
        pytest.skip("without a mount namespace Lambda's paths are not to be had")
    running = {}

    def begin(mode):
        folder = tmp_path_factory.mktemp(mode)
        code = shutil.copytree(HERE / "functions" / "replaces", folder / "code")
        copy = shutil.copytree(layer, folder / "layer")
        (copy / "extensions").mkdir(exist_ok=True)
        document = {"allowlist": ALL, "protections": OFF, "detectors": UNASKED}
        # The kernel's wall refuses all of it, and tells nobody.
        variable = {"HAUBERK_POLICY": policy(mode=mode, **document), "HAUBERK_KERNEL": "off"}
        begun = start(code, variable, own_layer=copy, timeout_s=20)
        begun.invoke({"way": "nothing"})
        make_writable(begun)
        return begun, Root(begun)

    def invoke(mode, way):
        if mode not in running:
            running[mode] = begin(mode)
        begun, root = running[mode]
        root.restore()
        seen = begun.invoke({"way": way})
        changed = root.changed()
        root.restore()
        return seen, changed

    return invoke


@pytest.mark.parametrize("way", ATTACKS)
def test_what_runs_the_function_is_replaced_and_told_of_in_detect(run, way):
    seen, changed = run("detect", way)
    assert seen.answer.error is None, seen.answer.log
    assert changed
    assert {one["detector"] for one in seen.detections} == {"runtime-tampering"}, seen.answer.log
    assert {(one["verdict"], one["protection"]) for one in seen.detections} == {("alert", "lambda")}


@pytest.mark.parametrize("way", ATTACKS)
def test_what_runs_the_function_stays_as_it_is_in_prevent(run, way):
    seen, changed = run("prevent", way)
    assert seen.error == ATTACKS[way], seen.answer.log
    assert [one for one in changed if not one.endswith("beside.txt")] == []
    assert {one["detector"] for one in seen.detections} == {"runtime-tampering"}, seen.answer.log
    assert seen.detections[0]["verdict"] == "block"


@pytest.mark.parametrize("way", LOOK_ALIKES)
def test_other_files_there_may_be_changed(run, way):
    seen, changed = run("prevent", way)
    assert seen.answer.error is None, seen.answer.log
    assert len(changed) == 1
    assert not seen.detections
