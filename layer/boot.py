"""Starts the runtime's bootstrap with the guard in place: `python boot.py /var/runtime/bootstrap.py ...`.

`hauberk.pth` runs the same file where only the layer is attached. What fails here fails into the log, never
into the function; what is past here fails behind the fence.
"""

import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))


def attach():
    """Arm the guard, without leaving a trace in `sys.path`."""
    if "hauberk.guard.start" in sys.modules:
        return
    library = os.path.join(ROOT, "lib")
    sys.path.insert(0, library)
    try:
        from hauberk.guard import start
    finally:
        sys.path.remove(library)
    start.start(ROOT)


def attach_or_say():
    """Arm the guard; where that fails, say so and let the function run."""
    try:
        attach()
    except Exception as fault:  # noqa: BLE001  the fence's outer post: the fence itself may be what is broken
        say(f"the guard could not start: {type(fault).__name__}: {fault}")


def say(message):
    """Write a status record without any of our parts."""
    import json
    import time

    record = {
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "level": "FATAL",
        "hauberk": "HAUBERK1",
        "type": "status",
        "id": "0000000000000000",
        "function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        "version": os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", ""),
        "request_id": "",
        "state": "fault",
        "message": message[:2000],
    }
    os.write(2, json.dumps(record).encode() + b"\n")


def run(program):
    """Run the program as Python would have run it, had it been named in our place."""
    import runpy

    is_module = program[0] == "-m"
    folder = os.getcwd() if is_module else os.path.dirname(os.path.realpath(program[0]))
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = folder
    sys.argv[:] = program[1:] if is_module else program
    if is_module:
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(program[0], run_name="__main__")


if __name__ == "__main__":
    attach_or_say()
    run(sys.argv[1:])
elif os.environ.get("_HANDLER") and os.environ.get("AWS_LAMBDA_RUNTIME_API"):
    attach_or_say()
