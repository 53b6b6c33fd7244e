"""A PostgreSQL, a MariaDB and a Redis of this machine, empty, on loopback, for as long as the tests run."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

LOOPBACK = "127.0.0.1"


class NoServer(Exception):
    """The server is not installed, or does not start."""


@contextmanager
def postgres() -> Iterator[int]:
    """Runs PostgreSQL without a password and gives its port."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    found = str(programs[-1]) if programs else shutil.which("postgres")
    if found is None:
        raise NoServer("no postgres on this machine; Debian's package is postgresql")
    with _folder("postgres") as (folder, as_user):
        initdb = str(Path(found).resolve().with_name("initdb"))
        options = ["--pgdata", str(folder), "--username", "tests", "--auth", "trust"]
        _done([*as_user, initdb, *options, "--encoding", "UTF8", "--no-sync"])
        port = _free_port()
        command = [*as_user, found, "-D", str(folder), "-p", str(port), "-F"]
        command += ["-c", f"listen_addresses={LOOPBACK}", "-c", "unix_socket_directories="]
        with _serving(command, "ready to accept connections"):
            yield port


@contextmanager
def mariadb() -> Iterator[int]:
    """Runs MariaDB without a password and gives its port."""
    found = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
    install = shutil.which("mariadb-install-db")
    if found is None or install is None:
        raise NoServer("no mariadbd on this machine; Debian's package is mariadb-server")
    with _folder("mysql") as (folder, as_user):
        made = [f"--datadir={folder}", "--auth-root-authentication-method=normal"]
        _done([*as_user, install, "--no-defaults", *made, "--skip-test-db"])
        port = _free_port()
        command = [*as_user, found, "--no-defaults", f"--datadir={folder}", f"--port={port}"]
        command += [f"--bind-address={LOOPBACK}", f"--socket={folder}/socket"]
        command += ["--skip-grant-tables", "--skip-name-resolve", f"--pid-file={folder}/pid"]
        with _serving(command, "ready for connections"):
            yield port


@contextmanager
def redis() -> Iterator[int]:
    """Runs Redis without a password and gives its port."""
    found = shutil.which("redis-server")
    if found is None:
        raise NoServer("no redis-server on this machine; Debian's package is redis-server")
    port = _free_port()
    command = [found, "--port", str(port), "--bind", LOOPBACK, "--save", "", "--dir", "/tmp"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd="/")
    assert server.stdout is not None
    try:
        if not any("eady to accept connections" in line for line in server.stdout):
            raise NoServer("redis-server does not start")
        yield port
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


@contextmanager
def _folder(user: str) -> Iterator[tuple[Path, list[str]]]:
    """A folder of the server's own, and what starts a program as its user; root may not run one."""
    folder = Path(tempfile.mkdtemp(prefix="hauberk-tests-"))
    try:
        as_user = _as(user, folder) if os.geteuid() == 0 else []
        yield folder, as_user
    finally:
        shutil.rmtree(folder)


def _as(user: str, folder: Path) -> list[str]:
    try:
        entry = pwd.getpwnam(user)
    except KeyError as error:
        raise NoServer(f"no user {user} to run the server as") from error
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    identity = [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    return ["setpriv", *identity, "--"]


def _done(command: Sequence[str]) -> None:
    got = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if got.returncode != 0:
        raise NoServer(f"{command[-4:]}: {(got.stdout + got.stderr)[-1000:]}")


def _free_port() -> int:
    with socket.socket() as chooser:
        chooser.bind((LOOPBACK, 0))
        return int(chooser.getsockname()[1])


@contextmanager
def _serving(command: Sequence[str], ready: str) -> Iterator[None]:
    server = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd="/"
    )
    assert server.stderr is not None
    said = []
    try:
        for line in server.stderr:
            said.append(line)
            if ready in line:
                break
        else:
            raise NoServer(f"{command[-1]}: {''.join(said)[-1000:]}")
        threading.Thread(target=server.stderr.read, daemon=True).start()
        yield
    finally:
        server.terminate()
        server.wait()
