"""Signed requests to AWS: which action on which resource are they?

Sees:         signatures of versions 4 and 2 in headers and URLs; operations by `X-Amz-Target`, `Action`, the REST of
              S3, Lambda, API Gateway, OpenSearch and Bedrock
Does not see: operations of other REST services: these are `service:POST` and its like on `*`; bodies that are streams
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from hauberk.guard import aws_s3_requests

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from hauberk.model.aws_arns import Owner

MOST_BYTES = 1 << 18
CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/(?:([\w-]+)/)?([\w-]+)/aws4_request")
HOST = re.compile(
    r"(?:^|\.)(?P<service>[a-z][a-z0-9-]*)[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|on\.aws)"
)

# Service, method and path: operation, and the parameter that the path holds.
FUNCTION = r"/\d{4}-\d\d-\d\d/functions/(?P<name>[^/]+)"
PATHS = (
    ("lambda", rf"POST {FUNCTION}/invocations$", "Invoke", "FunctionName"),
    (
        "lambda",
        rf"POST {FUNCTION}/response-streaming-invocations$",
        "InvokeWithResponseStream",
        "FunctionName",
    ),
    ("lambda", rf"GET {FUNCTION}$", "GetFunction", "FunctionName"),
    ("lambda", rf"DELETE {FUNCTION}$", "DeleteFunction", "FunctionName"),
    ("lambda", rf"PUT {FUNCTION}/code$", "UpdateFunctionCode", "FunctionName"),
    ("lambda", rf"PUT {FUNCTION}/configuration$", "UpdateFunctionConfiguration", "FunctionName"),
    ("lambda", rf"GET {FUNCTION}/configuration$", "GetFunctionConfiguration", "FunctionName"),
    ("lambda", rf"POST {FUNCTION}/policy$", "AddPermission", "FunctionName"),
    ("bedrock", r"POST /model/(?P<name>.+)/(?:invoke|converse)$", "InvokeModel", "modelId"),
    (
        "bedrock",
        r"POST /model/(?P<name>.+)/(?:invoke-with-response|converse)-stream$",
        "InvokeModelWithResponseStream",
        "modelId",
    ),
)
CBOR = re.compile(r"/service/[^/]+/operation/(\w+)$")


# Those of a head that tell what a request is.
HEADER = re.compile(
    r"\n(host|authorization|x-amz-target|x-amz-copy-source|x-amz-region-set):([^\r]*)",
    re.IGNORECASE,
)
# Whose resources a function calls: one or two, by region and key.
OWNERS: dict[tuple[str, str], Owner] = {}
MOST_OWNERS = 16


class Request:
    """A request as it is sent, with who signed it for what."""

    def __init__(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> None:
        parts = urlsplit(url)
        self.method = method.upper()
        self.host = (parts.hostname or "").lower()
        self.path = unquote(parts.path)
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.flags = [name for name in parts.query.split("&") if name and "=" not in name]
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body[:MOST_BYTES] if isinstance(body, (bytes, str)) else b""
        self.key, self.region, self.service = self._signed()

    def _signed(self) -> tuple[str, str, str]:
        authorization = self.headers.get("authorization", "")
        if "X-Amz-Credential" in self.query:
            authorization = f"Credential={self.query['X-Amz-Credential']}"
        found = CREDENTIAL.search(authorization)
        if found:
            region = found[2] or self.headers.get("x-amz-region-set", "")
            return found[1], region, found[3]
        host = HOST.search(self.host)
        region = host["region"] if host else ""
        if authorization.startswith("AWS ") or "AWSAccessKeyId" in self.query:
            key = self.query.get("AWSAccessKeyId") or authorization[4:].partition(":")[0]
            return key, region, "s3"  # the second version of signatures
        return "", region, host["service"] if host else ""


def blocked(method: str, url: str, headers: Mapping[str, str], body: Any) -> str | None:
    """Say why a request to AWS is blocked, or None."""
    from hauberk.guard import aws_api
    from hauberk.model.aws_arns import Owner

    request = Request(method, url, headers, body)
    if not request.service:
        return None
    owner = Owner(request.region, request.key)
    service, operation, parameters = call(request)
    return aws_api.blocked(service, operation, parameters, owner)


def as_sent(head: bytes, body: bytes, is_whole: bool) -> tuple[list[list[tuple[str, str]]], bool]:
    """Give what a request may be as it is sent, each way its actions, and whether they are known."""
    from hauberk.model.aws_arns import Owner
    from hauberk.model.aws_calls import actions

    text = head.decode("latin-1")
    method, _, rest = text[: text.find("\r")].partition(" ")
    target = rest.rpartition(" ")[0]
    headers = {name.lower(): value.strip() for name, value in HEADER.findall(text)}
    url = target if "://" in target else f"https://{headers.get('host', '')}{target}"
    request = Request(method, url, headers, body)
    if not request.key:
        return [], True  # who signs nothing may do what everybody may
    by = request.region, request.key
    owner = OWNERS.get(by)
    if owner is None:
        if len(OWNERS) == MOST_OWNERS:
            OWNERS.clear()
        owner = OWNERS[by] = Owner(*by)
    service, operation, parameters = call(request)
    is_known = operation != request.method
    if not is_known:
        return aws_s3_requests.otherwise(service, operation), False
    if not is_whole and service != "s3":
        parameters = {}
    ways = [parameters]
    if service == "s3":
        ways.extend(aws_s3_requests.in_host(request, parameters))
    return [actions(service, operation, one, owner) for one in ways], True


def call(request: Request) -> tuple[str, str, dict[str, Any]]:
    """Give the service, the operation and the parameters of a request."""
    service = request.service
    if service in ("s3", "s3express") and not aws_s3_requests.is_control(request):
        return ("s3", *aws_s3_requests.call(request))
    target = request.headers.get("x-amz-target", "")
    if target:
        return service, target.rpartition(".")[2], _json(request.body)
    form = dict(request.query)
    if "Action" not in form and isinstance(request.body, (bytes, str)):
        text = (
            request.body.decode("utf-8", "replace")
            if isinstance(request.body, bytes)
            else request.body
        )
        form.update(parse_qsl(text) if "Action=" in text else ())
    if "Action" in form:
        return service, form["Action"], _nested(form)
    return _of_path(request)


def _nested(form: dict[str, str]) -> dict[str, Any]:
    """Give the parameters that a form holds: `Entries.member.1.Id`, `Name.2`; lists by their first place too."""
    found: dict[str, Any] = dict(form)
    for name, value in form.items():
        first, *rest = [step for step in name.split(".") if step != "member"]
        if len(rest) == 1 and rest[0].isdigit():
            listed = found.setdefault(first, [])
            if isinstance(listed, list):
                listed.append(value)
    return found


def _of_path(request: Request) -> tuple[str, str, dict[str, Any]]:
    service = request.service
    place = f"{request.method} {request.path}"
    if service == "execute-api":
        is_managed = "/@connections/" in request.path
        return service, "PostToConnection" if is_managed else "Invoke", {}
    if service == "es" and not request.host.startswith("es."):
        return service, f"ESHttp{request.method.title()}", {}
    if service == "lambda" and ".lambda-url." in request.host:
        return service, "InvokeFunctionUrl", {}
    for of, pattern, operation, parameter in PATHS:
        found = re.match(pattern, place) if of == service else None
        if found:
            return service, operation, {**request.query, parameter: found["name"]}
    named = CBOR.search(request.path)
    if named:
        return service, named[1], {}
    return service, request.method, _json(request.body)


def _json(body: Any) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
