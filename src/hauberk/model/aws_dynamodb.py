"""DynamoDB: every table of a call, also in batches, transactions and PartiQL; the texts that it interprets.

Does not see: conditions that a library builds from parts (`boto3.dynamodb.conditions`) before they are one: these
              hold no input's syntax
"""

from __future__ import annotations

import re

from hauberk.model.aws_arns import texts

TYPE_CHECKING = False  # as in guard/start.py
if TYPE_CHECKING:
    from typing import Any

    from hauberk.model.aws_arns import Owner

# The members of a transaction, and the action that IAM asks about for each.
TRANSACTED = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Get": "dynamodb:GetItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}
STATEMENTS = {
    "BatchExecuteStatement": "Statements.*.Statement",
    "ExecuteStatement": "Statement",
    "ExecuteTransaction": "TransactStatements.*.Statement",
}
EXPRESSIONS = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
PARTIQL = {
    "DELETE": "dynamodb:PartiQLDelete",
    "INSERT": "dynamodb:PartiQLInsert",
    "UPDATE": "dynamodb:PartiQLUpdate",
}
TABLE = re.compile(
    r"""\b(?:FROM|INTO|UPDATE)\s+(?:"(?P<quoted>[^"]+)"|(?P<plain>[\w.-]+))"""
    r"""(?:\."(?P<index>[^"]+)")?""",
    re.IGNORECASE,
)


def actions(operation: str, parameters: Any, owner: Owner) -> list[tuple[str, str]]:
    """Give each action on a table that a call is."""
    if operation in STATEMENTS:
        found = [_of_statement(one, owner) for one in texts(parameters, STATEMENTS[operation])]
    elif operation.startswith("Transact"):
        found = [
            (allowed, _table(name, owner))
            for member, allowed in TRANSACTED.items()
            for name in texts(parameters, f"TransactItems.*.{member}.TableName")
        ]
    else:
        found = [(f"dynamodb:{operation}", one) for one in _tables(parameters, owner)]
    return found or [(f"dynamodb:{operation}", "*")]


def interpreted(operation: str, parameters: Any) -> list[tuple[str, str]]:
    """Give the texts that DynamoDB interprets, each with the sink that it is."""
    if operation in STATEMENTS:
        return [("sql", one) for one in texts(parameters, STATEMENTS[operation])]
    places: tuple[str, ...] = EXPRESSIONS
    if operation.startswith("Transact"):
        places = tuple(f"TransactItems.*.*.{name}" for name in EXPRESSIONS)
    return [("expression", one) for place in places for one in texts(parameters, place)]


def _tables(parameters: Any, owner: Owner) -> list[str]:
    index = texts(parameters, "IndexName")
    if index:
        named = texts(parameters, "TableName")
        return [f"{_table(name, owner)}/index/{index[0]}" for name in named]
    for place in ("TableName", "RequestItems.keys", "TableArn", "StreamArn", "ResourceArn"):
        named = texts(parameters, place)
        if named:
            return [_table(name, owner) for name in named]
    return []


def _table(name: str, owner: Owner) -> str:
    return name if name.startswith("arn:") else owner.arn("dynamodb", f"table/{name}")


def _of_statement(statement: str, owner: Owner) -> tuple[str, str]:
    words = statement.split(None, 1)
    verb = words[0].upper() if words else ""
    named = TABLE.search(statement)
    if named is None:
        return (PARTIQL.get(verb, "dynamodb:PartiQLSelect"), "*")
    target = _table(named["quoted"] or named["plain"], owner)
    if named["index"]:
        target = f"{target}/index/{named['index']}"
    return (PARTIQL.get(verb, "dynamodb:PartiQLSelect"), target)
