"""Requests as an API Gateway HTTP API hands them to a function (payload format 2.0)."""

import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

Event = dict[str, object]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the route, who is signed in, and what was sent."""

    route: str
    customer: str
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, object] | None = None

    def event(self) -> Event:
        """The event that the function receives."""
        method, pattern = self.route.split(" ", 1)
        raw_path = pattern.format(**self.path)
        event: Event = {
            "version": "2.0",
            "routeKey": self.route,
            "rawPath": raw_path,
            "rawQueryString": urlencode(self.query),
            "headers": {
                "accept": "application/json",
                "content-type": "application/json",
                "host": "shop.example",
                "user-agent": "shop-app/4.2 (Linux; Android 15)",
                "x-forwarded-for": "198.51.100.23",
            },
            "requestContext": _context(method, raw_path, self.customer),
            "isBase64Encoded": False,
        }
        if self.path:
            event["pathParameters"] = self.path
        if self.query:
            event["queryStringParameters"] = self.query
        if self.body is not None:
            event["body"] = json.dumps(self.body, ensure_ascii=False)
        return event


def _context(method: str, path: str, customer: str) -> dict[str, object]:
    return {
        "accountId": "123456789012",
        "apiId": "shop",
        "authorizer": {"jwt": {"claims": {"sub": "c-17", "name": customer}, "scopes": None}},
        "domainName": "shop.example",
        "http": {
            "method": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "198.51.100.23",
            "userAgent": "shop-app/4.2 (Linux; Android 15)",
        },
        "requestId": "JKJaXmPLvHcESHA=",
        "stage": "$default",
        "time": "23/Nov/2026:09:00:00 +0000",
        "timeEpoch": 1795424400000,
    }
