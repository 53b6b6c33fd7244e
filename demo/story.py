"""The story: the same requests and the same attacks, unprotected, in detect and in prevent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from demo.api_gateway import Call
from demo.attacker import Hit
from demo.attacks import Attack, Evidence
from demo.records import Record


@dataclass(frozen=True, slots=True)
class Reply:
    """What the function answered, and what Hauberk wrote about this request."""

    payload: bytes
    body: str
    detections: tuple[Record, ...]


class Shop(Protocol):
    """The function, running."""

    def ask(self, call: Call) -> Reply:
        """The answer to one request."""
        ...


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens in every phase: the requests, the attacks, and the view from outside."""

    normal: tuple[Call, ...]
    probe: Call
    attacks: tuple[Attack, ...]
    secret: str
    take_hits: Callable[[], tuple[Hit, ...]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attack did in one phase."""

    effect: str  # in words; empty when there was none
    detections: tuple[Record, ...]
    probe: bytes  # the answer to the request after the attack

    @property
    def blocked(self) -> bool:
        """Was it blocked, with nothing left of its effect?"""
        return not self.effect and any(record.blocked for record in self.detections)


@dataclass(frozen=True, slots=True)
class Phase:
    """One run of the function: answers to normal requests, and outcomes by attack."""

    name: str
    answers: tuple[bytes, ...]
    alarms: tuple[Record, ...]  # what was said of normal requests
    outcomes: dict[str, Outcome]


def morning(name: str, shop: Shop, scene: Scene) -> Phase:
    """The normal requests alone."""
    replies = [shop.ask(call) for call in scene.normal]
    alarms = tuple(record for reply in replies for record in reply.detections)
    return Phase(name, tuple(reply.payload for reply in replies), alarms, {})


def day(name: str, shop: Shop, scene: Scene) -> Phase:
    """The normal requests, then each attack with a normal request after it."""
    phase = morning(name, shop, scene)
    outcomes: dict[str, Outcome] = {}
    alarms = phase.alarms
    for attack in scene.attacks:
        scene.take_hits()
        reply = shop.ask(attack.call)
        evidence = Evidence(reply.body, scene.take_hits(), scene.secret)
        effect = attack.effect(evidence) or ("reached the attacker" if evidence.hits else "")
        after = shop.ask(scene.probe)
        alarms += after.detections
        outcomes[attack.name] = Outcome(effect, reply.detections, after.payload)
    return Phase(name, phase.answers, alarms, outcomes)
