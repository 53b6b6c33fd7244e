"""The same function on every Python that AWS has a runtime client for."""

import json

import pytest

from hauberk.local import Environment, Function
from pythons import EVERY

CODE = """
import sys

def handler(event, context):
    return [list(sys.version_info[:2]), sys.prefix, event, context.function_name]
"""


@pytest.mark.parametrize("version", EVERY)
def test_a_function_runs_on_every_version(folder, namespace, runtime, version):
    python, packages = runtime(version)
    code = folder("code", {"app.py": CODE})
    function = Function(code, python=python, runtime_packages=packages, name="any")
    with Environment(function, namespace=namespace) as environment:
        answer = environment.invoke({"a": "é"})
    seen, prefix, event, name = json.loads(answer.payload)
    assert (seen, event, name) == ([*map(int, version.split("."))], {"a": "é"}, "any")
    assert (prefix == "/var/lang") == namespace
    assert f"python:{version}." in answer.log
