"""Amazon S3 on loopback, emulated by MiniStack."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ADDRESS = "127.0.0.1"
PATIENCE_S = 20.0
MINISTACK = (sys.executable, "-m", "ministack")


class S3Error(Exception):
    """The emulated S3 did not start, or refused the bucket."""


@contextmanager
def emulated(
    bucket: str, folder: Path, log: Path, program: tuple[str, ...] = MINISTACK
) -> Iterator[str]:
    """Runs S3 with an empty `bucket` and its files in `folder`, and gives its endpoint."""
    with log.open("wb") as output:
        server, port = _start(program, folder, output.fileno())
        try:
            _wait(server, port, log)
            _create(bucket, port)
            yield f"http://{ADDRESS}:{port}"
        finally:
            _stop(server)


def _start(
    program: tuple[str, ...], folder: Path, output: int
) -> tuple["subprocess.Popen[bytes]", int]:
    with socket.socket() as chooser:
        chooser.bind((ADDRESS, 0))
        port = int(chooser.getsockname()[1])
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "SERVICES": "s3",
        "BIND_HOST": ADDRESS,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{folder}/no-docker",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(folder),
        "STATE_DIR": str(folder / "s3-state"),
        "S3_DATA_DIR": str(folder / "s3-data"),
    }
    server = subprocess.Popen(
        program,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )
    return server, port


def _wait(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise S3Error(f"MiniStack ended with status {server.returncode}: see {log}")
        try:
            if _request("GET", "/_ministack/health", port) == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.02)
    raise S3Error(f"MiniStack was not ready after {PATIENCE_S:.0f} s: see {log}")


def _create(bucket: str, port: int) -> None:
    status = _request("PUT", f"/{bucket}", port)
    if status != 200:
        raise S3Error(f"cannot create bucket {bucket}: S3 answered {status}")


def _request(method: str, path: str, port: int) -> int:
    connection = HTTPConnection(ADDRESS, port, timeout=2)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
