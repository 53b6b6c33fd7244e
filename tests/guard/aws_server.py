"""AWS on loopback, emulated by MiniStack, for as long as the tests run."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOPBACK = "127.0.0.1"
PATIENCE_S = 30.0


@contextmanager
def ministack(folder: Path) -> Iterator[str]:
    """Runs S3, SQS and DynamoDB, which keep their files in `folder`, and gives their endpoint."""
    with socket.socket() as chooser:
        chooser.bind((LOOPBACK, 0))
        port = chooser.getsockname()[1]
    variables = {
        "PATH": os.environ.get("PATH", os.defpath),
        "SERVICES": "s3,sqs,dynamodb",
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{folder}/no-docker",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(folder),
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            (sys.executable, "-m", "ministack"), env=variables, stdout=log, stderr=log
        )
        try:
            _wait(server, f"http://{LOOPBACK}:{port}", folder / "log")
            yield f"http://{LOOPBACK}:{port}"
        finally:
            server.terminate()
            server.wait()


def _wait(server: subprocess.Popen[bytes], endpoint: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.02)  # between two looks at a server that tells no one when it is ready
    raise RuntimeError(f"MiniStack did not start: {log.read_text()[-2000:]}")
