"""Calls of boto3's clients, paginators and waiters, and of packages over them, as IAM's actions on ARNs.

Sees:         methods by AWS's own models; what of the parameters names a resource, in whatever order it was written
Does not see: what AWS does on behalf of a call; resources that the answer of another call names
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import Any

from hauberk.model import aws_calls
from hauberk.model.aws_arns import Owner
from hauberk.model.kind import Kind
from hauberk.scan.act import Act, Acts, Blank
from hauberk.scan.acts import of_path
from hauberk.scan.aws_models import Service, service
from hauberk.scan.text import Hole, Text, joined, marked, unmarked
from hauberk.scan.urls import of_url
from hauberk.scan.value import (
    NOTHING,
    UNKNOWN,
    Arguments,
    Flag,
    Items,
    Made,
    Table,
    Value,
    Values,
    text,
    texts,
)

MOST_CALLS = 32
_DEPTH = 6
Parameters = Mapping[str, Values]

# Methods that boto3 adds: what they are given in order, what they call, and what is done with the file.
TRANSFERS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "upload_file": (("Filename", "Bucket", "Key"), ("PutObject", "AbortMultipartUpload"), "read"),
    "upload_fileobj": (("Fileobj", "Bucket", "Key"), ("PutObject", "AbortMultipartUpload"), ""),
    "download_file": (("Bucket", "Key", "Filename"), ("HeadObject", "GetObject"), "write"),
    "download_fileobj": (("Bucket", "Key", "Fileobj"), ("HeadObject", "GetObject"), ""),
    "copy": (("CopySource", "Bucket", "Key"), ("CopyObject",), ""),
}
WRAPPERS: Mapping[str, tuple[str, str, str]] = {
    "aws_lambda_powertools.utilities.parameters.get_parameter": ("ssm", "get_parameter", "Name"),
    "aws_lambda_powertools.utilities.parameters.get_parameters": (
        "ssm",
        "get_parameters_by_path",
        "Path",
    ),
    "aws_lambda_powertools.utilities.parameters.get_secret": (
        "secretsmanager",
        "get_secret_value",
        "SecretId",
    ),
}
_ADDED = frozenset(
    ["can_paginate", "close", "exceptions", "get_paginator", "get_waiter", "meta", "waiter_names"]
)
_DRAWN = Hole("temporary")  # what s3transfer puts behind the name while it writes


def of_client(client: Made, method: str, arguments: Arguments) -> tuple[Acts, Values]:
    """Give what a method of a client does, and what it answers."""
    known = service(client.text("service"))
    if known is None:
        return [Blank(Kind.API, f"a client of a service that is not known: {method}")], UNKNOWN
    operation = known.operations.get(method)
    if operation is None:
        return _added(known, client, method, arguments)
    parameters = dict(arguments.named)
    answer = _answer(operation, parameters)
    return calls(client, operation, parameters, is_whole=arguments.is_whole), answer


def _added(known: Service, client: Made, method: str, arguments: Arguments) -> tuple[Acts, Values]:
    """What boto3 adds to AWS's operations."""
    if method in ("get_paginator", "get_waiter"):
        name = arguments.get(0, "operation_name", "waiter_name") or UNKNOWN
        return [], frozenset((Made(method, (*client.of, ("name", name))),))
    if method in TRANSFERS and known.name == "s3":
        return _transferred(client, method, arguments), NOTHING
    if method in ("generate_presigned_url", "generate_presigned_post"):
        return _presigned(known, client, method, arguments), UNKNOWN
    if method in _ADDED or method[:1].isupper():  # a resource's, of a name that is both
        return [], UNKNOWN
    return [Blank(Kind.API, f"{known.name} has no method {method}")], UNKNOWN


def of_iterator(made: Made, method: str, arguments: Arguments) -> Acts:
    """Give what a paginator or a waiter calls."""
    known = service(made.text("service"))
    name = made.text("name")
    if known is None or method not in ("paginate", "wait"):
        return []
    operation = (known.operations if method == "paginate" else known.waiters).get(name)
    if operation is None:
        return [Blank(Kind.API, f"a {made.type.removeprefix('get_')} that is not known")]
    return calls(made, operation, dict(arguments.named), is_whole=arguments.is_whole)


def of_wrapper(name: str, arguments: Arguments) -> Acts:
    """Give what a function of a package over boto3 calls."""
    of, method, parameter = WRAPPERS[name]
    client = Made("client", (("service", frozenset((Text((of,)),))),))
    given = arguments.get(0, "name", "path") or UNKNOWN
    return of_client(client, method, Arguments(named=((parameter, given),)))[0]


def calls(client: Made, operation: str, parameters: Parameters, *, is_whole: bool) -> Acts:
    """Give the actions on resources that a call of an operation is, for all that its parameters may be."""
    known = service(client.text("service"))
    if known is None:
        return []
    found: dict[Act, None] = {}
    for given in _combined(parameters):
        holes: list[Hole] = []
        plain = {name: _plain(value, holes, 0) for name, value in given.items()}
        owner = _owner(client, holes)
        for action, arn in aws_calls.actions(known.signs, operation, plain, owner):
            target = unmarked(arn, holes)
            is_open = _names_nothing(target) or (arn == "*" and not is_whole)
            found[Act(Kind.API, action, target, is_open)] = None
    return list(found)


def _combined(parameters: Parameters) -> Iterator[Mapping[str, Value]]:
    names = list(parameters)
    choices = [sorted(parameters[name], key=repr) for name in names]
    total = 1
    for one in choices:
        total *= len(one)
    if total > MOST_CALLS:  # of what is one of many, nothing is known
        choices = [one if len(one) == 1 else [next(iter(UNKNOWN))] for one in choices]
    for values in islice(product(*choices), MOST_CALLS):
        yield dict(zip(names, values, strict=True))


def _plain(value: Value, holes: list[Hole], depth: int) -> Any:
    if depth > _DEPTH:
        return None
    if isinstance(value, Items):
        return [_plain(_one(each), holes, depth + 1) for each in value.values]
    if isinstance(value, Table):
        return {name: _plain(_one(each), holes, depth + 1) for name, each in value.entries}
    if isinstance(value, Flag):
        return value.value
    return marked(text(value), holes)


def _one(values: Values) -> Value:
    return next(iter(values)) if len(values) == 1 else next(iter(UNKNOWN))


def _owner(client: Made, holes: list[Hole]) -> Owner:
    region = texts(client.get("region"))
    known = region[0].whole if len(region) == 1 else None
    owner = Owner(known or "", "")
    owner.region = known or marked(Text((Hole("region"),)), holes)
    accounts = texts(client.get("account"))
    account = accounts[0].whole if len(accounts) == 1 else None
    owner.account = account or marked(Text((Hole("account"),)), holes)
    return owner


def _names_nothing(arn: Text) -> bool:
    """Whether nothing of the resource's name is known: what is left of `arn:aws:s3:::` and `table/`."""
    if not arn.holes:
        return False
    written = "".join(one if isinstance(one, str) else "\0" for one in arn.pieces)
    fields = written.split(":", 5)
    if len(fields) < 6:
        return True
    resource = fields[5]
    if fields[2] == "s3":
        return not resource.partition("/")[0].strip("\0")
    first, is_more, rest = resource.partition("/" if "/" in resource else ":")
    return not (rest if is_more else first).strip("\0/:*")


def _transferred(client: Made, method: str, arguments: Arguments) -> Acts:
    names, operations, act = TRANSFERS[method]
    given = {**dict(zip(names, arguments.positional, strict=False)), **dict(arguments.named)}
    known = {
        name: value for name, value in given.items() if name in ("Bucket", "Key", "CopySource")
    }
    found = [
        one
        for operation in operations
        for one in calls(client, operation, known, is_whole=arguments.is_whole)
    ]
    return [*found, *of_transferred_file(texts(given.get("Filename")), act)]


def of_transferred_file(paths: Iterable[Text], act: str) -> Acts:
    """Give what is done with the file of an upload or a download, which is written under another name first."""
    found: Acts = []
    for path in paths:
        if act == "write":
            drawn = joined((path, Text((".", _DRAWN))))
            found += [*of_path(drawn, "write", None), *of_path(drawn, "rename", None)]
        found += of_path(path, "rename" if act == "write" else act, None)
    return found


def _presigned(known: Service, client: Made, method: str, arguments: Arguments) -> Acts:
    if method == "generate_presigned_post":
        given = {
            **dict(zip(("Bucket", "Key"), arguments.positional, strict=False)),
            **dict(arguments.named),
        }
        return calls(client, "PutObject", given, is_whole=True)
    names = [one.whole or "" for one in texts(arguments.get(0, "ClientMethod"))]
    parameters = arguments.get(1, "Params") or frozenset()
    tables = [dict(one.entries) for one in parameters if isinstance(one, Table)] or [{}]
    return [
        one
        for name in names
        if name in known.operations
        for table in tables
        for one in calls(client, known.operations[name], table, is_whole=False)
    ]


def _answer(operation: str, parameters: Parameters) -> Values:
    if operation == "GetQueueUrl" and "QueueName" in parameters:  # its ARN is made of the name
        return frozenset((Table((("QueueUrl", parameters["QueueName"]),), is_whole=False),))
    return UNKNOWN


def of_endpoint(arguments: Arguments) -> Acts:
    """Give the host of a client's own endpoint."""
    return [one for url in texts(arguments.get(None, "endpoint_url")) for one in of_url(url)]
