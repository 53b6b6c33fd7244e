"""Asks what is on Lambda's link: the daemon of X-Ray, and who gives credentials."""

import os
import socket
import subprocess
import sys
import urllib.request

DAEMON = ("169.254.79.129", 2000)
TRACE = b'{"format": "json", "version": 1}\n{"name": "forged"}'
CONTAINER = "http://169.254.170.2/v2/credentials"
INSTANCE = "http://169.254.169.254/latest/meta-data/iam/security-credentials/role"


def handler(event, context):
    return WAYS[event["way"]]()


def sent():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(TRACE, DAEMON)


def sent_connected():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(DAEMON)
        client.send(TRACE)


def sent_by_child():
    command = f"echo forged > /dev/udp/{DAEMON[0]}/{DAEMON[1]}"
    subprocess.run(["bash", "-c", command], check=True, capture_output=True)


def fetched(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def fetched_by_child(url):
    code = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
    words = [sys.executable, "-I", "-c", code, url]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def by_fetcher_of_container():
    from botocore.utils import ContainerMetadataFetcher

    return ContainerMetadataFetcher().retrieve_full_uri(CONTAINER)


def by_fetcher_of_instance():
    from botocore.utils import InstanceMetadataFetcher

    found = InstanceMetadataFetcher(timeout=5).retrieve_iam_role_credentials()
    return {**found, "expiry_time": str(found.get("expiry_time"))}


def by_session():
    """As a client finds its credentials where no variable holds any."""
    from botocore.session import Session

    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    before = {name: os.environ.pop(name, "") for name in names}
    os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = CONTAINER
    try:
        return Session().get_credentials().secret_key
    finally:
        del os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        os.environ.update(before)


def by_tracer():
    os.environ["_X_AMZN_TRACE_ID"] = (
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    )
    from aws_xray_sdk.core import xray_recorder

    with xray_recorder.in_subsegment("work"):
        pass


WAYS = {
    "traces": sent,
    "traces_connected": sent_connected,
    "traces_by_child": sent_by_child,
    "credentials_of_container": lambda: fetched(CONTAINER),
    "credentials_of_instance": lambda: fetched(INSTANCE),
    "credentials_by_child": lambda: fetched_by_child(CONTAINER),
    "by_fetcher_of_container": by_fetcher_of_container,
    "by_fetcher_of_instance": by_fetcher_of_instance,
    "by_session": by_session,
    "by_tracer": by_tracer,
}
