"""Puts the layers and the function on `sys.path` and runs AWS's runtime client."""

import importlib
import os
import site
import sys

LAYERS = "@layers@"


def add_paths() -> None:
    """The function first, then the layers with their `.pth` files, unless PYTHONPATH is set."""
    if "PYTHONPATH" not in os.environ:
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        folders = [f"{LAYERS}/python/lib/{version}/site-packages", f"{LAYERS}/python"]
        sys.path[:0] = folders
        for folder in folders:
            site.addsitedir(folder)
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])


if __name__ == "__main__":
    add_paths()
    client = importlib.import_module("awslambdaric.__main__")
    client.main([sys.argv[0], os.environ["_HANDLER"]])
