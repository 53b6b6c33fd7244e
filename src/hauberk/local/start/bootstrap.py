"""Puts the layers and the function on `sys.path` and runs AWS's runtime client."""

import importlib
import os
import site
import sys

LAYERS = "@layers@"
COPIES = int("@copies@")


def add_paths() -> None:
    """The function first, then the layers with their `.pth` files, unless PYTHONPATH is set."""
    if "PYTHONPATH" not in os.environ:
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        folders = [f"{LAYERS}/python/lib/{version}/site-packages", f"{LAYERS}/python"]
        sys.path[:0] = folders
        for folder in folders:
            site.addsitedir(folder)
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])


def copy_at_snapshot() -> None:
    """Fork where the snapshot would be taken: each child is an environment that was restored from it."""
    runner = vars(importlib.import_module("awslambdaric.lambda_runtime_hooks_runner"))
    hooks = runner["run_before_snapshot"]

    def run_before_snapshot() -> None:
        hooks()
        copies = []
        for _ in range(COPIES):
            copies.append(os.fork())
            if copies[-1] == 0:
                return
        ended = [os.waitpid(one, 0)[1] for one in copies]
        os._exit(os.waitstatus_to_exitcode(max(ended)) & 0xFF)

    runner["run_before_snapshot"] = run_before_snapshot


if __name__ == "__main__":
    add_paths()
    if COPIES:
        copy_at_snapshot()
    client = importlib.import_module("awslambdaric.__main__")
    client.main([sys.argv[0], os.environ["_HANDLER"]])
