"""AWS API calls through botocore, and so boto3.

Sees:         every client's calls: action and, where a parameter names it, resource
Does not see: requests that are signed and sent by other means
"""

from __future__ import annotations

from hauberk import _native
from hauberk.guard.fence import Fence

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any

# Operations whose IAM action has another name.
ACTIONS = {
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:CopyObject": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "lambda:Invoke": "lambda:InvokeFunction",
}

# Per service: the parameter that names a resource, and the end of its ARN.
RESOURCES = {
    "dynamodb": (("TableName", "table/{}"),),
    "sqs": (("QueueUrl", "{}"), ("QueueName", "{}")),
    "sns": (("TopicArn", "{}"), ("TargetArn", "{}")),
    "lambda": (("FunctionName", "function:{}"),),
    "secretsmanager": (("SecretId", "secret:{}"),),
    "ssm": (("Name", "parameter/{}"),),
    "kinesis": (("StreamName", "stream/{}"), ("StreamARN", "{}")),
    "events": (("EventBusName", "event-bus/{}"),),
    "states": (("stateMachineArn", "{}"),),
    "kms": (("KeyId", "key/{}"),),
    "logs": (("logGroupName", "log-group:{}"),),
}


def arm(client: Any) -> None:
    """Watch the one method through which every client calls AWS."""

    def before(self: Any, operation: str, parameters: Any) -> None:
        reason = None
        with Fence("api"):
            service = self.meta.service_model.signing_name
            region = self.meta.region_name or ""
            action = f"{service}:{operation}"
            reason = _native.admit_api(
                ACTIONS.get(action, action), resource(service, region, parameters)
            )
        if reason is not None:
            raise client.ClientError(_denied(reason), operation)

    client.BaseClient._make_api_call = _native.WatchedMethod(
        client.BaseClient._make_api_call, before
    )


def _denied(reason: str) -> dict[str, Any]:
    return {
        "Error": {"Code": "AccessDenied", "Message": f"blocked by Hauberk: {reason}"},
        "ResponseMetadata": {"HTTPStatusCode": 403},
    }


def resource(service: str, region: str, parameters: Any) -> str:
    """Give the ARN that a call names, without the account, which calls do not tell; `*` where none is named."""
    if not isinstance(parameters, dict):
        return "*"
    if service == "s3":
        return _s3(parameters)
    for parameter, end in RESOURCES.get(service, ()):
        named = parameters.get(parameter)
        if isinstance(named, str) and named:
            return _arn(service, region, named, end)
    return "*"


def _s3(parameters: dict[str, Any]) -> str:
    bucket, key = parameters.get("Bucket"), parameters.get("Key")
    if not isinstance(bucket, str):
        return "*"
    if bucket.startswith("arn:"):
        return f"{bucket}/{key}" if isinstance(key, str) else bucket
    return f"arn:aws:s3:::{bucket}/{key}" if isinstance(key, str) else f"arn:aws:s3:::{bucket}"


def _arn(service: str, region: str, named: str, end: str) -> str:
    if named.startswith("arn:"):
        return named
    # A queue's URL ends in `/account/name`.
    name = named.rsplit("/", 1)[-1] if service == "sqs" else named
    return f"arn:aws:{service}:{region}::{end.format(name.lstrip('/'))}"
