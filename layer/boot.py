"""Starts the runtime's bootstrap with the guard in place: `python boot.py /var/runtime/bootstrap.py ...`.

The wrapper runs its parts; `hauberk.pth` runs it where only the layer is attached. What fails here fails into
the log, never into the function; what is past here fails behind the fence.
"""

import _frozen_importlib_external  # `importlib.machinery` costs a cold start 0.1 ms
import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))


def attach() -> None:
    """Arm the guard, without leaving a trace in `sys.path`."""
    if "hauberk.guard.start" in sys.modules:
        return
    library = os.path.join(ROOT, "lib")
    require_whole()
    sys.path.insert(0, library)
    try:
        from hauberk.guard import start
    finally:
        sys.path.remove(library)
    start.start(ROOT)


def require_whole() -> None:
    """Raise where a source of ours is missing or cut off: half of one may run. Half of its bytecode does not."""
    sizes = os.path.join(ROOT, "sizes")
    has_bytecode = os.path.exists(_frozen_importlib_external.cache_from_source(__file__))
    if has_bytecode or not os.path.exists(sizes):
        return
    with open(sizes, encoding="utf-8") as lines:
        for line in lines:
            size, path = line.rstrip("\n").split(" ", 1)
            if os.stat(os.path.join(ROOT, path)).st_size != int(size):
                raise ImportError(f"{path} is not as it was built")


def attach_or_say() -> None:
    """Arm the guard; where that fails, say so and let the function run."""
    try:
        attach()
    except Exception as fault:  # noqa: BLE001  the fence's outer post: the fence itself may be what is broken
        say(f"the guard could not start: {type(fault).__name__}: {fault}")


def say(message: str) -> None:
    """Write a status record without any of our parts."""
    import json
    import time

    record = {
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "level": "FATAL",
        "hauberk": "HAUBERK1",
        "type": "status",
        "id": "0000000000000000",
        "environment": "00000000000000000000000000000000",
        "function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        "version": os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", ""),
        "request_id": "",
        "state": "fault",
        "message": message[:2000],
    }
    os.write(2, json.dumps(record, separators=(",", ":")).encode() + b"\n")


def run(program: "list[str]") -> None:
    """Run the program as Python would have run it, had it been named in our place."""
    is_module = program[0] == "-m"
    folder = os.getcwd() if is_module else os.path.dirname(os.path.realpath(program[0]))
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = folder
    sys.argv[:] = program[1:] if is_module else program
    if not is_module and program[0].endswith(".py"):
        run_file(program[0])
        return
    import runpy

    if is_module:
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(program[0], run_name="__main__")


def run_file(path: str) -> None:
    """Run a file as `__main__`, without runpy: that imports `typing`, which costs a cold start 4 ms."""
    main = type(sys)("__main__")
    main.__dict__.update(__file__=path, __cached__=None)
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    sys.modules["__main__"] = main
    exec(code, main.__dict__)  # noqa: S102  as Python does it


if __name__ == "__main__":
    attach_or_say()
    run(sys.argv[1:])
elif (
    __name__ == "hauberk_boot"
    and os.environ.get("_HANDLER")
    and os.environ.get("AWS_LAMBDA_RUNTIME_API")
):
    attach_or_say()

WHOLE = True  # who runs this file asks for it: what is cut off has it not
