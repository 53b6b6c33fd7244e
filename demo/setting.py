"""The servers around the function, all on loopback, and the scene they make."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.attacker import ADDRESS as ATTACKER
from demo.attacker import collecting
from demo.attacks import attacks
from demo.neighbours import Neighbours
from demo.partners import ADDRESS as PARTNERS
from demo.partners import partners
from demo.s3 import emulated
from demo.story import Scene
from demo.traffic import normal, probe

BUCKET = "shop"
HOSTS = {
    "north.prices.example": PARTNERS,
    "south.prices.example": PARTNERS,
    "books.example": PARTNERS,
    "collector.attacker.example": ATTACKER,
}


@dataclass(frozen=True, slots=True)
class Setting:
    """The scene, and what the function must be told to play in it."""

    scene: Scene
    environment: dict[str, str]
    hosts: dict[str, str]
    isolated: bool  # has the function a root of its own?

    @property
    def emulator(self) -> str:
        """Where the emulated S3 is: `127.0.0.1:4566`."""
        return self.environment["AWS_ENDPOINT_URL"].rpartition("/")[2]


@contextmanager
def setting(folder: Path, s3_log: Path, isolated: bool) -> Iterator[Setting]:
    """Runs the servers with their files in `folder`; hosts have names where `isolated`."""
    with ExitStack() as servers:
        collector = servers.enter_context(collecting())
        port = servers.enter_context(partners())
        endpoint = servers.enter_context(emulated(BUCKET, folder, s3_log))
        neighbours = _neighbours(port, collector.port, isolated)
        secret = f"pk-{secrets.token_hex(12)}"
        environment = {
            "AWS_ENDPOINT_URL": endpoint,
            "BUCKET": BUCKET,
            "PRICE_SUPPLIER": neighbours.north,
            "PRICE_API_KEY": secret,
        }
        scene = Scene(normal(neighbours), probe(), attacks(neighbours), secret, collector.take)
        if isolated:
            yield Setting(scene, environment, HOSTS, isolated)
            return
        # The machine's /tmp is not the function's own.
        yield Setting(scene, {**environment, "TMPDIR": str(folder / "tmp")}, {}, isolated)


def _neighbours(partner_port: int, collector_port: int, named: bool) -> Neighbours:
    north, south, books, collector = (name if named else address for name, address in HOSTS.items())
    return Neighbours(
        f"{north}:{partner_port}",
        f"{south}:{partner_port}",
        f"{books}:{partner_port}",
        f"{collector}:{collector_port}",
        have_names=named,
    )
