"""Calls AWS as the event says: service, method, parameters."""

import os

import boto3
from botocore.exceptions import ClientError

URL = os.environ["ENDPOINT"]


def handler(event, context):
    try:
        return CALLS[event["by"]](event)
    except ClientError as error:
        return {
            "refused": error.response["Error"]["Code"],
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
            "operation": error.operation_name,
            "message": str(error),
        }


def by_client(event):
    client = boto3.client(event["service"], endpoint_url=URL)
    answer = getattr(client, event["method"])(**event["parameters"])
    return {"status": answer["ResponseMetadata"]["HTTPStatusCode"]}


def by_resource(event):
    shop = boto3.resource("s3", endpoint_url=URL).Bucket("shop")
    shop.put_object(Key=event["name"], Body=b"text")
    return {"status": 200}


def by_page(event):
    pages = boto3.client("s3", endpoint_url=URL).get_paginator("list_objects_v2")
    return {
        "keys": [
            one["Key"] for page in pages.paginate(Bucket="shop") for one in page.get("Contents", ())
        ]
    }


def by_presigned_url(event):
    import urllib.request

    client = boto3.client("s3", endpoint_url=URL)
    address = client.generate_presigned_url(
        "put_object", Params={"Bucket": "shop", "Key": event["name"]}
    )
    request = urllib.request.Request(address, data=b"text", method="PUT")
    with urllib.request.urlopen(request) as answer:
        return {"status": answer.status}


def by_statement(event):
    """Writes the value into what AWS interprets."""
    service, method, parameters = STATEMENTS[event["way"]]
    client = boto3.client(service, endpoint_url=URL)
    written = parameters(event[event["key"]])
    answer = getattr(client, method)(**written)
    return {"items": len(answer.get("Items", ()))}


def scan(condition):
    return {
        "TableName": "carts",
        "FilterExpression": condition,
        "ExpressionAttributeValues": {":me": {"S": "ada"}},
    }


CLUSTER = "arn:aws:rds:us-east-1:123456789012:cluster:shop"
STATEMENTS = {
    "partiql": (
        "dynamodb",
        "execute_statement",
        lambda value: {"Statement": f"SELECT * FROM \"carts\" WHERE id = '{value}'"},
    ),
    "bound": (
        "dynamodb",
        "execute_statement",
        lambda value: {
            "Statement": 'SELECT * FROM "carts" WHERE id = ?',
            "Parameters": [{"S": value}],
        },
    ),
    "condition": ("dynamodb", "scan", lambda value: scan(f"id = {value}")),
    "rds": (
        "rds-data",
        "execute_statement",
        lambda value: {
            "resourceArn": CLUSTER,
            "secretArn": CLUSTER,
            "sql": f"SELECT name FROM people WHERE name = '{value}'",
        },
    ),
    "athena": (
        "athena",
        "start_query_execution",
        lambda value: {"QueryString": f"SELECT name FROM people WHERE id = {value}"},
    ),
}
CALLS = {
    "client": by_client,
    "statement": by_statement,
    "resource": by_resource,
    "page": by_page,
    "presigned_url": by_presigned_url,
}
