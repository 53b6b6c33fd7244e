"""Tells what a function can see of its own surroundings, in init and in the handler."""

import os
import signal
import sys
import threading
import time
import warnings

SETTINGS = ("AWS_LAMBDA_EXEC_WRAPPER", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API")


def seen():
    main = sys.modules["__main__"]
    return {
        "sys.path": sys.path,
        "sys.argv": sys.argv,
        "sys.flags": str(sys.flags),
        "sys.warnoptions": sys.warnoptions,
        "sys.dont_write_bytecode": sys.dont_write_bytecode,
        "recursion limit": sys.getrecursionlimit(),
        "hooks": [sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__],
        "trace": [sys.gettrace() is None, sys.getprofile() is None],
        "warnings": [str(one) for one in warnings.filters],
        "__main__.__file__": main.__file__,
        "__main__.__name__": main.__name__,
        "__main__ names": sorted(name for name in vars(main) if not name.startswith("__")),
        "directory": os.getcwd(),
        "umask": os.umask(os.umask(0)),
        "variables": {name: value for name, value in os.environ.items() if shown(name)},
        "threads": [threading.active_count(), lasting_threads()],
        "signals": {
            one.name: str(signal.getsignal(one))
            for one in signal.valid_signals()
            if hasattr(one, "name")
        },
        "streams": [sys.stdout.encoding, sys.stderr.encoding, type(sys.stdout).__name__],
    }


def lasting_threads():
    """The threads of the process that stay: AWS's client for 3.14 has one more now and then, for a moment."""
    until = time.monotonic() + 2
    while (count := len(os.listdir("/proc/self/task"))) > 1 and time.monotonic() < until:
        time.sleep(0.01)
    return count


def shown(name):
    return name not in SETTINGS and not name.startswith(("HAUBERK_", "_X_AMZN"))


INIT = seen()


def handler(event, context):
    if event == "descriptor":
        return os.open(os.devnull, os.O_RDONLY)
    return {"init": INIT, "handler": seen()}
