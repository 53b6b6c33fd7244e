"""S3: buckets, objects, what is copied from where, access points."""

from __future__ import annotations

from hauberk.model.aws_actions import action

TYPE_CHECKING = False  # as in guard/start.py
if TYPE_CHECKING:
    from typing import Any

    from hauberk.model.aws_arns import Owner

# With a version named, IAM asks about another action.
VERSIONED = {
    "s3:DeleteObject": "s3:DeleteObjectVersion",
    "s3:GetObject": "s3:GetObjectVersion",
    "s3:GetObjectAcl": "s3:GetObjectVersionAcl",
    "s3:GetObjectTagging": "s3:GetObjectVersionTagging",
    "s3:PutObjectAcl": "s3:PutObjectVersionAcl",
    "s3:PutObjectTagging": "s3:PutObjectVersionTagging",
}


def actions(operation: str, parameters: Any, owner: Owner) -> list[tuple[str, str]]:
    """Give each action on S3 that a call is, with its bucket, object or access point."""
    named = action("s3", operation)
    if not isinstance(parameters, dict):
        return [(named, "*")]
    bucket = parameters.get("Bucket")
    objects = [parameters]
    if operation == "DeleteObjects":
        of = parameters.get("Delete")
        objects = [one for one in (of or {}).get("Objects", ()) if isinstance(one, dict)]
    found = [(_versioned(named, one), arn(bucket, one.get("Key"), owner)) for one in objects]
    if "CopySource" in parameters:
        found.append(_source(parameters["CopySource"], owner))
    return found


def arn(bucket: Any, key: Any, owner: Owner) -> str:
    """Give the ARN of a bucket or an access point, or of an object in it; `*` where none is named."""
    if not isinstance(bucket, str) or not bucket:
        return "*"
    held = bucket if bucket.startswith("arn:") else f"arn:{owner.partition}:s3:::{bucket}"
    if not isinstance(key, str):
        return held
    is_point = ":accesspoint/" in held or ":accesspoint:" in held
    return f"{held}/object/{key}" if is_point else f"{held}/{key}"


def _versioned(named: str, one: dict[str, Any]) -> str:
    return VERSIONED.get(named, named) if one.get("VersionId") else named


def _source(source: Any, owner: Owner) -> tuple[str, str]:
    """Give the read that a copy is: `BUCKET/KEY?versionId=…`, percent-encoded, or the same in parts."""
    if isinstance(source, str):
        from urllib.parse import unquote

        path, has_version, _ = source.lstrip("/").partition("?versionId=")
        path = unquote(path)
        if path.startswith("arn:"):
            bucket, _, key = path.partition("/object/")
        else:
            bucket, _, key = path.partition("/")
        source = {"Bucket": bucket, "Key": key, "VersionId": has_version}
    if not isinstance(source, dict):
        return ("s3:GetObject", "*")
    return (
        _versioned("s3:GetObject", source),
        arn(source.get("Bucket"), source.get("Key"), owner),
    )
