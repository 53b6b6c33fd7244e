"""Templates, deserialisers, XML and databases without SQL: an input may be a value there, and no more."""

import base64
import os
import pickle
import subprocess
import sys
from itertools import count

import pytest
from database_servers import NoServer, redis
from protected import policy

from pythons import packages_of


@pytest.fixture(scope="module")
def mongo():
    server = subprocess.Popen(
        [sys.executable, os.path.join(os.path.dirname(__file__), "mongo_server.py")],
        env={**os.environ, "PYTHONPATH": str(packages_of("functions"))},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    yield server.stdout.readline().strip()
    server.kill()
    server.wait()
    server.stdout.close()


@pytest.fixture(scope="module")
def redis_port():
    try:
        with redis() as port:
            yield port
    except NoServer as reason:
        yield reason


@pytest.fixture(scope="module")
def run(start, with_packages, mongo, redis_port):
    code = with_packages("interpreters")
    running = {}
    for mode in ("detect", "prevent"):
        settings = {"HAUBERK_POLICY": policy(mode=mode, protections={"firewall": "off"})}
        ports = {"MONGO_PORT": mongo, "REDIS_PORT": str(redis_port)}
        running[mode] = start(code, settings, environment=ports, timeout_s=60, memory_mb=512)
        (running[mode].outside / "secret").write_text("the secret")
    numbers = count()

    def invoke(mode, way, value):
        if way.startswith("redis") and not isinstance(redis_port, int):
            pytest.skip(str(redis_port))
        # Each under a path of its own: what is frequent is not written each time.
        key = f"q{next(numbers)}"
        made = running[mode].outside / "made"
        if made.exists():
            made.rmdir()
        if isinstance(value, str):
            value = value.replace("WORLD", running[mode].world)
        seen = running[mode].invoke({"way": way, "key": key, key: value})
        return seen, made.exists()

    return invoke


class Makes:
    """Pickled, it makes a folder when it is read."""

    def __reduce__(self):
        return os.mkdir, ("/tmp/world/made",)


PICKLED = base64.b64encode(pickle.dumps(Makes())).decode()
XXE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file://WORLD/secret">]><a>&b;</a>'
OBJECTS = "{{ cycler.__init__.__globals__.os.mkdir('WORLD/made') }}"
MADE = "made"
ATTACKS = [
    # way            the outsider's value          detector                  what it raises       what it gets
    ("jinja2", OBJECTS, "template-injection", "jinja2.exceptions.TemplateSyntaxError", MADE),
    (
        "jinja2 template",
        OBJECTS,
        "template-injection",
        "jinja2.exceptions.TemplateSyntaxError",
        MADE,
    ),
    (
        "jinja2 expression",
        "7 ~ joiner.__init__.__globals__.os.mkdir('WORLD/made')",
        "template-injection",
        "jinja2.exceptions.TemplateSyntaxError",
        None,
    ),
    (
        "mako",
        "${__import__('os').mkdir('WORLD/made')}",
        "template-injection",
        "mako.exceptions.SyntaxException",
        MADE,
    ),
    (
        "yaml unsafe",
        "!!python/object/apply:os.mkdir ['WORLD/made']",
        "unsafe-deserialization",
        "yaml.constructor.ConstructorError",
        MADE,
    ),
    (
        "yaml old",
        "a: !!python/object/apply:eval [\"__import__('os').mkdir('WORLD/made')\"]",
        "unsafe-deserialization",
        "yaml.constructor.ConstructorError",
        MADE,
    ),
    (
        "jsonpickle",
        '{"py/reduce": [{"py/function": "os.mkdir"}, {"py/tuple": ["WORLD/made"]}]}',
        "unsafe-deserialization",
        "ValueError",
        MADE,
    ),
    ("dill", PICKLED, "unsafe-deserialization", "_pickle.UnpicklingError", MADE),
    ("cloudpickle", PICKLED, "unsafe-deserialization", "_pickle.UnpicklingError", MADE),
    ("joblib", PICKLED, "unsafe-deserialization", "_pickle.UnpicklingError", MADE),
    ("lxml", XXE, "xml-external-entity", "lxml.etree.XMLSyntaxError", "the secret"),
    ("lxml file", XXE, "xml-external-entity", "lxml.etree.XMLSyntaxError", "the secret"),
    ("lxml iterparse", XXE, "xml-external-entity", "lxml.etree.XMLSyntaxError", "the secret"),
    ("mongo", {"$ne": ""}, "nosql-injection", "pymongo.errors.OperationFailure", ["ada"]),
    ("mongo delete", {"$gt": ""}, "nosql-injection", "pymongo.errors.OperationFailure", 2),
    (
        "mongo aggregate",
        {"$regex": "."},
        "nosql-injection",
        "pymongo.errors.OperationFailure",
        ["ada", "grace"],
    ),
    ("mongo bulk delete", {"$ne": ""}, "nosql-injection", "pymongo.errors.OperationFailure", 2),
    ("mongo bulk update", {"$gt": ""}, "nosql-injection", "pymongo.errors.OperationFailure", 3),
    ("mongo client", {"$ne": ""}, "nosql-injection", "pymongo.errors.OperationFailure", 2),
    (
        "mongo where",
        "x' || '1' == '1",
        "nosql-injection",
        "pymongo.errors.OperationFailure",
        ["ada", "grace"],
    ),
    (
        "redis",
        "x') or redis.call('set', 'made', 'yes') or ('",
        "code-injection",
        "redis.exceptions.NoPermissionError",
        None,
    ),
    (
        "redis asynchronous",
        "x') or redis.call('set', 'made', 'yes') or ('",
        "code-injection",
        "redis.exceptions.NoPermissionError",
        None,
    ),
    (
        "redis pipeline",
        "x') or redis.call('set', 'made', 'yes') or ('",
        "code-injection",
        "redis.exceptions.NoPermissionError",
        None,
    ),
]
IDS = [row[0] for row in ATTACKS]


@pytest.mark.parametrize(("way", "value", "detector", "error", "gets"), ATTACKS, ids=IDS)
def test_an_attack_works_and_is_reported_in_detect(run, way, value, detector, error, gets):
    seen, is_made = run("detect", way, value)
    if gets == MADE:
        assert is_made, seen.answer.log
    elif gets is not None:
        assert seen.value == gets
    found = {(one["detector"], one["verdict"], one["protection"]) for one in seen.detections}
    assert (detector, "alert", "flow") in found, seen.answer.log


@pytest.mark.parametrize(("way", "value", "detector", "error", "gets"), ATTACKS, ids=IDS)
def test_an_attack_is_refused_in_prevent_as_the_library_refuses(
    run, way, value, detector, error, gets
):
    seen, is_made = run("prevent", way, value)
    assert not is_made
    assert seen.error == error.rpartition(".")[2], seen.answer.log
    assert f"blocked by Hauberk: {detector}" in seen.message
    record = seen.detections[0]
    assert (record["detector"], record["verdict"]) == (detector, "block")


PLAIN = base64.b64encode(pickle.dumps({"a": [1, "posix.system"]})).decode()
LOOK_ALIKES = [
    # way            the outsider's value          what it gets
    ("jinja2", "Ada & {co}: $5, 100 %", "Hello Ada & {co}: $5, 100 %"),
    ("jinja2 value", OBJECTS, None),
    ("jinja2 expression", "21", 42),
    ("mako", "Ada & {co}: $5, 100 %", "Hello Ada & {co}: $5, 100 %"),
    ("mako value", "${1}", "Hello ${1}"),
    ("yaml unsafe", "a: [1, os.system]", "{'a': [1, 'os.system']}"),
    ("yaml unsafe", "!!python/object/apply:datetime.date [2026, 1, 2]", "2026-01-02"),
    ("yaml safe", "a: python/object/apply:os.mkdir", "{'a': 'python/object/apply:os.mkdir'}"),
    ("jsonpickle", '{"py/set": [1]}', "{1}"),
    ("jsonpickle", '{"py/type": "datetime.date"}', "<class 'datetime.date'>"),
    ("dill", PLAIN, "{'a': [1, 'posix.system']}"),
    ("cloudpickle", PLAIN, "{'a': [1, 'posix.system']}"),
    ("joblib", PLAIN, "{'a': [1, 'posix.system']}"),
    ("lxml", "<a>&lt;!ENTITY b SYSTEM 'file:///etc/passwd'&gt;</a>", None),
    (
        "lxml",
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><html>text</html>',
        "text",
    ),
    ("lxml", "<!DOCTYPE a [<!ENTITY b 'inside'>]><a>&b;</a>", "inside"),
    ("lxml iterparse", "<!DOCTYPE a [<!ENTITY b 'inside'>]><a>&b;</a>", "inside"),
    ("mongo", "first", ["ada"]),
    ("mongo", '{"$ne": ""}', []),  # a text, which the database compares
    ("mongo delete", "third", 0),
    ("mongo bulk delete", "third", 0),
    ("mongo bulk update", '{"$ne": ""}', 1),  # as above; the other condition is the code's own
    ("mongo client", "second", 1),
    ("mongo insert", {"$gt": ""}, 2),
    ("mongo where", "ada", ["ada", "grace"]),
    ("redis", "ada", None),
    ("redis asynchronous", "ada", None),
    ("redis key", "x') or redis.call('set', 'made', 'yes') or ('", None),
]


@pytest.mark.parametrize(("way", "value", "gets"), LOOK_ALIKES)
def test_a_value_passes(run, way, value, gets):
    seen, _ = run("prevent", way, value)
    assert not seen.detections
    assert gets is None or seen.value == gets
    assert seen.answer.error is None, seen.answer.log


def test_what_a_deserialiser_asks_for_is_learned_and_enforced(start, with_packages):
    code = with_packages("interpreters")
    variable = policy(allowlist={"code": []}, protections={"firewall": "off"})
    running = start(code, {"HAUBERK_POLICY": variable}, timeout_s=60)
    tag = "!!python/object/apply:datetime.date [2026, 1, 2]"
    seen = running.invoke({"way": "yaml unsafe", "key": "q", "q": tag})
    assert seen.error == "ConstructorError"
    (record,) = [one for one in seen.detections if one["operation"] == "unpickle"]
    assert (record["detector"], record["target"]) == ("unlisted-code", "datetime.date")
