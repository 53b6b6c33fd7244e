"""Resources of boto3: `boto3.resource("s3").Bucket(name).put_object(…)`, collections, batches, what is loaded.

Does not see: identifiers that the answer of a call gives (each object of `bucket.objects.all()`): these are unknown
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hauberk.scan.act import Acts
from hauberk.scan.aws_calls import TRANSFERS, calls, of_client, of_transferred_file
from hauberk.scan.aws_models import act, resources, service
from hauberk.scan.value import NOTHING, UNKNOWN, Arguments, Made, Table, Values, texts

_COLLECTED = frozenset(["all", "filter", "limit", "page_size", "pages"])
_OF_PYTHON = frozenset(["get_available_subresources", "load", "reload", "meta"])


def attribute(made: Made, name: str) -> tuple[Acts, Values]:
    """Give what an attribute of a resource is, and what reading it calls; nothing is known of most."""
    if name == "meta":
        return [], frozenset((Made("meta", made.of),))
    rows = _rows(made)
    identified = dict(made.of)
    if name in rows.get("ids", ()):
        return [], identified.get(f"id.{name}", UNKNOWN)
    if name in rows.get("many", {}):
        return [], frozenset((Made("collection", (*made.of, ("many", _said(name)))),))
    relative = rows.get("has", {}).get(name)
    if relative is not None and "?" not in relative[1].values():
        return [], frozenset((_made(made, relative, Arguments(), {}),))
    is_method = name in _OF_PYTHON or any(
        name in rows.get(part, {}) for part in ("do", "has", "wait", "batch")
    )
    if is_method or name in TRANSFERS or name == "batch_writer" or not rows.get("load"):
        return [], UNKNOWN
    return _call(made, rows["load"], Arguments()), UNKNOWN  # the first that is read of its state


def of_resource(made: Made, name: str, arguments: Arguments) -> tuple[Acts, Values]:
    """Give what a method of a resource does, and what it answers."""
    rows = _rows(made)
    if name in rows.get("has", {}):
        return [], frozenset((_made(made, rows["has"][name], arguments, {}),))
    return _done(made, rows, name, arguments)


def _done(
    made: Made, rows: Mapping[str, Any], name: str, arguments: Arguments
) -> tuple[Acts, Values]:
    if name in rows.get("do", {}):
        row = rows["do"][name]
        return _call(made, row, arguments), _given(made, row, arguments)
    if name in ("load", "reload") and rows.get("load"):
        return _call(made, rows["load"], Arguments()), NOTHING
    if name in rows.get("wait", {}):
        waiter, parameters = rows["wait"][name]
        known = service(made.text("service"))
        operation = known.waiters.get(waiter, "") if known else ""
        return _call(made, [operation, parameters], arguments) if operation else [], NOTHING
    if name == "batch_writer":
        return [], frozenset((Made("batch", made.of),))
    if name in TRANSFERS and made.text("service") == "s3":
        return _transferred(made, name, arguments), NOTHING
    return [], UNKNOWN


def of_collection(made: Made, name: str, arguments: Arguments) -> tuple[Acts, Values]:
    """Give what a method of a collection does: to list it, or to act on each of it."""
    row = _rows(made).get("many", {}).get(made.text("many"))
    if row is None:
        return [], UNKNOWN
    listed = _call(made, row, arguments)
    gives = act(row).gives
    element = _made(made, list(gives), Arguments(), {}) if gives else None
    if name in _COLLECTED:
        items = (("element", frozenset((element,)) if element else UNKNOWN),)
        return listed, frozenset((Made("collection", (*made.of, *items)),))
    batch = _rows(element).get("batch", {}).get(name) if element else None
    if batch is None or element is None:
        return [], UNKNOWN
    return [*_call(made, row, Arguments()), *_call(element, batch, Arguments())], UNKNOWN


def of_batch(made: Made, name: str) -> Acts:
    """Give what the writer of a DynamoDB table does, which sends its items together."""
    if name not in ("put_item", "delete_item"):
        return []
    tables = texts(made.get("id.name"))
    items = frozenset((Table(()),))
    given = [one.whole for one in tables]
    if len(given) == 1 and given[0] is not None:
        return calls(
            made,
            "BatchWriteItem",
            {"RequestItems": frozenset((Table(((given[0], items),)),))},
            is_whole=True,
        )
    return calls(made, "BatchWriteItem", {"TableName": made.get("id.name")}, is_whole=True)


def _rows(made: Made) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resources(made.text("service")).get(made.text("resource"), {})
    return found


def _call(made: Made, row: list[Any], arguments: Arguments) -> Acts:
    one = act(row)
    parameters: dict[str, Values] = dict(arguments.named)
    for target, name in one.parameters:
        _put(parameters, target, made.get(f"id.{name}"))
    return calls(made, one.operation, parameters, is_whole=True)


def _put(parameters: dict[str, Values], target: str, value: Values) -> None:
    first, is_inside, rest = target.partition(".")
    if not is_inside:
        parameters[first] = value
        return
    inner: dict[str, Values] = {}
    _put(inner, rest, value)
    from hauberk.scan.value import Items  # noqa: PLC0415

    table = frozenset((Table(tuple(inner.items())),))
    is_list = first in ("Objects", "Entries")
    parameters[first] = frozenset((Items((table,)),)) if is_list else table


def _given(made: Made, row: list[Any], arguments: Arguments) -> Values:
    gives = act(row).gives
    if gives is None:
        return UNKNOWN
    return frozenset((_made(made, list(gives), Arguments(), dict(arguments.named)),))


def _made(made: Made, row: list[Any], arguments: Arguments, request: Mapping[str, Values]) -> Made:
    """Make the resource that one leads to: its identifiers are the resource's own, given, or asked for."""
    kind, sources = row
    given = list(arguments.positional)
    identified: list[tuple[str, Values]] = []
    for name, source in sources.items():
        if source.startswith("="):
            value = made.get(f"id.{source[1:]}")
        elif source.startswith("<"):
            value = request.get(source[1:], UNKNOWN)
        elif source == "?":
            value = given.pop(0) if given else arguments.get(None, name) or UNKNOWN
        else:
            value = UNKNOWN
        identified.append((f"id.{name}", value))
    kept = tuple(one for one in made.of if one[0] in ("service", "region", "account"))
    return Made("resource", (*kept, ("resource", _said(kind)), *identified))


def _transferred(made: Made, name: str, arguments: Arguments) -> Acts:
    names, _, act_of_file = TRANSFERS[name]
    is_object = made.text("resource") != "Bucket"
    bucket = made.get("id.bucket_name" if is_object else "id.name")
    known = {"Bucket": bucket, **({"Key": made.get("id.key")} if is_object else {})}
    left = [one for one in names if one not in known]
    given = {
        **dict(zip(left, arguments.positional, strict=False)),
        **dict(arguments.named),
        **known,
    }
    whole = Arguments(named=tuple(given.items()))
    acts, _ = of_client(Made("client", made.of), name, whole)
    has_file = "Filename" in given and not any(str(one[0]) == "file" for one in acts)
    return [
        *acts,
        *(of_transferred_file(texts(given["Filename"]), act_of_file) if has_file else []),
    ]


def _said(name: str) -> Values:
    from hauberk.scan.text import text_of  # noqa: PLC0415

    return frozenset((text_of(name),))
