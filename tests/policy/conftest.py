"""The policy that ARCHITECTURE.md shows, and keys."""

import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PAGE = Path(__file__).parents[2] / "ARCHITECTURE.md"


@pytest.fixture
def example(tmp_path):
    text = re.search(r"```yaml\n(hauberk: 1\n.*?)```", PAGE.read_text(), re.DOTALL).group(1)
    file = tmp_path / "hauberk.yaml"
    file.write_text(text)
    return file


@pytest.fixture
def key():
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
