"""What AWS's own client sends is the call that was judged, for each operation: nothing honest is taken for another."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from hauberk.guard.aws_requests import as_sent
from hauberk.model.aws_arns import Owner
from hauberk.model.aws_calls import actions

KEY = "ASIAQNZGKIQY56JQ7WML"
REGION = "eu-west-1"
SERVICES = (
    *("s3", "dynamodb", "sqs", "sns", "lambda", "kms", "secretsmanager", "events", "sts", "ses"),
    *("stepfunctions", "kinesis", "cloudwatch", "rds-data", "athena", "bedrock-runtime"),
    *("apigatewaymanagementapi", "opensearch", "s3control", "scheduler", "sagemaker-runtime"),
)
# Of these many operations have rules of their own for endpoints, or need no signature.
LEAST = {"sts": 5, "kinesis": 6}
READING = ("Get", "List", "Describe", "Head", "BatchGet", "Search", "Query", "Scan")
CHANGING = ("DELETE", "PUT", "PATCH")


def example(shape: Any, name: str, depth: int = 0) -> Any:
    """Something that a parameter may be."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members
        wanted = [one for one in members if one in shape.required_members or depth == 0]
        if getattr(shape, "is_tagged_union", False):
            wanted = list(members)[:1]
        return {
            one: example(members[one], one, depth + 1)
            for one in wanted
            if depth < 6
            and not (depth == 0 and one not in shape.required_members and _is_odd(members[one]))
        }
    if kind == "list":
        return [example(shape.member, name.rstrip("s"), depth + 1)] * max(
            1, shape.metadata.get("min", 1)
        )
    if kind == "map":
        return {f"key of {name}": example(shape.value, name, depth + 1)}
    if kind == "string":
        return shape.enum[0] if shape.enum else _text(name, shape.metadata.get("min", 1))
    return {"integer": 5, "long": 5, "boolean": True, "blob": b"x", "timestamp": 0}.get(kind, 1.5)


def _is_odd(shape: Any) -> bool:
    """What stands in headers or streams tells nothing of a resource, and has syntax of its own."""
    return (
        shape.type_name in ("timestamp", "blob") or shape.serialization.get("location") == "header"
    )


def _text(name: str, least: int) -> str:
    if name == "QueueUrl":
        return "https://sqs.eu-west-1.amazonaws.com/029608264753/orders"
    if name.lower().endswith("arn"):
        return f"arn:aws:x:{REGION}:029608264753:{name.lower()}/a b"
    if name == "AccountId":
        return "029608264753"
    if name == "Key":
        return "a/b c+d/é%20.png"
    return f"{name.lower()}-1".ljust(least, "x").replace("_", "-")


def sent(client: Any, operation: str, parameters: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    found = []

    def send(request: Any, **_: Any) -> Any:
        target = "/" + request.url.split("://", 1)[1].partition("/")[2]
        lines = [f"{request.method} {target} HTTP/1.1", f"host: {request.url.split('/')[2]}"]
        for name, value in request.headers.items():
            lines.append(f"{name}: {value.decode() if isinstance(value, bytes) else value}")
        body = request.body if isinstance(request.body, bytes) else b""
        body = request.body.encode() if isinstance(request.body, str) else body
        found.append(("\r\n".join([*lines, "", ""]).encode("latin-1"), body))
        raise StopSending

    client.meta.events.register_first("before-send", send)
    try:
        client._make_api_call(operation, parameters)
    except StopSending:
        pass
    finally:
        client.meta.events.unregister("before-send", send)
    return found


class StopSending(BaseException):
    """Nothing is sent."""


def holds(passed: list[tuple[str, str]], acts: list[tuple[str, str]], is_known: bool) -> bool:
    """As `native/python/src/passed.rs` says."""
    names = {action for action, _ in passed}

    def one(action: str, target: str) -> bool:
        if is_known:
            return (action, target) in passed or (target == "*" and action in names)
        service, _, method = action.partition(":")
        return any(
            name.startswith(f"{service}:")
            and not (name.partition(":")[2].startswith(READING) and method in CHANGING)
            for name in names
        )

    return all(one(*act) for act in acts)


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_client_sends_is_the_call_that_was_judged(service):
    client = boto3.client(
        service,
        region_name=REGION,
        aws_access_key_id=KEY,
        aws_secret_access_key="x",
        **(
            {"endpoint_url": "https://x.execute-api.eu-west-1.amazonaws.com/p"}
            if service == "apigatewaymanagementapi"
            else {}
        ),
    )
    meta, different, tried = client.meta, [], 0
    for operation in meta.service_model.operation_names:
        model = meta.service_model.operation_model(operation)
        parameters = example(model.input_shape, operation) if model.input_shape else {}
        try:
            requests = sent(client, operation, parameters)
        except (ClientError, BotoCoreError, ValueError, KeyError, TypeError, AttributeError):
            continue  # an example that the client does not take
        owner = Owner(meta.region_name, KEY, meta.partition)
        passed = actions(meta.service_model.signing_name, operation, parameters, owner)
        for head, body in requests:
            tried += 1
            ways, is_known = as_sent(head, body, True)
            if ways and not any(holds(passed, acts, is_known) for acts in ways):
                different.append((operation, passed[:2], ways[0][:2]))
    assert tried >= LEAST.get(service, len(meta.service_model.operation_names) * 0.9)
    assert different == []
