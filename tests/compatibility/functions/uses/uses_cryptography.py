from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def handler(event):
    digest = hashes.Hash(hashes.SHA256())
    digest.update(b"text")
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    sealed = AESGCM(bytes(16)).encrypt(bytes(12), b"text", None)
    curve = ec.generate_private_key(ec.SECP256R1())
    curve.public_key().verify(
        curve.sign(b"text", ec.ECDSA(hashes.SHA256())), b"text", ec.ECDSA(hashes.SHA256())
    )
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return [
        digest.finalize().hex(),
        key.sign(b"text").hex(),
        sealed.hex(),
        key.public_key().public_bytes(*raw).hex(),
    ]
