"""Runs code that is made from an input, in good ways and in bad ones."""

import ast
import base64
import importlib
import io
import marshal
import os

WORLD = os.environ["WORLD"]
OWN = marshal.dumps(compile("6 * 7", "own", "eval"))


def handler(event, context):
    return WAYS[event["way"]](event[event["key"]].replace("WORLD", WORLD))


def executed(text):
    names = {}
    exec(f"total = {text} + 1", names)
    return names["total"]


def marshalled(text):
    return eval(marshal.loads(base64.b64decode(text)), {"os": os, "path": f"{WORLD}/made"})


def in_buffer(text):
    """A buffer that was read a part of."""
    buffer = io.BytesIO(b"head" + text)
    buffer.read(4)
    return buffer


def in_file(text):
    with open(f"{WORLD}/code", "wb") as file:
        file.write(b"head" + text)
    file = open(f"{WORLD}/code", "rb")
    file.read(4)
    return file


def loaded(text, place):
    with place(base64.b64decode(text)) as file:
        code = marshal.load(file)
        assert file.read() == b""
    return eval(code, {"os": os, "path": f"{WORLD}/made"})


def own_loaded(place):
    with place(OWN + OWN) as file:
        marshal.load(file)
        return eval(marshal.load(file))


def stated(text):
    import wave
    from xml.dom import pulldom

    return wave.__name__, pulldom.__name__


WAYS = {
    "imported": lambda text: importlib.import_module(text.strip()).__name__,
    "called": lambda text: __import__(text).__name__,
    "enclosed": lambda text: importlib.import_module(f"{text}.topics").__name__,
    "dispatched": lambda text: importlib.import_module(f"jobs.{text}").__name__,
    "relative": lambda text: importlib.import_module(f".{text}", "jobs").__name__,
    "encoded": lambda text: "a".encode(text).decode(),
    "stated": stated,
    "eval": lambda text: eval(f"{text} * 2"),
    "exec": executed,
    "compile": lambda text: eval(compile(f"[{text}]", "<query>", "eval")),
    "quoted": lambda text: eval(f"len({text!r})"),
    "literal": ast.literal_eval,
    "parsed": lambda text: len(ast.parse(text).body),
    "marshalled": marshalled,
    "loaded of buffer": lambda text: loaded(text, in_buffer),
    "loaded of file": lambda text: loaded(text, in_file),
    "own of buffer": lambda text: own_loaded(in_buffer),
    "own of file": lambda text: own_loaded(in_file),
    "own": lambda text: eval(marshal.loads(OWN)),
}
