"""Keys that sign policies: Ed25519, as PEM files that only their owner reads."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MOST_BYTES = 64 << 10


class KeyFileError(Exception):
    """A key file cannot be used."""


def default_path() -> Path:
    """Where the key is when no other file is named."""
    root = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(root) if root and os.path.isabs(root) else Path.home() / ".config"
    return folder / "hauberk" / "signing-key.pem"


def create(path: Path) -> Ed25519PrivateKey:
    """Write a new key to `path`, which must not be there yet."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(prefix=".signing-key-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(number, "wb") as file:
            file.write(pem)
        os.link(draft, path)  # appears whole, and never over a key that is there
    except FileExistsError as error:
        raise KeyFileError(f"{path}: is already there; name another file") from error
    finally:
        os.unlink(draft)
    return key


def load(path: Path) -> Ed25519PrivateKey:
    """Read the key in `path`."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(MOST_BYTES)
    except FileNotFoundError as error:
        out = "" if path == default_path() else f" --out {path}"
        raise KeyFileError(f"{path}: no such key; `hauberk policy key{out}` creates one") from error
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}; name a key file that can be read") from error
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(
            f"{path}: not a PEM private key without password; `hauberk policy key --out FILE` creates one"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(
            f"{path}: not an Ed25519 key; `hauberk policy key --out FILE` creates one"
        )
    if stat.S_IMODE(mode) & 0o077:
        raise KeyFileError(f"{path}: others may read or write it; `chmod 600 {path}`")
    return key


def of_this_run() -> Ed25519PrivateKey:
    """Read the default key; where there is none, make one that is kept nowhere."""
    path = default_path()
    return load(path) if path.exists() else Ed25519PrivateKey.generate()


def public_bytes(key: Ed25519PublicKey) -> bytes:
    """Give the 32 bytes of a public key."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def fingerprint(public: bytes) -> str:
    """Name a public key: the first 32 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:32]
