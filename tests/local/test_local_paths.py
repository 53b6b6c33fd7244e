"""An environment with a root of its own: Lambda's paths are true, and nothing else is touched."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hauberk.local import Environment, Function, LocalError
from hauberk.local.log import Log
from hauberk.local.process import Refused
from hauberk.local.run import Run
from hauberk.local.runtime_api import Invocation
from hauberk.local.sandbox import Isolation, sandbox

ASK = """
import glob, json, os, shutil, socket, sys

def attempt(path):
    try:
        with open(path, "w") as file:
            file.write("x")
    except OSError as error:
        return error.errno

def where():
    import awslambdaric
    return {
        "file": __file__, "directory": os.getcwd(), "prefix": sys.prefix,
        "executable": sys.executable, "client": awslambdaric.__file__, "path": sys.path[:7],
        "opt": sorted(os.listdir("/opt")), "main": sys.modules["__main__"].__file__,
    }

ACTS = {
    "where": lambda value: where(),
    "write": attempt,
    "read": lambda path: open(path).read() if os.path.exists(path) else None,
    "names": lambda folder: sorted(os.listdir(folder)),
    "list": lambda pattern: sorted(glob.glob(pattern)),
    "resolve": socket.gethostbyname,
    "find": shutil.which,
    "exit": lambda code: os._exit(code),
}

def handler(event, context):
    (act, value), = event.items()
    return ACTS[act](value)
"""


def ask(environment: Environment, **act: object) -> object:
    answer = environment.invoke(act)
    assert answer.error is None, answer.payload
    return json.loads(answer.payload)


def test_lambdas_paths_are_true(start, own_root, folder):
    layer = folder("layer", {"bin/tool": "#!/bin/sh\n", "python/custlib.py": ""})
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert ask(start(ASK, namespace=own_root, layers=(layer,)), where=0) == {
        "file": "/var/task/app.py",
        "directory": "/var/task",
        "prefix": "/var/lang",
        "executable": f"/var/lang/bin/python{version}",
        "client": "/var/runtime/awslambdaric/__init__.py",
        "main": "/var/runtime/bootstrap.py",
        "opt": ["bin", "python"],
        "path": [
            "/var/task",
            f"/opt/python/lib/python{version}/site-packages",
            "/opt/python",
            "/var/runtime",
            f"/var/lang/lib/python{version.replace('.', '')}.zip",
            f"/var/lang/lib/python{version}",
            f"/var/lang/lib/python{version}/lib-dynload",
        ],
    }


@pytest.fixture(params=["this Python", "the system's Python"])
def python(request, runtime):
    """The fields by which a function runs on this Python, or on that of the whole system."""
    if request.param == "this Python":
        return {}
    try:
        ask = "import sys; print(sys.base_prefix, '%d.%d' % sys.version_info[:2])"
        told = subprocess.check_output(["/usr/bin/python3", "-c", ask], text=True).split()
    except OSError as error:
        pytest.skip(f"the system has no Python: {error}")
    if told[0] != "/usr":
        pytest.skip(f"the system's Python is in {told[0]}")
    return {"python": Path("/usr/bin/python3"), "runtime_packages": runtime(told[1])[1]}


def test_the_language_s_folder_has_no_program_but_python(start, own_root, python):
    environment = start(ASK, namespace=own_root, **python)
    *others, program = ask(environment, names="/var/lang/bin")
    assert others == ["python", "python3"]
    assert ask(environment, where=0)["executable"] == f"/var/lang/bin/{program}"
    assert ask(environment, find="python3") == "/var/lang/bin/python3"
    for name in ("touch", "sh"):
        here = shutil.which(name, path="/usr/local/bin:/usr/bin:/bin")
        assert ask(environment, find=name) == here


READ_ONLY = ["/var/task", "/opt", "/var/runtime", "/var/lang", "/var", "/etc", "/usr", "", "/root"]


@pytest.mark.parametrize("folder_name", READ_ONLY)
def test_only_tmp_can_be_written(start, own_root, folder_name):
    environment = start(ASK, namespace=own_root)
    assert ask(environment, write=f"{folder_name}/hauberk-test") in (errno.EROFS, errno.EACCES)
    assert ask(environment, write="/tmp/hauberk-test") is None
    assert ask(environment, write="/dev/null") is None


def test_tmp_is_the_environments_own_and_outlives_its_process(start, own_root, tmp_path):
    environment = start(ASK, namespace=own_root)
    assert ask(environment, read=str(tmp_path / "code/app.py")) is None  # pytest's is under /tmp
    assert ask(environment, list="/tmp/*") == []
    ask(environment, write="/tmp/kept")
    assert environment.invoke({"exit": 1}).error
    assert ask(environment, read="/tmp/kept") == "x"
    assert not Path("/tmp/kept").exists()


def test_a_host_name_can_be_given_an_address_for_the_function_alone(start, own_root):
    before = Path("/etc/hosts").read_text()
    environment = start(ASK, namespace=own_root, hosts={"shop.internal": "127.0.0.9"})
    assert ask(environment, resolve="shop.internal") == "127.0.0.9"
    assert ask(environment, resolve="localhost") == "127.0.0.1"
    assert Path("/etc/hosts").read_text() == before


def test_hosts_without_a_namespace_are_refused(start):
    environment = start(ASK, namespace=False, hosts={"shop.internal": "127.0.0.9"})
    with pytest.raises(LocalError, match="needs a mount namespace"):
        environment.invoke({"resolve": "shop.internal"})


@pytest.mark.parametrize("home", ["/home", "/root"])
def test_the_homes_of_the_host_are_not_the_function_s_to_read(start, own_root, home):
    prefix = Path(sys.base_prefix).resolve()  # all there is, where Python is installed in a home
    expected = [prefix.relative_to(home).parts[0]] if prefix.is_relative_to(home) else []
    assert ask(start(ASK, namespace=own_root), names=home) == expected


POWERLESS = """
import ctypes, os

def handler(event, context):
    status = open("/proc/self/status").read()
    mounted = ctypes.CDLL(None).mount(b"none", b"/tmp", b"tmpfs", 0, None)
    processes = [name for name in os.listdir("/proc") if name.isdigit()]
    return [line for line in status.splitlines() if line.startswith("CapEff")], mounted, processes
"""


def test_the_function_has_no_privileges_and_sees_no_process_of_the_host(start, own_root):
    answer = start(POWERLESS, namespace=own_root).invoke({})
    capabilities, mounted, processes = json.loads(answer.payload)
    assert capabilities == ["CapEff:\t0000000000000000"]
    assert mounted == -1
    assert len(processes) <= 2  # the supervisor and the function


def test_aws_s_sdk_is_part_of_the_runtime(start, own_root):
    pytest.importorskip("boto3", reason="boto3 is not installed; the runtime takes it from there")
    code = """
import boto3, botocore
def handler(*_):
    return boto3.__file__, botocore.__file__, boto3.client("s3").meta.region_name
"""
    answer = start(code, namespace=own_root).invoke({})
    assert answer.error is None, answer.log
    package = "/var/runtime/{0}/__init__.py".format
    assert json.loads(answer.payload) == [package("boto3"), package("botocore"), "us-east-1"]


def test_the_host_s_own_packages_are_not_the_function_s(start, own_root):
    code = "def handler(*_):\n    import pip"
    assert b"No module named 'pip'" in start(code, namespace=own_root).invoke({}).payload


def test_paths_are_true_where_processes_cannot_be_separate(folder, own_root):
    box = sandbox(Function(folder("code", {"app.py": ASK})))
    log = Log(None)
    run = Run(box, Isolation.PATHS, log)
    try:
        init = run.init(10)
        assert not isinstance(init, Refused)
        assert init.failure is None, log.take()
        answer = run.invoke(Invocation("id", b'{"list": "/var/task/*"}', 10, "arn", "trace")).answer
        assert answer is not None
        assert answer.payload == b'["/var/task/app.py"]'
    finally:
        run.close()
        log.close()
        box.close()


CALLER = """
import json, os, sys, tempfile, time
from pathlib import Path
from hauberk.local import Environment, Function
before = Path("/proc/self/mountinfo").read_text()
code = Path(sys.argv[1])
with Environment(Function(code), namespace=sys.argv[2] == "True") as environment:
    environment.invoke({"write": "/tmp/" + sys.argv[3]})
    assert os.listdir(tempfile.gettempdir())
    assert Path("/proc/self/mountinfo").read_text() == before
held = len(os.listdir("/proc/self/fd"))
print(json.dumps(os.listdir(tempfile.gettempdir())), held)
with Environment(Function(code), namespace=sys.argv[2] == "True") as environment:
    environment.invoke({"write": "/tmp/" + sys.argv[3]})
until = time.monotonic() + 20  # a connection's thread closes its socket when it is scheduled
while len(os.listdir("/proc/self/fd")) > held and time.monotonic() < until:
    time.sleep(0.01)
print(json.dumps(os.listdir(tempfile.gettempdir())), len(os.listdir("/proc/self/fd")))
"""


def test_nothing_is_left_mounted_written_or_open(folder, tmp_path, namespace):
    code, temporary = folder("code", {"app.py": ASK}), folder("temporary", {})
    cache = folder("cache", {})
    mark = f"hauberk-test-{os.getpid()}"
    done = subprocess.run(
        [sys.executable, "-c", CALLER, code, str(namespace), mark],
        env={
            "TMPDIR": str(temporary),
            "XDG_CACHE_HOME": str(cache),
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == second
    assert first.startswith("[]")
    assert [entry.name for entry in cache.iterdir()] == ["hauberk"]
    assert sorted(entry.name for entry in code.iterdir() if entry.name != "__pycache__") == [
        "app.py"
    ]
    left = Path("/tmp") / mark
    assert left.exists() == (not namespace)  # the fallback's /tmp is the host's
    left.unlink(missing_ok=True)
    assert "hauberk-local-" not in Path("/proc/self/mountinfo").read_text()
