"""Models as a file: JSON, the same bytes for the same models; read whole or refused."""

import json
from collections.abc import Mapping
from typing import Any

from hauberk.anomaly.lesson import Learned
from hauberk.anomaly.model import Model, Seen
from hauberk.anomaly.threshold import Calibration
from hauberk.anomaly.trait import Family, Question, Trait

SCHEMA = 2


class ModelError(Exception):
    """A file holds no models that can be read."""


def model_text(functions: Mapping[str, Learned]) -> str:
    """Write the models of functions."""
    document = {
        "anomaly": SCHEMA,
        "functions": {name: _function(one) for name, one in sorted(functions.items())},
    }
    return json.dumps(document, separators=(",", ":"), ensure_ascii=True) + "\n"


def read_models(content: bytes, where: str) -> dict[str, Learned]:
    """Read the models of functions. Raises ModelError."""
    try:
        document = json.loads(content)
        if document["anomaly"] != SCHEMA:
            raise ModelError(
                f"{where}: models of another version of Hauberk, which counted other things; learn them anew: "
                f"`hauberk anomaly learn LOGS -o {where}`, of a store with `--store`"
            )
        return {str(name): _read(one) for name, one in document["functions"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"{where}: a damaged file of models; `hauberk anomaly learn LOGS -o {where}` writes it anew"
        ) from error


def _function(one: Learned) -> dict[str, Any]:
    model, known = one.model, one.calibration
    return {
        "thresholds": dict(sorted(known.thresholds.items())),
        "held_back": {
            "alerts": known.alerts,
            "weeks": known.weeks,
            "invocations": known.invocations,
        },
        "whole": _seen(model.whole),
        "traits": [[*trait, *_seen(seen)] for trait, seen in sorted(model.traits.items())],
    }


def _seen(seen: Seen) -> list[int]:
    return [seen.invocations, seen.hours, int(seen.is_calm)]


def _read(one: dict[str, Any]) -> Learned:
    held_back = one["held_back"]
    model = Model(
        _read_seen(*one["whole"]),
        {
            Trait(Family(row[0]), str(row[1]), str(row[2])): _read_seen(*row[3:])
            for row in one["traits"]
        },
    )
    known = Calibration(
        {question: float(one["thresholds"][question]) for question in Question},
        int(held_back["alerts"]),
        float(held_back["weeks"]),
        int(held_back["invocations"]),
    )
    return Learned(model, known)


def _read_seen(invocations: int, hours: int, is_calm: int) -> Seen:
    return Seen(int(invocations), int(hours), bool(is_calm))
