"""An attack's proof: what convinces it, and what must not."""

import base64
import json

import pytest
from demo.attacker import Hit
from demo.attacks import Evidence, attacks, succeeded
from demo.neighbours import Neighbours

SECRET = "pk-123"
ATTACKS = {
    attack.name: attack
    for attack in attacks(Neighbours("n:1", "s:1", "b:1", "evil.example:9", True))
}


def packed(text: str) -> str:
    return json.dumps({"format": "debug", "file": base64.b64encode(text.encode()).decode()})


def hit(body: bytes = b"", headers: str = "") -> tuple[Hit, ...]:
    return (Hit("/", headers, body),)


PROOFS = [
    # attack, the answer, what arrived at the attacker, does this prove success?
    ("shell injection", '{"error": "INSERT INTO orders"}', (), True),
    ("shell injection", '{"error": "thumbnail: not a PNG"}', (), False),
    ("SQL injection", '[{"id": "Grace Hopper"}]', (), True),
    ("SQL injection", '[{"id": "A-1001", "customer": "Ada Lovelace"}]', (), False),  # her own
    ("path traversal", '{"receipt": "root:x:0:0:root:/root:/bin/sh"}', (), True),
    ("path traversal", '{"receipt": "root: x: 0"}', (), False),
    ("path traversal", "root:x:0:0:root:/root:/bin/sh", (), False),  # not the shop's answer
    ("path traversal", '{"message": "Forbidden"}', (), False),
    ("unlisted process", packed(f"PRICE_API_KEY={SECRET}"), (), True),
    ("unlisted process", packed("PRICE_API_KEY=pk-another"), (), False),
    ("unlisted process", '{"file": "%%%"}', (), False),
    ("unlisted host", '{"price": "0.01"}', (), False),  # the answer alone proves nothing
    ("unlisted host", "null", hit(headers=f"Authorization: Bearer {SECRET}"), True),
    ("unlisted host", "null", hit(), True),  # arrived, though without the key
    ("secrets sent out", '{"sent": 469}', (), False),
    ("secrets sent out", "null", hit(f"PRICE_API_KEY={SECRET}".encode()), True),
    ("code in a pickle", "null", (), False),
    ("code in a pickle", "null", hit(b"SQLite format 3\0"), True),
]


@pytest.mark.parametrize(("name", "body", "hits", "success"), PROOFS)
def test_only_its_effect_proves_an_attack(
    name: str, body: str, hits: tuple[Hit, ...], success: bool
) -> None:
    assert succeeded(ATTACKS[name], Evidence(body, hits, SECRET)) is success


def test_every_attack_has_a_proof_that_convinces_and_one_that_does_not() -> None:
    for name in ATTACKS:
        assert {row[3] for row in PROOFS if row[0] == name} == {True, False}


@pytest.mark.parametrize(
    "body", ["", "null", "[]", '"x"', "\ud800", '{"file": 1, "receipt": null}']
)
def test_no_answer_upsets_a_proof(body: str) -> None:
    for attack in ATTACKS.values():
        assert not succeeded(attack, Evidence(body, (), SECRET))
