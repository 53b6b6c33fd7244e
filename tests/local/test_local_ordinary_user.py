"""An ordinary user gets the same environment as root, where the machine has user namespaces."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import hauberk
from hauberk.local import Function
from hauberk.local.sandbox import sandbox

NOBODY = 65534
CALLER = """
import json, sys
from pathlib import Path
from hauberk.local import Environment, Function, LocalError
function = Function(Path(sys.argv[1]), runtime_packages=Path(sys.argv[2]))
with Environment(function, namespace=sys.argv[3] == "namespace") as environment:
    try:
        answer = environment.invoke({})
    except LocalError as error:
        sys.exit(f"no namespace: {error}")
print(json.dumps([answer.error, json.loads(answer.payload), answer.cpu_ms > 0, answer.max_rss_kb]))
"""
CODE = """
import os
def handler(event, context):
    with open("/tmp/mine", "w") as file:
        file.write("x")
    own = os.listdir("/tmp") == ["mine"]
    if own:  # leave what cannot be listed, let alone removed
        os.makedirs("/tmp/locked/deep/deeper")
        os.chmod("/tmp/locked/deep", 0)
        os.chmod("/tmp/locked", 0)
    return [__file__, os.getuid(), own]
"""


@pytest.mark.parametrize("kind", ["namespace", "fallback"])
def test_a_function_runs_for_an_ordinary_user(tmp_path, kind):
    if os.geteuid() != 0:
        pytest.skip("every other test runs as an ordinary user already")
    python = _python_for_everyone()
    place = Path("/var/tmp") / f"hauberk-{os.getpid()}"  # open to all, unlike pytest's folders
    try:
        _fill(place)
        done = subprocess.run(
            [python, "-c", CALLER, place / "code", place / "packages", kind],
            env={"PYTHONPATH": str(place / "tools"), "TMPDIR": str(place / "temporary")},
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )
        left = os.listdir(place / "temporary")
    finally:
        shutil.rmtree(place)
        if kind == "fallback":
            Path("/tmp/mine").unlink(missing_ok=True)
    if done.stderr.startswith("no namespace: "):
        pytest.skip(f"this machine has no user namespaces: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    error, payload, used_cpu, peak_kb = json.loads(done.stdout)
    assert error is None
    file = "/var/task/app.py" if kind == "namespace" else str(place / "code/app.py")
    assert payload[:2] == [file, NOBODY]
    assert payload[2] or kind == "fallback"
    assert used_cpu
    assert peak_kb > 5000
    assert left == []
    assert done.stderr.count("hauberk: the memory size is not enforced here: no control group") == 1


def _python_for_everyone() -> Path:
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    for name in ("python3.11", "python3.12", "python3.13", "python3.14", "python3"):
        python = shutil.which(name, path="/usr/local/bin:/usr/bin")
        asked = python and subprocess.run([python, "-c", question], user=NOBODY, check=False)
        if asked and asked.returncode == 0:
            return Path(python).resolve()
    pytest.skip("no Python 3.11 or later that an ordinary user may run in /usr/local/bin, /usr/bin")


def _fill(place: Path) -> None:
    (place / "code").mkdir(parents=True)
    (place / "code/app.py").write_text(CODE)
    (place / "temporary").mkdir()
    box = sandbox(Function(place / "code"))
    shutil.copytree(next(iter(box.language.client.values())).parent, place / "packages")
    box.close()
    package = Path(hauberk.__file__).parent
    ignore = shutil.ignore_patterns("*.so", "__pycache__")
    (place / "tools/hauberk").mkdir(parents=True)
    shutil.copy(package / "__init__.py", place / "tools/hauberk")
    for part in ("local", "model"):
        shutil.copytree(package / part, place / "tools/hauberk" / part, ignore=ignore)
    for path in (place, *place.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    shutil.chown(place / "temporary", NOBODY, NOBODY)
