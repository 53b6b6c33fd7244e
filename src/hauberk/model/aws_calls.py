"""Which of IAM's actions, on which resources, a call of AWS's API is."""

from __future__ import annotations

TYPE_CHECKING = False  # as in guard/start.py
if TYPE_CHECKING:
    from typing import Any

    from hauberk.model.aws_arns import Owner


def actions(service: str, operation: str, parameters: Any, owner: Owner) -> list[tuple[str, str]]:
    """Give IAM's actions that a call is, each with its resource; at least one."""
    if service in ("s3", "s3express"):
        from hauberk.model import aws_actions, aws_s3

        found = aws_s3.actions(operation, parameters, owner)
        return found or [(aws_actions.action("s3", operation), "*")]
    if service == "dynamodb":
        from hauberk.model import aws_dynamodb

        return aws_dynamodb.actions(operation, parameters, owner)
    from hauberk.model.aws_actions import action
    from hauberk.model.aws_arns import resources

    named = action(service, operation)
    if named == "events:PutEvents":
        return [(named, one) for one in _buses(parameters, owner)]
    if named == "kms:ReEncrypt":
        both = ("kms:ReEncryptFrom", "kms:ReEncryptTo")
        return [(one, resources(one, parameters, owner)[0]) for one in both]
    return [(named, one) for one in resources(named, parameters, owner)]


def _buses(parameters: Any, owner: Owner) -> list[str]:
    from hauberk.model.aws_arns import texts

    entries = parameters.get("Entries") if isinstance(parameters, dict) else None
    names = [
        name for entry in entries or [{}] for name in texts(entry, "EventBusName") or ["default"]
    ]
    return [
        name if name.startswith("arn:") else owner.arn("events", f"event-bus/{name}")
        for name in dict.fromkeys(names)
    ]
