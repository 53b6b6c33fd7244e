"""Node.js functions run by AWS's own runtime client, and what is said where one cannot be."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hauberk.local import Environment, Function, InputError, LocalError
from hauberk.local.handler import find_handler, language_of
from hauberk.local.nodejs import MADE, client, node

Folder = Callable[..., Path]

FUNCTION = """
const own = require('own');
exports.handler = async (event, context) => {
  console.log('serving', event.id);
  if (event.raise) throw new TypeError('boom');
  return {event, own, name: context.functionName, arn: context.invokedFunctionArn,
          left: context.getRemainingTimeInMillis() > 0,
          runtime: process.env.AWS_EXECUTION_ENV, handler: process.env._HANDLER, argv: process.argv[1]};
};
exports.streams = awslambda.streamifyResponse(async (event, stream) => {
  for (const piece of ['one ', 'two ', 'three']) stream.write(piece);
  stream.end();
});
exports.ends = async () => process.exit(7);
"""
LAYER = {"nodejs/node_modules/own/index.js": "module.exports = 'of the layer';"}


@pytest.fixture(scope="module", autouse=True)
def _client() -> None:
    """Skips with the reason where this machine has no Node.js or no runtime client for it."""
    try:
        node(None)
        client(None)
    except InputError:
        raise
    except LocalError as error:
        pytest.skip(str(error))


@pytest.fixture
def started(folder: Folder) -> Iterator[Callable[..., Environment]]:
    open_environments: list[Environment] = []

    def start(namespace: bool, handler: str = "index.handler", **fields: Any) -> Environment:
        code = folder("code", {"index.js": FUNCTION})
        function = Function(code, handler, "nodejs", layers=(folder("layer", LAYER),), **fields)
        open_environments.append(Environment(function, namespace=namespace))
        return open_environments[-1]

    yield start
    for one in open_environments:
        one.close()


def test_a_function_sees_what_it_sees_on_lambda(
    started: Callable[..., Environment], namespace: bool
) -> None:
    environment = started(namespace, name="orders")
    answer = environment.invoke({"id": 17})
    assert answer.error is None, answer.log
    told = json.loads(answer.payload)
    assert (told["event"], told["own"], told["name"], told["left"]) == (
        {"id": 17},
        "of the layer",
        "orders",
        True,
    )
    assert told["arn"].endswith(":function:orders")
    version = node(None)[1]
    assert told["runtime"] == f"AWS_Lambda_nodejs{version.split('.')[0]}.x"
    assert told["argv"] == "/var/runtime/index.mjs" or not namespace
    lines = answer.log.splitlines()
    assert lines[0].startswith(
        f"INIT_START Runtime Version: nodejs:{version}.local\t".replace("\\\t", "\t")
    )
    assert f"\t{answer.request_id}\tINFO\tserving 17".replace("\\\t", "\t") in answer.log
    assert environment.invoke({"id": 18}).init_ms is None


def test_an_error_is_the_answer(started: Callable[..., Environment], namespace: bool) -> None:
    environment = started(namespace)
    answer = environment.invoke({"raise": True})
    said = json.loads(answer.payload)
    assert (answer.error, said["errorType"], said["errorMessage"]) == (
        "Unhandled",
        "TypeError",
        "boom",
    )
    assert environment.invoke({}).error is None


def test_a_streamed_answer_is_whole(started: Callable[..., Environment], namespace: bool) -> None:
    assert started(namespace, "index.streams").invoke({}).payload == b"one two three"


def test_a_process_that_ends_is_told_and_started_again(
    started: Callable[..., Environment], own_root: bool
) -> None:
    environment = started(own_root, "index.ends")
    for _ in range(2):
        answer = environment.invoke({})
        assert json.loads(answer.payload)["errorType"] == "Runtime.ExitError"
        assert "exit status 7" in answer.log


def test_a_function_that_cannot_be_loaded_says_so(
    started: Callable[..., Environment], own_root: bool
) -> None:
    answer = started(own_root, "nothing.handler").invoke({})
    assert json.loads(answer.payload)["errorType"] == "Runtime.ImportModuleError"


HANDLERS = [
    # file, text                                                      handler
    ("index.js", "exports.handler = async () => 1;", "index.handler"),
    ("index.js", "module.exports.handler = async () => 1;", "index.handler"),
    ("app.cjs", "const handler = () => 1;\nmodule.exports = { other, handler };", "app.handler"),
    ("index.mjs", "export const handler = async () => 1;", "index.handler"),
    ("index.mjs", "export async function handler(event) {}", "index.handler"),
    ("index.mjs", "const one = () => 1;\nexport { one as handler };", "index.handler"),
    ("index.mjs", "// export const handler = 1;", None),
    ("index.js", "const handler = () => 1;", None),
    ("index.js", "exports.handlers = 1;", None),
]


@pytest.mark.parametrize(("file", "text", "handler"), HANDLERS)
def test_a_handler_is_found_in_what_a_module_exports(
    folder: Folder, file: str, text: str, handler: str | None
) -> None:
    code = folder("code", {file: text})
    if handler is None:
        with pytest.raises(InputError, match="name it with --handler"):
            find_handler(code)
    else:
        assert find_handler(code) == handler
        assert language_of(code, handler) == "nodejs"


def test_where_both_languages_have_the_file_it_is_python(folder: Folder) -> None:
    code = folder("code", {"app.py": "def handler(*_): pass", "app.js": "exports.handler = 1;"})
    assert (find_handler(code), language_of(code, "app.handler")) == ("app.handler", "python")
    assert language_of(code, "nothing.handler") == "python"


def of(version: int) -> str:
    return f"nodejs{version}.x"


def refusals(tmp_path: Path) -> list[tuple[dict[str, Any], str]]:
    major = int(node(None)[1].split(".")[0])
    empty, old, unbuilt = (tmp_path / name for name in ("empty", "old", "unbuilt"))
    for packages in (empty, old, unbuilt):
        packages.mkdir()
    (unbuilt / "node_modules/aws-lambda-ric").mkdir(parents=True)
    for name in ("index.mjs", "package.json"):
        shutil.copy(
            MADE / "node_modules/aws-lambda-ric" / name, unbuilt / "node_modules/aws-lambda-ric"
        )
    no_node = tmp_path / "no-node"
    no_node.write_text("#!/bin/sh\nexit 3\n")
    no_node.chmod(0o755)
    return [
        ({"runtime": of(major + 1)}, f"not nodejs{major + 1}.x; name another with --node"),
        ({"runtime": "java21"}, "java21 is no runtime that can be run here"),
        ({"node": tmp_path / "nothing"}, "no such file or directory"),
        ({"node": no_node}, "is not a Node.js that runs here"),
        ({"runtime_packages": empty}, "run `npm install --prefix"),
        ({"runtime_packages": unbuilt}, "was not built; run `npm install --prefix"),
    ]


def test_what_is_missing_is_said_with_its_remedy(folder: Folder, tmp_path: Path) -> None:
    code = folder("code", {"index.js": FUNCTION})
    for fields, message in refusals(tmp_path):
        given = {"runtime": "nodejs", **fields}
        with pytest.raises(LocalError) as raised:
            Environment(Function(code, "index.handler", **given))
        assert message.lower() in str(raised.value).lower(), fields


def test_a_machine_without_node_js_is_told_what_to_do(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "PATH", "/nonexistent")
    with pytest.raises(LocalError, match=r"no Node\.js on PATH.*--node"):
        Environment(Function(folder("code", {"index.js": FUNCTION}), "index.handler", "nodejs"))
