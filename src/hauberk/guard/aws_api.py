"""AWS API calls through botocore (and so boto3) and aiobotocore.

Sees:         every client's calls: IAM's action, each resource that a parameter names, statements that AWS interprets;
              what a presigned URL allows, when it is made
Does not see: what AWS does on behalf of a call (the key of a bucket's encryption, the target of a rule)
"""

from __future__ import annotations

import sys

from hauberk import _native
from hauberk.guard.fence import Fence
from hauberk.guard.held import held

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from typing import Any

    from hauberk.model.aws_arns import Owner

# Parameters in which other services of AWS take a statement.
STATEMENTS = {
    "athena:StartQueryExecution": ("QueryString",),
    "athena:CreateNamedQuery": ("QueryString",),
    "athena:CreatePreparedStatement": ("QueryStatement",),
    "rds-data:BatchExecuteStatement": ("sql",),
    "rds-data:ExecuteSql": ("sqlStatements",),
    "rds-data:ExecuteStatement": ("sql",),
    "redshift-data:BatchExecuteStatement": ("Sqls.*",),
    "redshift-data:ExecuteStatement": ("Sql",),
    "s3:GetObject": ("Expression",),
    "timestream:Select": ("QueryString",),
}


def arm(client: Any) -> None:
    """Watch the one method through which every client calls AWS, and the makers of presigned requests."""
    base = client.BaseClient

    def before(self: Any, operation: str, parameters: Any) -> None:
        _admit(self, operation, parameters, client.ClientError)

    _native.put(base, "_make_api_call", _native.WatchedMethod(base._make_api_call, before))
    _watch_presigned(sys.modules["botocore.signers"], client.ClientError)


def arm_asynchronous(client: Any) -> None:
    """Watch aiobotocore's clients, whose one method is their own."""
    error = sys.modules["botocore.exceptions"].ClientError

    def before(self: Any, operation: str, parameters: Any) -> None:
        _admit(self, operation, parameters, error)

    base = client.AioBaseClient
    _native.put(base, "_make_api_call", _native.WatchedMethod(base._make_api_call, before))
    _watch_presigned(sys.modules["aiobotocore.signers"], error)


def _watch_presigned(signers: Any, refused: Any) -> None:
    """Watch what is signed here and sent by somebody else; classes of clients take it from here when they are made."""

    def get(self: Any, *arguments: Any, **named: Any) -> None:
        method = arguments[0] if arguments else named.get("ClientMethod")
        operation = self._PY_TO_OP_NAME.get(method) if isinstance(method, str) else None
        if operation is not None:
            parameters = arguments[1] if len(arguments) > 1 else named.get("Params")
            _admit(self, operation, parameters, refused)

    def post(self: Any, *arguments: Any, **named: Any) -> None:
        given = dict(zip(("Bucket", "Key"), arguments), **named)
        _admit(self, "PutObject", given, refused)

    for name, look in (("generate_presigned_url", get), ("generate_presigned_post", post)):
        _native.put(signers, name, _native.WatchedMethod(getattr(signers, name), look))


def _admit(client: Any, operation: str, parameters: Any, refused: Any) -> None:
    reason = None
    with Fence("api"):
        service = client.meta.service_model.signing_name
        reason = blocked(service, operation, parameters, _owner(client))
    if reason is not None:
        raise refused(_denied(reason), operation)


def blocked(service: str, operation: str, parameters: Any, owner: Owner) -> str | None:
    """Say why a call is blocked, or None."""
    from hauberk.model.aws_calls import actions

    found = actions(service, operation, parameters, owner)
    for sink, text in _interpreted(found[0][0], operation, parameters):
        reason = _native.admit_api(found, sink, held(text))
        if reason is not None:
            return reason
    return _native.admit_api(found)


def _interpreted(action: str, operation: str, parameters: Any) -> list[tuple[str, str]]:
    if action.startswith("dynamodb:"):
        from hauberk.model import aws_dynamodb

        return aws_dynamodb.interpreted(operation, parameters)
    places = STATEMENTS.get(action)
    if places is None:
        return []
    from hauberk.model.aws_arns import texts

    return [("sql", text) for place in places for text in texts(parameters, place)]


def _owner(client: Any) -> Owner:
    from hauberk.model.aws_arns import Owner

    meta = client.meta
    signer = getattr(client, "_request_signer", None)
    # Not by their properties: those of credentials that have expired ask for new ones.
    held = getattr(getattr(signer, "_credentials", None), "__dict__", {})
    key = held.get("_access_key") or held.get("access_key") or ""
    return Owner(meta.region_name or "", key, getattr(meta, "partition", None))


def _denied(reason: str) -> dict[str, Any]:
    return {
        "Error": {"Code": "AccessDenied", "Message": f"blocked by Hauberk: {reason}"},
        "ResponseMetadata": {"HTTPStatusCode": 403},
    }
