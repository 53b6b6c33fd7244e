"""The Node.js that runs a function, and AWS's runtime client for it, `aws-lambda-ric` of npm."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from hauberk.local.function import InputError, LocalError

QUESTION = "process.stdout.write(JSON.stringify([process.execPath, process.versions.node]))"
# Where modules are looked for besides the function's own, as Lambda's bootstrap sets it.
MODULES = (
    "@layers@/nodejs/node{version}/node_modules:@layers@/nodejs/node_modules"
    ":@runtime@/node_modules:@runtime@:@task@"
)
# With its native part only as many threads of one process can wait for events as libuv has for work, four.
OF_THREADS = {"AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1": "true"}
CLIENT = ("index.mjs", "rapid-client.node")
MADE = Path(__file__).parents[3] / ".cache" / "nodejs"  # what `make test` installs


def node(given: Path | None) -> tuple[Path, str]:
    """The Node.js `given`, or that on PATH, and its version; raises InputError or LocalError."""
    program = str(given) if given is not None else shutil.which("node")
    if program is None:
        raise LocalError(
            "there is no Node.js on PATH to run the function with; install it, or name one with --node"
        )
    try:
        said = subprocess.run(
            [program, "-e", QUESTION], capture_output=True, check=True, timeout=30, env={}
        ).stdout
        path, version = json.loads(said)
        return Path(path).resolve(), str(version)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(
            f"{program} is not a Node.js that runs here ({why}); name a program, as `which node` prints it"
        ) from error


def arguments(memory_mb: int) -> tuple[str, ...]:
    """What Lambda's bootstrap starts Node.js with: nine tenths of the memory are for old objects."""
    young, old = memory_mb * 5 // 100, memory_mb * 90 // 100
    return (
        "--expose-gc",
        "--max-http-header-size=81920",
        f"--max-semi-space-size={max(1, young)}",
        f"--max-old-space-size={old}",
        "@runtime@/index.mjs",
    )


def client(given: Path | None) -> Mapping[str, Path]:
    """The files of the runtime client in `given`, by their names in `/var/runtime`."""
    folder = (MADE if given is None else given).resolve()
    package = folder / "node_modules" / "aws-lambda-ric"
    files = {name: package / name for name in CLIENT}
    if all(file.is_file() for file in files.values()):
        return files
    target = "DIR" if given is None else given
    remedy = f"`npm install --prefix {target} aws-lambda-ric@4`, which needs make, cmake and a C++ compiler"
    if (package / "package.json").is_file():
        raise InputError(
            f"aws-lambda-ric in {folder} is not of version 4 or was not built; run {remedy}"
        )
    if given is not None:
        raise InputError(f"no aws-lambda-ric in {given}; run {remedy}")
    raise LocalError(
        f"AWS's runtime client for Node.js is not installed; run {remedy}, then name DIR with --runtime-packages"
    )
