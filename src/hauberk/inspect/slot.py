"""A payload in the place of an event where untrusted values arrive."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

Event = dict[str, Any]
GATEWAY = {
    "version": "2.0",
    "routeKey": "POST /items",
    "rawPath": "/items",
    "rawQueryString": "",
    "headers": {"content-type": "application/json", "host": "api.example.com"},
    "requestContext": {
        "apiId": "a1b2c3d4e5",
        "http": {
            "method": "POST",
            "path": "/items",
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.7",
        },
        "stage": "$default",
    },
    "isBase64Encoded": False,
}


WHOLE = "is_lambda_event"  # the payload is the event


def event_with(payload: Any, context: str) -> bytes:
    """Put `payload` where `context` says, one of SLOTS or WHOLE; any other is a direct invocation."""
    if context == WHOLE:
        return _json(payload).encode()
    return _json(SLOTS.get(context, _direct)(payload)).encode()


def _json(value: Any) -> str:
    return json.dumps(value)


def _text(payload: Any) -> str:
    return payload if isinstance(payload, str) else _json(payload)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode(errors="surrogatepass")).decode()


def _direct(payload: Any) -> Event:
    return {"value": payload}


def _header(name: str) -> Callable[[Any], Event]:
    return lambda payload: {
        **GATEWAY,
        "headers": {**GATEWAY["headers"], name: _text(payload)},  # type: ignore[dict-item]
    }


def _path_parameter(payload: Any) -> Event:
    text = _text(payload)
    path = f"/items/{quote(text, safe='', errors='surrogatepass')}"
    return {**GATEWAY, "rawPath": path, "pathParameters": {"id": text}}


def _query(payload: Any) -> Event:
    return {
        "resource": "/items",
        "path": "/items",
        "httpMethod": "GET",
        "headers": {"Host": "api.example.com"},
        "queryStringParameters": {"q": _text(payload)},
        "multiValueQueryStringParameters": {"q": [_text(payload)]},
        "requestContext": {"stage": "prod", "identity": {"sourceIp": "192.0.2.7"}},
        "body": None,
        "isBase64Encoded": False,
    }


def _form(payload: Any) -> Event:
    headers = {**GATEWAY["headers"], "content-type": "application/x-www-form-urlencoded"}  # type: ignore[dict-item]
    body = f"name=a&value={quote_plus(_text(payload), errors='surrogatepass')}"
    return {**GATEWAY, "headers": headers, "body": _base64(body), "isBase64Encoded": True}


def _body(payload: Any) -> Event:
    return {**GATEWAY, "body": _json({"value": payload})}


def _body_base64(payload: Any) -> Event:
    return {**GATEWAY, "body": _base64(_json({"value": payload})), "isBase64Encoded": True}


def _sqs(payload: Any) -> Event:
    return {
        "Records": [
            {
                "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
                "body": _json({"value": payload}),
                "attributes": {"ApproximateReceiveCount": "1"},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:orders",
            }
        ]
    }


def _sns(payload: Any) -> Event:
    message = {"Type": "Notification", "Subject": "order", "Message": _json({"value": payload})}
    return {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": message}]}


def _kinesis(payload: Any) -> Event:
    record = {
        "partitionKey": "1",
        "sequenceNumber": "49590338271490256608559692538361571095921575989136588898",
    }
    data = {**record, "data": _base64(_json({"value": payload}))}
    return {"Records": [{"eventSource": "aws:kinesis", "kinesis": data}]}


def _dynamodb(payload: Any) -> Event:
    image = {"Id": {"N": "101"}, "Value": {"S": _text(payload)}}
    change = {"Keys": {"Id": {"N": "101"}}, "NewImage": image, "StreamViewType": "NEW_IMAGE"}
    return {"Records": [{"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change}]}


def _eventbridge(payload: Any) -> Event:
    return {
        "version": "0",
        "detail-type": "order placed",
        "source": "com.example.shop",
        "region": "us-east-1",
        "detail": {"value": payload},
    }


def _appsync(payload: Any) -> Event:
    return {
        "arguments": {"value": payload},
        "identity": None,
        "info": {"fieldName": "getItem", "parentTypeName": "Query", "variables": {}},
    }


def _s3(payload: Any) -> Event:
    key = quote_plus(_text(payload), safe="/", errors="surrogatepass")
    entity = {"bucket": {"name": "uploads"}, "object": {"key": key, "size": 1024}}
    return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": entity}]}


SLOTS: dict[str, Callable[[Any], Event]] = {
    "apigw_header": _header("x-request-note"),
    "apigw_header_user_agent": _header("user-agent"),
    "apigw_http_body_form": _form,
    "apigw_http_body_json": _body,
    "apigw_http_body_json_b64": _body_base64,
    "apigw_path_param": _path_parameter,
    "apigw_rest_query": _query,
    "appsync_arguments": _appsync,
    "direct_invoke": _direct,
    "dynamodb_stream_new_image": _dynamodb,
    "eventbridge_detail": _eventbridge,
    "kinesis_b64_json": _kinesis,
    "s3_object_key": _s3,
    "sns_message_json": _sns,
    "sqs_body_json": _sqs,
}
