"""What AWS interprets, with a value written into it or bound: service, method and parameters of each way."""

CLUSTER = "arn:aws:rds:us-east-1:123456789012:cluster:shop"
PLACE = {"resourceArn": CLUSTER, "secretArn": CLUSTER}
PEOPLE = "SELECT name FROM people WHERE name = '{}'"
CARTS = "SELECT * FROM \"carts\" WHERE id = '{}'"
ADA = {"id": {"S": "ada"}}
OF_ADA = {"TableName": "carts", "Key": ADA}
ME = {":me": {"S": "ada"}}
RED = {"ExpressionAttributeValues": {":red": {"S": "red"}}}


def in_table(**more):
    return {"TableName": "carts", **more}


DYNAMODB = {
    "partiql": ("execute_statement", lambda value: {"Statement": CARTS.format(value)}),
    "partiql batch": (
        "batch_execute_statement",
        lambda value: {"Statements": [{"Statement": CARTS.format(value)}]},
    ),
    "partiql transaction": (
        "execute_transaction",
        lambda value: {"TransactStatements": [{"Statement": CARTS.format(value)}]},
    ),
    "partiql bound": (
        "execute_statement",
        lambda value: {"Statement": CARTS.replace("'{}'", "?"), "Parameters": [{"S": value}]},
    ),
    "filter": (
        "scan",
        lambda value: in_table(FilterExpression=f"id = {value}", ExpressionAttributeValues=ME),
    ),
    "key": (
        "query",
        lambda value: in_table(
            KeyConditionExpression=f"id = {value}", ExpressionAttributeValues=ME
        ),
    ),
    "condition": (
        "put_item",
        lambda value: in_table(
            Item={**ADA, "colour": {"S": "taken"}},
            ConditionExpression=f"attribute_not_exists({value})",
        ),
    ),
    "projection": ("get_item", lambda value: {**OF_ADA, "ProjectionExpression": f"id, {value}"}),
    "update": (
        "update_item",
        lambda value: {**OF_ADA, **RED, "UpdateExpression": f"SET {value} = :red"},
    ),
    "written together": (
        "transact_write_items",
        lambda value: {
            "TransactItems": [
                {"Update": {**OF_ADA, **RED, "UpdateExpression": f"SET {value} = :red"}}
            ]
        },
    ),
    "checked together": (
        "transact_write_items",
        lambda value: {
            "TransactItems": [
                {"Put": in_table(Item={"id": {"S": "made"}})},
                {
                    "ConditionCheck": {
                        **OF_ADA,
                        "ConditionExpression": f"attribute_exists({value})",
                    }
                },
            ]
        },
    ),
    "read together": (
        "transact_get_items",
        lambda value: {
            "TransactItems": [{"Get": {**OF_ADA, "ProjectionExpression": f"id, {value}"}}]
        },
    ),
}
RDS = {
    "rds": ("execute_statement", lambda value: {**PLACE, "sql": PEOPLE.format(value)}),
    "rds bound": (
        "execute_statement",
        lambda value: {
            **PLACE,
            "sql": PEOPLE.replace("'{}'", ":name"),
            "parameters": [{"name": "name", "value": {"stringValue": value}}],
        },
    ),
    "rds batch": (
        "batch_execute_statement",
        lambda value: {**PLACE, "sql": f"DELETE FROM people WHERE name = '{value}'"},
    ),
    "rds old": (
        "execute_sql",
        lambda value: {
            "awsSecretStoreArn": CLUSTER,
            "dbClusterOrInstanceArn": CLUSTER,
            "sqlStatements": PEOPLE.format(value),
        },
    ),
}
ATHENA = {
    "athena": ("start_query_execution", lambda value: {"QueryString": PEOPLE.format(value)}),
    "athena bound": (
        "start_query_execution",
        lambda value: {
            "QueryString": PEOPLE.replace("'{}'", "?"),
            "ExecutionParameters": [value],
        },
    ),
    "athena named": (
        "create_named_query",
        lambda value: {"Name": "one", "Database": "shop", "QueryString": PEOPLE.format(value)},
    ),
    "athena prepared": (
        "create_prepared_statement",
        lambda value: {
            "StatementName": "one",
            "WorkGroup": "primary",
            "QueryStatement": PEOPLE.format(value),
        },
    ),
}
WAYS = {
    way: (service, *call)
    for service, calls in (("dynamodb", DYNAMODB), ("rds-data", RDS), ("athena", ATHENA))
    for way, call in calls.items()
}
