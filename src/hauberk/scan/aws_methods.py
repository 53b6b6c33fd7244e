"""Methods of what boto3 makes, by what it is, and calls that look like them."""

from __future__ import annotations

from collections.abc import Callable

from hauberk.scan import aws_calls, aws_resources
from hauberk.scan.act import Acts
from hauberk.scan.aws_models import methods
from hauberk.scan.value import NOTHING, UNKNOWN, Arguments, Items, Made, Values, light


def light_arguments(arguments: Arguments) -> Arguments:
    """Give arguments; where they hold too much to be compared, nothing is known of them."""
    items = Items((*arguments.positional, *(value for _, value in arguments.named)))
    if light(items) != UNKNOWN:
        return arguments
    names = tuple((name, UNKNOWN) for name, _ in arguments.named)
    return Arguments((UNKNOWN,) * len(arguments.positional), names, arguments.is_whole)


def is_like_aws(name: str, arguments: Arguments) -> bool:
    """Whether a call of an object that is not known looks like one of AWS."""
    return name in methods() and any(key[:1].isupper() for key, _ in arguments.named)


def _iterated(made: Made, name: str, arguments: Arguments) -> tuple[Acts, Values]:
    return aws_calls.of_iterator(made, name, arguments), UNKNOWN


def _batched(made: Made, name: str, arguments: Arguments) -> tuple[Acts, Values]:
    return aws_resources.of_batch(made, name), NOTHING


AWS: dict[str, Callable[[Made, str, Arguments], tuple[Acts, Values]]] = {
    "client": aws_calls.of_client,
    "resource": aws_resources.of_resource,
    "collection": aws_resources.of_collection,
    "get_paginator": _iterated,
    "get_waiter": _iterated,
    "batch": _batched,
}
