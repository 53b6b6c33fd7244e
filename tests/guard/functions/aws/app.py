"""Calls AWS as the event says: service, method, parameters."""

import os

import boto3
from botocore.exceptions import ClientError
from statements import WAYS

URL = os.environ["ENDPOINT"]
INTERPRETER = os.environ.get("INTERPRETER")


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
    first = next(iter(pages.paginate(Bucket="shop")))
    return {"keys": [one["Key"] for one in first.get("Contents", ())]}


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
    """Writes the value into what AWS interprets, and counts what was found."""
    service, method, parameters = WAYS[event["way"]]
    client = boto3.client(service, endpoint_url=URL if service == "dynamodb" else INTERPRETER)
    answer = getattr(client, method)(**parameters(event[event["key"]]))
    single = [answer] if "Item" in answer else answer.get("Responses", ())
    found = answer.get("Items") or answer.get("records") or [one for one in single if "Item" in one]
    return {"items": len(found)}


CALLS = {
    "client": by_client,
    "statement": by_statement,
    "resource": by_resource,
    "page": by_page,
    "presigned_url": by_presigned_url,
}
