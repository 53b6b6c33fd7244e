"""Instructions that the guard adds in the function's own process: `python -m bench.instructions`, by valgrind.

Other work on the machine does not change them, so they show what pairs of times cannot. Beside the guard stands an
audit hook that does nothing: CPython makes the arguments of an event for any hook, and copies what `marshal` reads.

Counts:         the process itself, without the second wall
Does not count: its children, the kernel, what waits for memory
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from hauberk.local.attach import own_layer
from hauberk.local.folders import layer_folder

HERE = Path(__file__).parent
HOOK = HERE / "empty_hook.c"
# In each process first: the modules that a runtime's client has imported, whoever watches.
BEFORE = "import http.client, importlib, json, logging, random, sys, threading"
# An environment is ended from outside, so what Python clears at its end is no part of its life.
END = "import os; os._exit(0)"
SIDES = {
    "plain": "",
    "empty hook": "import empty_hook; empty_hook.install()",
    "guard": """
from importlib.machinery import SourceFileLoader
parts = {"__name__": "hauberk_launch", "__file__": sys.argv[1]}
exec(SourceFileLoader("hauberk_launch", sys.argv[1]).get_code("hauberk_launch"), parts)
parts["attach_or_say"]()""",
}
SDK = "import boto3; boto3.client('s3', region_name='us-east-1')"
WORK = "from app import handler\nfor _ in range({}): handler({{}}, None)"
ROWS = {
    # what is counted: the program without it, and with it, and how often that does it
    "boto3 imported, a client made": ("", SDK, 1),
    "200 opens and 20 programs": (WORK.format(2), WORK.format(52), 50),
}


def main() -> int:
    """Print a row for each; 3 where there is no valgrind or no compiler of C."""
    print("| instructions, millions | plain | an empty hook adds | the guard adds | of plain |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            compile_hook(folder)
            layer = layer_folder((own_layer(()),), folder)
            for name, (less, more, times) in ROWS.items():
                plain, empty, guard = (
                    (count(folder, layer, side, more) - count(folder, layer, side, less)) / times
                    for side in SIDES
                )
                shown = [plain, empty - plain, guard - plain]
                millions = " | ".join(f"{one / 1e6:,.2f}" for one in shown)
                print(f"| {name} | {millions} | {(guard - plain) / plain:.1%} |")
        except OSError as error:
            print(f"no valgrind, or no compiler of C: {error}", file=sys.stderr)
            return 3
    return 0


def compile_hook(folder: Path) -> None:
    """Make the module `empty_hook` there."""
    include = sysconfig.get_path("include")
    command = ["cc", "-shared", "-fPIC", "-O1", f"-I{include}", str(HOOK)]
    subprocess.run([*command, "-o", str(folder / "empty_hook.so")], check=True)


def count(folder: Path, layer: Path, side: str, program: str) -> int:
    """How many instructions a process takes from its start until `program` has run."""
    log = folder / "valgrind.log"
    tool = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    code = "\n".join((BEFORE, SIDES[side], program, END))
    command = [*tool, f"--log-file={log}", sys.executable, "-c", code]
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{folder}:{HERE / 'functions' / 'work'}",
        "PYTHONHASHSEED": "0",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "LAMBDA_TASK_ROOT": str(HERE / "functions" / "work"),
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "none",
        "HAUBERK_MODE": "detect",
    }
    boot = layer / "hauberk" / "boot.py"
    subprocess.run([*command, str(boot)], env=variables, check=True, stderr=subprocess.DEVNULL)
    found = re.search(r"I +refs: +([\d,]+)", log.read_text())
    if found is None:
        raise OSError(f"valgrind said nothing of instructions: {log.read_text()[:200]}")
    return int(found[1].replace(",", ""))


if __name__ == "__main__":
    sys.exit(main())
