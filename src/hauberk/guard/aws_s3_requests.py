"""The REST of S3: which operation on which bucket and object a request is.

Does not see: a bucket that is only the request's host, where that is no name of AWS's and its path begins otherwise
"""

from __future__ import annotations

import re

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any

    from hauberk.guard.aws_requests import Request

HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?P<kind>[a-z0-9-]*)\.(?:[a-z0-9.-]+\.)?amazonaws\.(?:com|com\.cn|eu)"
)
ACCESS_POINT = re.compile(r"(?P<name>.+)-(?P<account>\d{12})")
DELETED = re.compile(rb"<Object>(.*?)</Object>", re.DOTALL)
MEMBER = re.compile(rb"<(Key|VersionId)>([^<]*)</")

# Parts of a bucket that the query names: `GetBucketPolicy` and its like.
OF_BUCKET = {
    "accelerate": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "analytics": "BucketAnalyticsConfiguration",
    "cors": "BucketCors",
    "encryption": "BucketEncryption",
    "intelligent-tiering": "BucketIntelligentTieringConfiguration",
    "inventory": "BucketInventoryConfiguration",
    "lifecycle": "BucketLifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "metrics": "BucketMetricsConfiguration",
    "notification": "BucketNotificationConfiguration",
    "object-lock": "ObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "PublicAccessBlock",
    "replication": "BucketReplication",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
OF_OBJECT = {
    "acl": "ObjectAcl",
    "attributes": "ObjectAttributes",
    "legal-hold": "ObjectLegalHold",
    "retention": "ObjectRetention",
    "tagging": "ObjectTagging",
    "torrent": "ObjectTorrent",
}
# Those whose names follow no rule, by what the query names and the method.
IRREGULAR = {
    ("delete", "POST"): "DeleteObjects",
    ("lifecycle", "DELETE"): "DeleteBucketLifecycle",
    ("restore", "POST"): "RestoreObject",
    ("renameObject", "PUT"): "RenameObject",
    ("select", "POST"): "SelectObjectContent",
    ("session", "GET"): "CreateSession",
    ("uploadId", "DELETE"): "AbortMultipartUpload",
    ("uploadId", "GET"): "ListParts",
    ("uploads", "GET"): "ListMultipartUploads",
    ("versions", "GET"): "ListObjectVersions",
}
KNOWN = {name for name, _ in IRREGULAR}
OBJECT = {"GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
BUCKET = {
    "GET": "ListObjectsV2",
    "HEAD": "HeadBucket",
    "PUT": "CreateBucket",
    "DELETE": "DeleteBucket",
}
VERBS = {"GET": "Get", "HEAD": "Get", "DELETE": "Delete"}


def is_control(request: Request) -> bool:
    """Say whether a request is of the API for accounts, which signs with the same name."""
    return "s3-control." in request.host or request.path.startswith("/v20180820/")


def call(request: Request) -> tuple[str, dict[str, Any]]:
    """Give the operation and the parameters of a request."""
    bucket, key = _place(request)
    parameters: dict[str, Any] = {"Bucket": bucket} if bucket and bucket != "*" else {}
    if key:
        parameters["Key"] = key
    if request.query.get("versionId"):
        parameters["VersionId"] = request.query["versionId"]
    if "x-amz-copy-source" in request.headers:
        parameters["CopySource"] = request.headers["x-amz-copy-source"]
    operation = _operation(request, bucket, key)
    if operation == "DeleteObjects":
        parameters["Delete"] = {"Objects": _deleted(request.body)}
    return operation, parameters


def in_host(request: Request, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the parameters as they are where a host that is not AWS's begins with the bucket."""
    if HOST.fullmatch(request.host):
        return []
    bucket, key = request.host.partition(".")[0], request.path[1:]
    other = {**parameters, "Bucket": bucket, "Key": key}
    if not key:
        del other["Key"]
    return [other]


def otherwise(service: str, method: str) -> list[list[tuple[str, str]]]:
    """Give what a request is of which only the method is known: by the name it is signed with, and its clients'."""
    from hauberk.model.aws_actions import action

    names = dict.fromkeys((service, "s3" if service.startswith("s3") else service))
    return [[(action(name, method), "*")] for name in names]


def _operation(request: Request, bucket: str, key: str) -> str:
    method = request.method
    if not bucket:
        is_control_of_zones = request.host.startswith("s3express-control")
        return "ListDirectoryBuckets" if is_control_of_zones else "ListBuckets"
    for name in request.query:
        if (name, method) in IRREGULAR:
            return IRREGULAR[name, method]
        part = (OF_OBJECT if key else OF_BUCKET).get(name)
        if part is not None:
            return f"{VERBS.get(method, 'Put')}{part}"
    if any(name not in KNOWN for name in request.flags):
        return method  # a part that is not known here
    if method in ("POST", "PUT") and (key or method == "POST"):
        return "PutObject"
    return (OBJECT if key else BUCKET).get(method, method)


def _place(request: Request) -> tuple[str, str]:
    """Give the bucket, which stands in the path or in the host, and the key; `*` for one that is not known."""
    found = HOST.fullmatch(request.host)
    path = request.path[1:]
    if found is None or not found["bucket"]:
        bucket, _, key = path.partition("/")
        return bucket, key
    if found["kind"] == "-global":
        return "*", path
    point = ACCESS_POINT.fullmatch(found["bucket"]) if found["kind"] == "-accesspoint" else None
    if point:
        from hauberk.model.aws_arns import partition_of

        owner = f"arn:{partition_of(request.region)}:s3:{request.region}:{point['account']}"
        return f"{owner}:accesspoint/{point['name']}", path
    return found["bucket"], path


def _deleted(body: Any) -> list[dict[str, str]]:
    from html import unescape

    text = body if isinstance(body, bytes) else str(body).encode("utf-8", "replace")
    objects = [dict(MEMBER.findall(one)) for one in DELETED.findall(text)]
    return [
        {name.decode(): unescape(value.decode("utf-8", "replace")) for name, value in one.items()}
        for one in objects
    ]
