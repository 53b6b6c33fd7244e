"""Asks over HTTP by clients of all kinds: where an input says, or where the code says."""

import asyncio
import io
import os

BASE = os.environ["BASE"]
URLS = {
    "whole": "{}",
    "host": "http://{}/hooks",
    "path": BASE + "/{}",
    "query": BASE + "/hooks?next={}",
    "label": "http://{}.localhost" + BASE.removeprefix("http://127.0.0.1") + "/hooks",
}


def handler(event, context):
    url = URLS[event["way"]].format(event[event["key"]])
    return CLIENTS[event["client"]](url)


def by_http(url):
    from http.client import HTTPConnection
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", url.removeprefix(f"http://{parts.netloc}") or "/")
    return connection.getresponse().status


def by_urllib(url):
    from urllib.request import urlopen

    with urlopen(url, timeout=10) as answer:
        return answer.status


def by_urllib3(url):
    import urllib3

    return urllib3.PoolManager(retries=False, timeout=10).request("GET", url).status


def by_requests(url):
    import requests

    return requests.get(url, timeout=10).status_code


def by_httpx(url):
    import httpx

    return httpx.get(url, timeout=10).status_code


def by_httpx_asynchronous(url):
    import httpx

    async def get():
        async with httpx.AsyncClient(timeout=10) as client:
            return (await client.get(url)).status_code

    return asyncio.run(get())


def by_aiohttp(url):
    import aiohttp

    async def get():
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status

    return asyncio.run(get())


def by_pycurl(url):
    import pycurl

    handle = pycurl.Curl()
    handle.setopt(pycurl.URL, url)
    handle.setopt(pycurl.WRITEDATA, io.BytesIO())
    handle.perform()
    return handle.getinfo(pycurl.RESPONSE_CODE)


def signed(service, method, url, headers, body):
    """Headers with a signature of version 4."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest(method, url, headers=headers, data=body)
    key = Credentials("AKIAIOSFODNN7EXAMPLE", "secret")
    if service == "s3":
        request.headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
    SigV4Auth(key, service, "us-east-1").add_auth(request)
    return dict(request.headers.items())


def send_by_requests(method, url, headers, body):
    import requests

    return requests.request(method, url, headers=headers, data=body, timeout=10).status_code


def send_by_urllib(method, url, headers, body):
    from urllib.request import Request, urlopen

    with urlopen(Request(url, data=body, headers=headers, method=method), timeout=10) as answer:
        return answer.status


def send_by_http(method, url, headers, body):
    from http.client import HTTPConnection
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request(method, parts.path, body=body, headers=headers)
    return connection.getresponse().status


def send_by_httpx(method, url, headers, body):
    import httpx

    return httpx.request(method, url, headers=headers, content=body, timeout=10).status_code


def send_by_aiohttp(method, url, headers, body):
    import aiohttp

    async def send():
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, headers=headers, data=body) as answer,
        ):
            return answer.status

    return asyncio.run(send())


def send_by_botocore(method, url, headers, body):
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session

    request = AWSRequest(method, url, headers=headers, data=body)
    return URLLib3Session().send(request.prepare()).status_code


def aws(event, context):
    """Sends what a client of AWS would send."""
    service, method, path, headers, body = CALLS[event["call"]]
    url = f"{os.environ['ENDPOINT']}{path}"
    body = body.encode()
    headers = signed(service, method, url, headers, body)
    return SENDERS[event["client"]](method, url, headers, body)


TARGET = {
    "X-Amz-Target": "DynamoDB_20120810.ListTables",
    "Content-Type": "application/x-amz-json-1.0",
}
CALLS = {
    "put": ("s3", "PUT", "/shop/raw", {}, "text"),
    "tables": ("dynamodb", "POST", "/", TARGET, "{}"),
    "queue": (
        "sqs",
        "POST",
        "/",
        {"Content-Type": "application/x-www-form-urlencoded"},
        "Action=CreateQueue&QueueName=raw&Version=2012-11-05",
    ),
}
SENDERS = {
    "http": send_by_http,
    "urllib": send_by_urllib,
    "requests": send_by_requests,
    "httpx": send_by_httpx,
    "aiohttp": send_by_aiohttp,
    "botocore": send_by_botocore,
}
CLIENTS = {
    "http": by_http,
    "urllib": by_urllib,
    "urllib3": by_urllib3,
    "requests": by_requests,
    "httpx": by_httpx,
    "httpx asynchronous": by_httpx_asynchronous,
    "aiohttp": by_aiohttp,
    "pycurl": by_pycurl,
}
