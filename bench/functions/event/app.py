"""Reads an API Gateway event (payload format 2.0) as a small API does."""

import json


def handler(event, context):
    """Answer with what an order needs of the request."""
    order = json.loads(event["body"])
    headers = event["headers"]
    answer = {
        "customer": event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"],
        "language": headers["accept-language"].partition(",")[0],
        "items": sum(item["quantity"] for item in order["items"]),
        "page": event.get("queryStringParameters", {}).get("page"),
    }
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(answer),
    }
