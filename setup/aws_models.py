"""Writes what `hauberk.scan` knows of AWS's APIs, from the service models of botocore and boto3 (Apache-2.0).

.venv/bin/python -m setup.aws_models        # after `make lock LOCK=--upgrade`
"""

import json
import re
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore import xform_name  # type: ignore[import-untyped]
from botocore.loaders import Loader  # type: ignore[import-untyped]

from hauberk.scan.aws_models import snake

FOLDER = Path(__file__).parent.parent / "src/hauberk/scan"
OPERATIONS, RESOURCES = FOLDER / "aws_operations.txt", FOLDER / "aws_resources.json"
RESOURCE_SERVICES = ("cloudformation", "cloudwatch", "dynamodb", "ec2", "iam", "s3", "sns", "sqs")


def main() -> None:
    """Write both files."""
    loader = Loader()
    services = loader.list_available_services("service-2")
    lines = [operations_of(loader, service) for service in services]
    OPERATIONS.write_text("".join(f"{line}\n" for line in lines))
    resources = {name: resources_of(name) for name in RESOURCE_SERVICES}
    rows = [f'"{name}": {_compact(of)}' for name, of in resources.items()]
    RESOURCES.write_text("{" + ",\n".join(rows) + "}\n")


def operations_of(loader: Any, service: str) -> str:
    """Give one line: the client's name, the name it signs with, operations; waiters behind `|`."""
    model = loader.load_service_model(service, "service-2")
    metadata = model["metadata"]
    signs = metadata.get("signingName", metadata["endpointPrefix"])
    names = [_operation(one) for one in sorted(model["operations"])]
    line = f"{service} {signs} {' '.join(names)}"
    try:
        waiters = loader.load_service_model(service, "waiters-2")["waiters"]
    except Exception:  # noqa: BLE001 - the service has none
        return line
    waits = [f"{xform_name(name)}={one['operation']}" for name, one in sorted(waiters.items())]
    return f"{line} | {' '.join(waits)}"


def _operation(name: str) -> str:
    method = xform_name(name)
    return name if snake(name) == method else f"{method}={name}"


def resources_of(service: str) -> dict[str, Any]:
    """Give of each type of resource what identifies it, its actions, its relatives and its collections."""
    model = Loader(extra_search_paths=[str(Path(boto3.__file__).parent / "data")])
    whole = model.load_service_model(service, "resources-1")
    types = {"": whole["service"], **whole["resources"]}
    return {name: _type(one) for name, one in types.items()}


def _type(one: dict[str, Any]) -> dict[str, Any]:
    found = {
        "ids": [xform_name(each["name"]) for each in one.get("identifiers", ())],
        "do": {xform_name(name): _act(act) for name, act in one.get("actions", {}).items()},
        "has": {
            (xform_name(name) if "input" not in str(of) else name): _made(of["resource"])
            for name, of in one.get("has", {}).items()
        },
        "many": {xform_name(name): _act(of) for name, of in one.get("hasMany", {}).items()},
        "load": _act(one["load"]) if "load" in one else None,
        "batch": {xform_name(name): _act(act) for name, act in one.get("batchActions", {}).items()},
        "wait": {
            f"wait_until_{xform_name(name)}": [xform_name(of["waiterName"]), _parameters(of)]
            for name, of in one.get("waiters", {}).items()
        },
    }
    return {name: value for name, value in found.items() if value}


def _act(act: dict[str, Any]) -> list[Any]:
    request = act.get("request", {"operation": ""})
    made = [_made(act["resource"])] if "resource" in act else []
    return [request["operation"], _parameters(request), *made]


def _parameters(request: dict[str, Any]) -> list[list[str]]:
    return [
        [re.sub(r"\[[0-9*]*\]", "", one["target"]), xform_name(one["name"])]
        for one in request.get("params", ())
        if one["source"] == "identifier"
    ]


def _made(made: dict[str, Any]) -> list[Any]:
    """Give the type, and where each identifier comes from: `=name` of the resource, `<Name` of the request."""
    return [
        made["type"],
        {
            xform_name(one["target"]): {
                "identifier": f"={xform_name(one.get('name', ''))}",
                "requestParameter": f"<{one.get('path', '')}",
                "input": "?",
            }.get(one["source"], "")
            for one in made.get("identifiers", ())
        },
    ]


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


if __name__ == "__main__":
    main()
