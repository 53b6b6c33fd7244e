"""The schemas say what ARCHITECTURE.md says, and the model what the schemas say."""

import ast
import json
import re
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import hauberk.model
from hauberk.model.activity import Activity
from hauberk.model.detector import Detector
from hauberk.model.kind import OPERATIONS, Kind
from hauberk.model.protection import Protection
from hauberk.model.record import PolicyState, RecordType, State
from hauberk.policy import shape

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "spec"
SCHEMAS = {file.name: json.loads(file.read_text()) for file in SPEC.glob("*.schema.json")}
REGISTRY = Registry().with_resources(
    (name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items()
)
DETECTORS = json.loads((SPEC / "detectors.json").read_text())["detectors"]
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()

OCCURRENCE = {
    "timestamp": "2026-11-23T19:11:00.123Z",
    "level": "ERROR",
    "hauberk": "HAUBERK1",
    "id": "00000000000000ff",
    "environment": "0123456789abcdef0123456789abcdef",
    "function": "orders",
    "version": "$LATEST",
    "request_id": "r",
}
ACTIVITY = {"type": "activity", "reason": "learning", "kind": "file", "operation": "read"}
DETECTION = {
    "type": "detection",
    "verdict": "alert",
    "detector": "sql-injection",
    "protection": "flow",
    "confidence": 100,
    "reason": "ends the statement",
}
POLICY = {"state": "signed", "serial": 1, "fingerprint": "0" * 32}
COVERAGE = {"process": "armed", "sql.sqlite3": "waiting", "process.fork_exec": "gap: not seen"}
STATUS = {"type": "status", "state": "armed", "message": "detect: armed", "coverage": COVERAGE}

RECORDS = [
    # what is said                                          is it a record?
    ({**ACTIVITY, "target": "/tmp/a"}, True),
    ({**ACTIVITY, "target": "/tmp/a", "attacked": True, "stack": ["app.py:3 handler"]}, True),
    ({**ACTIVITY, "target": "/tmp/a", "caller": "0af"}, True),
    ({**DETECTION, "caller": "0af"}, True),
    ({**ACTIVITY, "target": "/tmp/a", "caller": "0123456789ab"}, False),
    ({**ACTIVITY, "target": "/tmp/a", "caller": "203.0.113.9"}, False),
    ({**STATUS, "caller": "0af"}, False),
    ({**ACTIVITY, "target": "/tmp/a", "operation": "connect"}, False),  # of another kind
    ({**ACTIVITY, "target": "/tmp/a", "level": "FATAL"}, False),
    ({**ACTIVITY, "target": ""}, False),
    (ACTIVITY, False),
    ({**ACTIVITY, "kind": "api", "operation": "s3:PutObject", "target": "*"}, True),
    ({**ACTIVITY, "kind": "api", "operation": "PutObject", "target": "*"}, False),
    (DETECTION, True),
    ({**DETECTION, "input": {"path": "body", "excerpt": "…' OR 1=1"}, "cwe": 89, "count": 1}, True),
    ({**DETECTION, "verdict": "block"}, False),  # a block is FATAL
    ({**DETECTION, "verdict": "block", "level": "FATAL"}, True),
    ({**DETECTION, "detector": "sqli"}, False),
    ({**DETECTION, "confidence": 101}, False),
    ({**DETECTION, "kind": "sql"}, False),
    ({**DETECTION, "note": "unknown key"}, False),
    (STATUS, True),
    ({**STATUS, "policy": POLICY, "mode": "detect", "faults": 0}, True),
    ({**STATUS, "coverage": {"process": "maybe"}}, False),
    ({**STATUS, "state": "fine"}, False),
    ({**STATUS, "request_id": None}, False),
    ({**STATUS, "id": "12"}, False),
    ({**STATUS, "environment": "12"}, False),
    ({**STATUS, "stream": "2026/11/23/[$LATEST]0f1e", "state": "gap", "dropped": 3}, True),
    ({**STATUS, "dropped": 0}, False),
    ({**DETECTION, "stream": "2026/11/23/[$LATEST]0f1e"}, False),
    ({**STATUS, "hauberk": "HAUBERK2"}, False),
]


def schema(name):
    return Draft202012Validator(SCHEMAS[f"{name}.schema.json"], registry=REGISTRY)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_a_schema(name):
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize(("said", "is_record"), RECORDS)
def test_the_schema_tells_records_from_others(said, is_record):
    assert schema("record").is_valid({**OCCURRENCE, **said}) is is_record


def test_every_operation_of_the_model_makes_an_activity():
    for kind, operations in OPERATIONS.items():
        for operation in operations or ("s3:GetObject",):
            assert schema("activity").is_valid(Activity(kind, operation, "x")._asdict())
        assert not schema("activity").is_valid(Activity(kind, "frobnicate", "x")._asdict())


def test_model_and_schemas_know_the_same_words():
    record = SCHEMAS["record.schema.json"]
    status = record["$defs"]["status"]["properties"]
    yaml = SCHEMAS["hauberk-yaml.schema.json"]["$defs"]
    protections = yaml["function"]["properties"]["protections"]["propertyNames"]["enum"]
    ids = [one["id"] for one in DETECTORS]
    assert list(Kind) == SCHEMAS["activity.schema.json"]["properties"]["kind"]["enum"]
    assert list(RecordType) == record["properties"]["type"]["enum"]
    assert list(State) == status["state"]["enum"]
    assert list(PolicyState) == status["policy"]["properties"]["state"]["enum"]
    assert list(Protection) == protections
    assert list(Detector) == ids == yaml["exclusion"]["properties"]["detector"]["enum"]
    assert ids == record["$defs"]["detection"]["properties"]["detector"]["enum"]


def test_detectors_that_may_be_set_are_those_that_no_kind_has_a_list_for():
    set_ = [one["id"] for one in DETECTORS if not set(one["protections"]) & set(Kind)]
    yaml = SCHEMAS["hauberk-yaml.schema.json"]["$defs"]["function"]["properties"]
    compiled = SCHEMAS["policy.schema.json"]["properties"]
    for schema in (yaml, compiled):
        assert schema["detectors"]["propertyNames"]["enum"] == [*set_, "*"]
    assert len(set_) > 20


def test_every_detector_has_its_protections_weakness_and_meaning():
    for one in DETECTORS:
        assert set(one) == {"id", "protections", "cwe", "meaning"}
        assert one["protections"]
        assert set(one["protections"]) <= set(Protection)
        assert one["cwe"] > 0
        assert one["meaning"]


def test_the_detectors_of_the_architecture_are_in_the_list():
    section = ARCHITECTURE.split("## Detectors")[1].split("##")[0]
    named = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", section))
    assert len(named) > 10
    assert named <= {one["id"] for one in DETECTORS}


def test_the_compiled_policy_of_the_architecture_fits_its_schema():
    text = re.search(r"```json\n(.*?)```", ARCHITECTURE, re.DOTALL).group(1)
    document = {**json.loads(text), "key": "A" * 43}  # the page leaves the key out
    schema("policy").validate(document)


def test_the_distribution_carries_the_same_schemas():
    for name in ("hauberk-yaml", "policy"):
        assert shape.schema(name) == SCHEMAS[f"{name}.schema.json"]


def test_the_model_imports_the_standard_library_and_itself_only():
    files = list(Path(hauberk.model.__file__).parent.glob("*.py"))
    assert len(files) > 6
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(), feature_version=(3, 9))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [str(node.module)]
            for name in names:
                is_standard = name.partition(".")[0] in sys.stdlib_module_names
                assert is_standard or name.split(".")[:2] == ["hauberk", "model"], file
