"""Requests to AWS that code signs and sends by itself: which action on which resource are they?

Sees:         signatures of versions 4 and 2 in headers and URLs; operations by `X-Amz-Target`, `Action`, the REST of
              S3, Lambda, API Gateway, OpenSearch and Bedrock
Does not see: operations of other REST services: these are `service:POST` and its like on `*`; bodies that are streams
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, unquote, urlsplit

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

MOST_BYTES = 1 << 18
CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/(?:([\w-]+)/)?([\w-]+)/aws4_request")
HOST = re.compile(
    r"(?:^|\.)(?P<service>[a-z][a-z0-9-]*)[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|on\.aws)"
)

# Service, method and path: operation, and the parameter that the path holds.
PATHS = (
    (
        "lambda",
        r"POST /\d{4}-\d\d-\d\d/functions/(?P<name>[^/]+)/invocations",
        "Invoke",
        "FunctionName",
    ),
    ("lambda", r"[A-Z]+ /\d{4}-\d\d-\d\d/functions/(?P<name>[^/]+)", "GetFunction", "FunctionName"),
    ("bedrock", r"POST /model/(?P<name>[^/]+)/(?:invoke|converse)$", "InvokeModel", "modelId"),
    (
        "bedrock",
        r"POST /model/(?P<name>[^/]+)/(?:invoke-with-response|converse)-stream$",
        "InvokeModelWithResponseStream",
        "modelId",
    ),
)
# Parts of a bucket or an object that S3's REST names in the query.
SUBRESOURCES = {
    "acl": "Acl",
    "cors": "BucketCors",
    "encryption": "BucketEncryption",
    "lifecycle": "BucketLifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "notification": "BucketNotificationConfiguration",
    "policy": "BucketPolicy",
    "publicAccessBlock": "PublicAccessBlock",
    "replication": "BucketReplication",
    "tagging": "Tagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
OF_BOTH = ("acl", "tagging")
OBJECT = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
BUCKET = {
    "GET": "ListObjectsV2",
    "HEAD": "HeadBucket",
    "PUT": "CreateBucket",
    "DELETE": "DeleteBucket",
}


class Request:
    """A request as it is sent, with who signed it for what."""

    def __init__(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> None:
        parts = urlsplit(url)
        self.method = method.upper()
        self.host = (parts.hostname or "").lower()
        self.path = unquote(parts.path)
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
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


def call(request: Request) -> tuple[str, str, dict[str, Any]]:
    """Give the service, the operation and the parameters of a request."""
    service = request.service
    if service in ("s3", "s3express"):
        return (service, *_of_s3(request))
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
        return service, form["Action"], form
    return _of_path(request)


def _of_path(request: Request) -> tuple[str, str, dict[str, Any]]:
    service = request.service
    place = f"{request.method} {request.path}"
    if service == "execute-api":
        return service, "Invoke", {}
    if service == "es":
        return service, f"ESHttp{request.method.title()}", {}
    if service == "lambda" and ".lambda-url." in request.host:
        return service, "InvokeFunctionUrl", {}
    for of, pattern, operation, parameter in PATHS:
        found = re.match(pattern, place) if of == service else None
        if found:
            return service, operation, {parameter: found["name"], **_json(request.body)}
    return service, request.method, _json(request.body)


def _of_s3(request: Request) -> tuple[str, dict[str, Any]]:
    bucket, key = _place(request)
    parameters: dict[str, Any] = {"Bucket": bucket} if bucket else {}
    if key:
        parameters["Key"] = key
    if request.query.get("versionId"):
        parameters["VersionId"] = request.query["versionId"]
    if "x-amz-copy-source" in request.headers:
        parameters["CopySource"] = request.headers["x-amz-copy-source"]
    return _operation_of_s3(request, bucket, key), parameters


def _operation_of_s3(request: Request, bucket: str, key: str) -> str:
    if not bucket:
        return "ListBuckets"
    named = next((name for name in SUBRESOURCES if name in request.query), None)
    if named is not None:
        verb = {"GET": "Get", "HEAD": "Get", "DELETE": "Delete"}.get(request.method, "Put")
        of = ("Object" if key else "Bucket") if named in OF_BOTH else ""
        return f"{verb}{of}{SUBRESOURCES[named]}"
    if request.method == "POST":
        return "DeleteObjects" if "delete" in request.query else "PutObject"
    return (OBJECT if key else BUCKET).get(request.method, request.method)


def _place(request: Request) -> tuple[str, str]:
    """Give the bucket and the key, which stand in the path, or the bucket in the host."""
    before, is_s3, _ = request.host.partition(".s3")
    path = request.path.lstrip("/")
    if is_s3 and "amazonaws.com" in request.host:
        return before, path
    bucket, _, key = path.partition("/")
    return bucket, key


def _json(body: Any) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
