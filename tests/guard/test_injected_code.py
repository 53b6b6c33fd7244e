"""Code that is no part of the package acts: it is told of, and refused what the function itself may do."""

import json
import shutil
import subprocess
import sys
import zipfile
from itertools import count
from pathlib import Path

import pytest
from protected import policy

from pythons import EVERY, THIS, packages_of

pytestmark = pytest.mark.pythons(*EVERY)
KINDS = ("process", "file", "api", "host", "address", "code")
# The flow rule and the firewall are off: what an input decides is theirs to tell.
OFF = {"firewall": "off", "flow": "off"}
ALL = {kind: [{"operation": "*", "target": "**"}] for kind in KINDS}
ALL["address"] = [{"operation": "*", "target": "*"}]
PACKAGES = ("attr", "jinja2", "markupsafe", "mako", "sqlalchemy", "typing_extensions.py")
OWN = "import os\n\ndef act(path):\n    os.mkdir(path)\n"
STRING = "<string>"
HERE = Path(__file__).parent

ATTACKS = [
    # way, what the record names
    ("exec", STRING),
    ("eval", STRING),
    ("compiled", STRING),
    ("decoded", STRING),
    ("imported", "{world}/elsewhere/elsewhere.py"),
    ("called_later", "{world}/elsewhere/elsewhere_later.py"),
    ("imported_from_zip", "{world}/elsewhere/elsewhere.zip/elsewhere_zipped.py"),
    ("imported_bytecode", "/home/somebody/x.py"),
    ("marshalled", STRING),
    ("marshalled_elsewhere", "/home/somebody/x.py"),
    ("pickled", STRING),
    ("run_as_thread", STRING),
    ("function_as_thread", STRING),
    ("in_signal_handler", STRING),
    ("deep", STRING),
    ("awaited", STRING),
    ("ran_by_libc", STRING),
    ("own_function_from_text", STRING),
    ("ran_from_path", "{world}/elsewhere/script.py"),
]
LOOK_ALIKES = [
    "own",
    "lambda",
    "data",
    "checked",
    "named_tuple",
    "typed",
    "cached",
    "wrapped",
    "partial",
    "managed",
    "dispatched",
    "metaclass",
    "evaluated_value",
    "own_coroutine",
    "own_thread",
    "from_own_zip",
    "own_bytecode",
    "read_data",
]
OF_PACKAGES = [
    "attrs_factory",
    "jinja2_template",
    "jinja2_expression",
    "mako_template",
    "sqlalchemy_decorated",
    "sqlalchemy_event",
]
# By a library that is loaded of where it was written: that is told of as well, and not asked about here.
BY_LIBRARY = [
    "library",
    "library_in_thread",
    "library_by_python",
    "library_by_callback",
    "library_as_it_is_loaded",
    "library_as_it_is_imported",
]
BESIDE_LIBRARY = [
    "own_library",
    "own_library_in_thread",
    "own_library_by_callback",
    "beside_library",
    "by_libc_beside_library",
    "sorted_by_libc_beside_library",
]
UNASKED = {"detectors": {"written-then-executed": {"mode": "off"}}}
MISSES = [
    ("named_as_generated", "a text may be compiled under any name"),
    ("named_as_own", "a text may be compiled under a name of the package"),
    ("put_into_own_function", "its code is replaced, not run by exec"),
    ("in_sub_interpreter", "what modules make there is not known"),
]
ACTS = [
    # kind, the text, what the call raises
    ("process", "__import__('subprocess').run(['mkdir', {made!r}])", "PermissionError"),
    ("host", "__import__('socket').getaddrinfo('localhost', 80)", "gaierror"),
    (
        "address",
        "__import__('socket').create_connection(('127.0.0.1', 9))",
        "ConnectionRefusedError",
    ),
    ("code", "__import__('pickle').loads(b'capp\\nhandler\\n.')", "UnpicklingError"),
]


@pytest.fixture(scope="module")
def code(python, tmp_path_factory):
    """The function's folder: its modules in a zip and as bytecode that was made elsewhere."""
    folder = tmp_path_factory.mktemp("injected") / "code"
    shutil.copytree(HERE / "functions" / "injected", folder)
    if python.get("python", THIS) == THIS or python["python"].name == f"python{THIS}":
        for name in PACKAGES:
            source = packages_of("functions") / name
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, folder / name)
    with zipfile.ZipFile(folder / "own.zip", "w") as archive:
        archive.writestr("own_zipped.py", OWN)
    source = tmp_path_factory.mktemp("elsewhere") / "own_compiled.py"
    source.write_text(OWN)
    compile_library(folder / "own_library.so")
    compiling = f"import py_compile; py_compile.compile({str(source)!r}, {str(folder / 'own_compiled.pyc')!r})"
    subprocess.run([python.get("python", sys.executable), "-c", compiling], check=True)
    return folder


def compile_library(target):
    """The library of the function; none where this machine has no C compiler."""
    if shutil.which("cc"):
        source = HERE / "native" / "brought.c"
        command = ["cc", "-O1", "-shared", "-fPIC", str(source), "-o", str(target), "-pthread"]
        subprocess.run(command, check=True)


@pytest.fixture
def native(code):
    if not (code / "own_library.so").exists():
        pytest.skip("no C compiler here that makes the library")


@pytest.fixture(scope="module")
def run(start, code):
    running = {}
    numbers = count()

    def invoke(mode, way, text=None, **settings):
        key = (mode, json.dumps(settings))
        if key not in running:
            document = {"allowlist": ALL, "protections": OFF, **settings}
            variable = policy(mode=mode, **document)
            running[key] = start(code, {"HAUBERK_POLICY": variable}, memory_mb=512, timeout_s=60)
        # Each has a folder of its own: what is frequent is not written each time.
        made = running[key].outside / f"{next(numbers)}.made"
        event = {"way": way, "made": made.name, **({"code": text} if text else {})}
        seen = running[key].invoke(event)
        if b"ModuleNotFoundError" in seen.payload:
            pytest.skip(seen.message)
        return seen, made.exists(), running[key].world

    return invoke


@pytest.mark.parametrize(("way", "file"), ATTACKS)
def test_code_from_elsewhere_acts_and_is_reported_in_detect(run, way, file):
    seen, is_made, world = run("detect", way)
    assert is_made, seen.answer
    record = of_act(seen)
    assert (record["verdict"], record["protection"], record["cwe"]) == ("alert", "lambda", 94)
    assert record["reason"].endswith(f": {file.format(world=world)}")


@pytest.mark.parametrize(("way", "file"), ATTACKS)
def test_code_from_elsewhere_is_refused_what_the_function_may_do(run, way, file):
    seen, is_made, _ = run("prevent", way)
    assert not is_made
    assert seen.error == "PermissionError"
    assert of_act(seen)["verdict"] == "block"


def of_act(seen):
    found = [one for one in seen.detections if one["target"].endswith(".made")]
    assert found, seen.answer.log
    assert {one["detector"] for one in seen.detections} == {"injected-code"}
    return found[0]


@pytest.mark.parametrize(("kind", "text", "error"), ACTS, ids=[act[0] for act in ACTS])
def test_each_kind_of_act_of_such_code_is_refused(run, kind, text, error):
    seen, is_made, _ = run("prevent", "exec", text)
    assert not is_made
    assert seen.error == error
    record = seen.detections[0]
    assert (record["detector"], record["kind"]) == ("injected-code", kind)


def test_such_code_may_look(run):
    seen, _, _ = run("prevent", "exec", "open('/etc/hostname').read()")
    assert not seen.detections
    assert seen.answer.error is None


@pytest.mark.parametrize("way", LOOK_ALIKES + OF_PACKAGES)
def test_code_that_the_package_holds_or_makes_acts_unseen(run, way):
    seen, is_made, _ = run("prevent", way)
    assert seen.answer.error is None, seen.answer.log
    assert is_made
    assert not seen.detections


@pytest.mark.parametrize("way", [way for way, _ in MISSES])
def test_a_known_miss_is_still_missed(run, way):
    seen, is_made, _ = run("prevent", way, tags={"of": "misses"})
    assert is_made, f"no longer missed: {seen.answer.log}"
    assert not seen.detections


@pytest.mark.parametrize("way", BY_LIBRARY)
def test_a_library_from_elsewhere_acts_and_is_reported_in_detect(run, native, way):
    seen, is_made, world = run("detect", way, **UNASKED)
    assert is_made, seen.answer
    record = of_act(seen)
    assert (record["verdict"], record["protection"], record["cwe"]) == ("alert", "lambda", 94)
    assert record["reason"].endswith(".so"), record["reason"]
    assert f": {world}/elsewhere/" in record["reason"]


@pytest.mark.parametrize("way", BY_LIBRARY)
def test_a_library_from_elsewhere_is_refused_what_the_function_may_do(run, native, way):
    seen, is_made, _ = run("prevent", way, **UNASKED)
    assert not is_made
    assert seen.error == "PermissionError", seen.answer
    assert of_act(seen)["verdict"] == "block"


@pytest.mark.parametrize("way", BESIDE_LIBRARY)
def test_a_library_of_the_package_and_code_beside_one_from_elsewhere_act_unseen(run, native, way):
    seen, is_made, _ = run("prevent", way, **UNASKED)
    assert seen.answer.error is None, seen.answer.log
    assert is_made
    assert not [one for one in seen.detections if one["target"].endswith(".made")]


def test_a_library_that_jumps_to_libc_is_still_missed(run, native):
    seen, is_made, _ = run("prevent", "library_by_jump", **UNASKED)
    assert is_made, f"no longer missed: {seen.answer.log}"
    assert not seen.detections


def test_once_code_was_read_from_bytes_a_name_of_its_own_tells_nothing(run):
    settings = {"tags": {"of": "unmarshalled"}}
    for way in ("named_as_generated", "marshalled_with_name", "named_as_generated"):
        seen, is_made, _ = run("prevent", way, **settings)
        is_first = way == "named_as_generated" and is_made
        assert is_first or [one["detector"] for one in seen.detections] == ["injected-code"]
    assert not is_made


def test_a_person_allows_code_by_its_file(run):
    allowed = {
        "name": "fetched",
        "detector": "injected-code",
        "patterns": ["**/elsewhere.py"],
        "scope": "account",
    }
    settings = {"document": {"exclusions": [allowed]}}
    seen, is_made, _ = run("prevent", "imported", **settings)
    assert (is_made, seen.detections) == (True, [])
    seen, is_made, _ = run("prevent", "called_later", **settings)
    assert not is_made
