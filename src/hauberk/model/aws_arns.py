"""Which resources an AWS API call names, as ARNs.

Sees:         resources that a parameter names, several in one call; the account where an ARN, a queue's URL or the
              client's own access key tells it
Does not see: resources that an operation finds by itself (the key of a ciphertext, the user of a token): `*`
"""

from __future__ import annotations

from hauberk.model.aws_resources import GLOBAL, RESOURCES, WITHOUT_ACCOUNT

TYPE_CHECKING = False  # as in guard/start.py
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Callable

    from hauberk.model.aws_resources import Place

PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)


class Owner:
    """Whose resources a client calls: what stands in an ARN before the resource."""

    def __init__(self, region: str, access_key: str, partition: str | None = None) -> None:
        self.partition = partition or partition_of(region)
        self.region = region
        self.account = account_of(access_key)

    def arn(self, service: str, resource: str) -> str:
        """Give the ARN of what is named, which may be one already."""
        if resource.startswith("arn:"):
            return resource
        region = "" if service in GLOBAL else self.region
        account = "" if service in WITHOUT_ACCOUNT else self.account
        return f"arn:{self.partition}:{service}:{region}:{account}:{resource}"


def partition_of(region: str) -> str:
    """Give the partition that a region is in."""
    return next((name for start, name in PARTITIONS if region.startswith(start)), "aws")


def account_of(access_key: str) -> str:
    """Give the account that an access key's id holds, as all do that were made since 2019; else an empty text."""
    is_new = len(access_key) == 20 and access_key[:4] in ("AKIA", "ASIA") and access_key[4] >= "Q"
    if not is_new:
        return ""
    bits = 0
    for letter in access_key[4:14]:  # ten of base32 are six bytes and two bits more
        value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter)
        if value < 0:
            return ""
        bits = bits << 5 | value
    return f"{(bits >> 2 & 0x7FFFFFFFFF80) >> 7:012}"


def resources(action: str, parameters: Any, owner: Owner) -> list[str]:
    """Give the ARNs of all that a call names; `*` where it names nothing."""
    service = action.partition(":")[0]
    for place, end in RESOURCES.get(action) or RESOURCES.get(service, ()):
        found = list(_named(service, parameters, place, owner))
        if found:
            return [one for names in found for one in _arns(service, names, end, owner)]
    return ["*"]


def texts(value: Any, path: str) -> list[str]:
    """Give the texts at a place in a call's parameters: `*` is each item or value, `keys` each key."""
    found = [value]
    for step in path.split("."):
        found = [inner for one in found for inner in _step(one, step)]
    return [one for one in found if isinstance(one, str) and one]


def _step(value: Any, step: str) -> list[Any]:
    if isinstance(value, dict):
        if step == "*":
            return list(value.values())
        if step == "keys":
            return list(value)
        return [value[step]] if step in value else []
    return list(value) if step == "*" and isinstance(value, (list, tuple)) else []


def _named(service: str, parameters: Any, place: Place, owner: Owner) -> Iterator[tuple[str, ...]]:
    spell = SPELLINGS.get(service)
    places = (place,) if isinstance(place, str) else place
    values = [texts(parameters, one) for one in places]
    if spell is not None:
        values = [[spell(text, owner) for text in found] for found in values]
    if len(values) == 1:
        yield from ((text,) for text in values[0])
    elif all(values):
        yield tuple(found[0] for found in values)


def _arns(service: str, names: tuple[str, ...], end: str, owner: Owner) -> Iterator[str]:
    parts = end.split("|")
    if len(parts) > 1:
        for name, part in zip(names, parts):
            yield from _arns(service, (name,), part, owner)
    elif names[-1].startswith("arn:"):
        yield names[-1]
    else:
        yield owner.arn(service, end.format(*(_short(name) for name in names)))


def _short(name: str) -> str:
    """Give the name at the end of an ARN."""
    return name.rsplit(":", 1)[1].rsplit("/", 1)[-1] if name.startswith("arn:") else name


def _queue(url: str, owner: Owner) -> str:
    """Give a queue's ARN by its URL, `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`."""
    if "://" not in url:
        return url
    host, _, path = url.partition("://")[2].partition("/")
    account, _, name = path.rpartition("/")
    labels = host.split(".")
    region = labels[1] if labels[0] == "sqs" and len(labels) > 3 else owner.region
    return f"arn:{owner.partition}:sqs:{region}:{account.rpartition('/')[2]}:{name}"


def _function(name: str, owner: Owner) -> str:
    """Give a function's ARN by what Lambda takes for one: `ACCOUNT:function:NAME`."""
    account, is_partial, rest = name.partition(":function:")
    if not is_partial or name.startswith("arn:"):
        return name
    return f"arn:{owner.partition}:lambda:{owner.region}:{account}:function:{rest}"


def _key(name: str, owner: Owner) -> str:
    return owner.arn("kms", name) if name.startswith("alias/") else name


def _sender(address: str, owner: Owner) -> str:
    """Give the address of `Name <address>`."""
    return address.rpartition("<")[2].rstrip("> ")


# How a service's own spellings of a name are read.
SPELLINGS: dict[str, Callable[[str, Owner], str]] = {
    "kms": _key,
    "lambda": _function,
    "ses": _sender,
    "sqs": _queue,
    "ssm": lambda name, owner: name.lstrip("/"),
}
