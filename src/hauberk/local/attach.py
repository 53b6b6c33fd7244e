"""Attaches Hauberk to a function that runs here, as `hauberk protect` does on Lambda."""

from __future__ import annotations

import dataclasses
import os
import platform
import zipfile
from collections.abc import Mapping
from pathlib import Path

from hauberk.local.function import Function, LocalError

WRAPPER = "hauberk/wrapper"
WRAPPER_VARIABLE = "AWS_LAMBDA_EXEC_WRAPPER"
ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def attach(function: Function, layer: Path, settings: Mapping[str, str]) -> Function:
    """`function` with Hauberk's `layer` and wrapper; `settings` are HAUBERK_… variables."""
    environment = {**function.environment, **settings}
    if before := environment.get(WRAPPER_VARIABLE):
        environment["HAUBERK_NEXT_WRAPPER"] = before
    environment[WRAPPER_VARIABLE] = f"/opt/{WRAPPER}"
    layers = function.layers if layer in function.layers else (*function.layers, layer)
    return dataclasses.replace(function, layers=layers, environment=environment)


def own_layer(layers: tuple[Path, ...]) -> Path:
    """Hauberk's layer: one of `layers`, what HAUBERK_LAYER names, or what `make layer` made."""
    for layer in layers:
        if _is_ours(layer):
            return layer
    architecture = ARCHITECTURES.get(platform.machine(), platform.machine())
    made = Path(__file__).parents[3] / "dist" / f"hauberk-python-{architecture}.zip"
    layer = Path(os.environ.get("HAUBERK_LAYER") or made)
    if _is_ours(layer):
        return layer
    raise LocalError(
        f"Hauberk's layer is not at {layer}; make it with `make layer`, name it in "
        "HAUBERK_LAYER or with --layer, or run the function as it is with --unprotected"
    )


def _is_ours(layer: Path) -> bool:
    if layer.is_dir():
        return (layer / WRAPPER).is_file()
    try:
        with zipfile.ZipFile(layer) as archive:
            return WRAPPER in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False
