"""The start of a function's process: wrapper, layers, `sys.path`, variables."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

from hauberk.local import Environment, Function, InputError
from hauberk.local.variables import RESERVED

LOOK = """
import json, os, sys

def handler(event, context):
    return {"path": sys.path, "variables": dict(os.environ), "handler": os.environ["_HANDLER"]}
"""
WRAPPER = '#!/bin/sh\nexport WRAPPED="${WRAPPED-}1"\nexec "$@"\n'
CHAIN = '#!/bin/sh\nexport WRAPPED="${WRAPPED-}2"\nexec /opt/first "$@"\n'


def look(environment: Environment) -> dict[str, object]:
    answer = environment.invoke({})
    assert answer.error is None, answer.log
    return json.loads(answer.payload)


def test_a_wrapper_starts_the_runtime(start, namespace, folder):
    layer = folder("layer", {"wrap": WRAPPER})
    wrapped = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrap"}
    environment = start(LOOK, namespace=namespace, layers=(layer,), environment=wrapped)
    assert look(environment)["variables"]["WRAPPED"] == "1"


def test_a_wrapper_may_start_another(start, own_root, folder):
    layer = folder("layer", {"first": WRAPPER, "second": CHAIN})
    wrapped = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/second"}
    environment = start(LOOK, namespace=own_root, layers=(layer,), environment=wrapped)
    assert look(environment)["variables"]["WRAPPED"] == "21"


BROKEN = [
    # wrapper                   exit status, in the log
    ("/opt/nothing", 127, "/nothing: does not exist"),
    ("/opt/plain", 126, "/plain: is not an executable"),
    ("/opt/false", 9, ""),
]


@pytest.mark.parametrize(("wrapper", "status", "logged"), BROKEN)
def test_a_broken_wrapper_ends_the_runtime_as_on_lambda(
    start, namespace, folder, wrapper, status, logged
):
    layer = folder("layer", {"plain": "text", "false": "#!/bin/sh\nexit 9\n"})
    wrapped = {"AWS_LAMBDA_EXEC_WRAPPER": wrapper}
    answer = start(LOOK, namespace=namespace, layers=(layer,), environment=wrapped).invoke({})
    assert json.loads(answer.payload)["errorMessage"].endswith(f"error: exit status {status}")
    assert logged in answer.log


PTH = {"python/zzz.pth": "import os; os.environ['PTH'] = 'ran'\n", "python/custlib.py": "answer=42"}
USES = "import custlib, os\ndef handler(*_): return [custlib.answer, os.environ.get('PTH')]"


@pytest.mark.parametrize("place", ["python", "python/lib/python{version}/site-packages"])
def test_a_layer_s_packages_are_found_and_its_pth_files_run(start, namespace, folder, place):
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    moved = {
        name.replace("python", place.format(version=version), 1): text for name, text in PTH.items()
    }
    environment = start(USES, namespace=namespace, layers=(folder("layer", moved),))
    assert environment.invoke({}).payload == b'[42, "ran"]'


def test_pythonpath_is_kept_and_stands_for_the_layers(start, namespace, folder):
    layer = folder("layer", PTH)
    fields = {"layers": (layer,), "environment": {"PYTHONPATH": "/opt/python"}}
    environment = start(USES, namespace=namespace, **fields)
    assert environment.invoke({}).payload == b"[42, null]"  # found, but no .pth ran


def test_the_function_comes_before_its_layers(start, namespace, folder):
    layer = folder("layer", {"python/app.py": "def handler(*_): return 'layer'"})
    code = "def handler(*_): return 'function'"
    assert start(code, namespace=namespace, layers=(layer,)).invoke({}).payload == b'"function"'


def test_later_layers_and_zip_files_go_over_earlier_ones(folder, tmp_path, namespace):
    first = folder("first", {"python/one.py": "name = 'first'", "python/both.py": "name = 'first'"})
    second = tmp_path / "second.zip"
    with zipfile.ZipFile(second, "w") as archive:
        archive.writestr("python/both.py", "name = 'second'")
        entry = zipfile.ZipInfo("bin/run")
        entry.external_attr = 0o100755 << 16
        archive.writestr(entry, "#!/bin/sh\necho ran\n")
        link = zipfile.ZipInfo("bin/hauberk-link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "run")
    code = tmp_path / "code.zip"
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr(
            "app.py",
            "import one, both, subprocess\n"
            "def handler(*_):\n"
            "    ran = subprocess.check_output('hauberk-link', text=True)\n"
            "    return [one.name, both.name, ran]\n",
        )
    with Environment(Function(code, layers=(first, second)), namespace=namespace) as environment:
        answer = environment.invoke({})
    assert answer.payload == b'["first", "second", "ran\\n"]', answer.log


def test_the_variables_are_lambdas_and_the_caller_s_and_no_other(start, own_root, monkeypatch):
    monkeypatch.setenv("OF_THE_HOST", "1")
    given = {"TABLE": "orders", "AWS_REGION": "eu-west-1", "PATH_LIKE": "/opt/x"}
    environment = start(LOOK, namespace=own_root, name="orders", memory_mb=256, environment=given)
    seen = look(environment)["variables"]
    for changing in ("AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_LOG_STREAM_NAME", "_X_AMZN_TRACE_ID"):
        assert seen.pop(changing)
    assert seen.pop("AWS_EXECUTION_ENV").startswith("AWS_Lambda_python3.")
    seen.pop("LC_CTYPE", None)  # Python's own, where the machine lacks en_US.UTF-8
    assert seen == {
        **given,
        "_HANDLER": "app.handler",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_NAME": "orders",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/orders",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_SESSION_TOKEN": "local",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": "/var/task",
        "LANG": "en_US.UTF-8",
        "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:"
        "/var/task:/var/task/lib:/opt/lib",
        "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin",
        "PWD": "/var/task",
        "TZ": ":UTC",
    }


def test_without_a_namespace_the_variables_name_the_folders(start, folder, tmp_path):
    layer = folder("layer", {"x": ""})
    given = {"CONFIG": "/opt/x", "KEPT": "/optional"}
    environment = start(LOOK, namespace=False, layers=(layer,), environment=given)
    seen = look(environment)["variables"]
    assert seen["LAMBDA_TASK_ROOT"] == str(tmp_path / "code")
    assert (seen["CONFIG"], seen["KEPT"]) == (str(layer / "x"), "/optional")
    assert seen["PATH"].endswith(f":{layer}/bin")
    assert Path(seen["LAMBDA_RUNTIME_DIR"], "bootstrap").is_file()


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_variable_that_is_lambdas_alone_is_refused(folder, name):
    code = folder("code", {"app.py": LOOK})
    with pytest.raises(InputError, match=f"does not let a function set {name}"):
        Environment(Function(code, environment={name: "x"}))


CONTEXT = """
import os

def handler(event, context):
    return {
        "request": context.aws_request_id, "arn": context.invoked_function_arn,
        "left_ms": context.get_remaining_time_in_millis(), "trace": os.environ["_X_AMZN_TRACE_ID"],
        "memory": context.memory_limit_in_mb, "name": context.function_name,
    }
"""


def test_the_context_is_that_of_this_invocation(start, namespace):
    environment = start(CONTEXT, namespace=namespace, name="orders", timeout_s=20)
    seen = []
    for _ in range(2):
        answer = environment.invoke({})
        context = json.loads(answer.payload)
        assert context["request"] == answer.request_id
        assert context["arn"] == "arn:aws:lambda:us-east-1:123456789012:function:orders"
        assert 10_000 < context["left_ms"] <= 20_000
        assert (context["memory"], context["name"]) == ("512", "orders")
        seen.append(context["trace"])
    assert seen[0] != seen[1]
