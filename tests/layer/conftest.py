"""What the tests of the layer share: the zips that `make test` built, and Python for arm64."""

from __future__ import annotations

import platform
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCAL = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())


def built(architecture: str) -> Path:
    path = ROOT / "dist" / f"hauberk-python-{architecture}.zip"
    if not path.exists():
        pytest.skip(f"{path.name} is not built; `make layer` builds it, or says why it cannot")
    return path


@pytest.fixture(scope="session", params=["x86_64", "arm64"])
def layer(request: pytest.FixtureRequest) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(built(request.param)) as archive:
        yield archive


@pytest.fixture(scope="session")
def arm64_opt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The arm64 layer, unpacked as Lambda unpacks it under /opt."""
    folder = tmp_path_factory.mktemp("opt")
    with zipfile.ZipFile(built("arm64")) as archive:
        archive.extractall(folder)
    return folder
