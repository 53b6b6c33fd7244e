"""Runs the use of one package, named by USES, and answers with what it gave or how it failed."""

import importlib
import os

use = importlib.import_module(f"uses_{os.environ['USES']}")


def handler(event, context):
    try:
        return {"value": use.handler(event)}
    except Exception as error:
        return {
            "error": f"{type(error).__module__}.{type(error).__qualname__}".removeprefix(
                "builtins."
            )
        }
