"""Whether a pattern, an operation or an address can ever match: what never does is a mistake."""

import re
from ipaddress import ip_network

from hauberk.model.kind import OPERATIONS, Kind, is_for_all
from hauberk.model.literal import literal
from hauberk.policy.problem import nearest, shortened

_ACTION = re.compile(r"[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+|\*")
_OF_ANY = re.compile(r"[*?/.:]*")
MOST_CHARACTERS = 2048
_INDEX = re.compile(r"\[(\d+)\]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_WILD_START = ("*", "?", "\\")

Fault = tuple[str, str]  # what is wrong, and the remedy


def path_pattern(path: str) -> str:
    """Write an input's path as a pattern that is for it alone, in any record and at any index of a list."""
    return _INDEX.sub("[*]", literal(path))


def the_one(pattern: str) -> str | None:
    """Give the text that `pattern` alone matches; None where it may match more."""
    text = _ESCAPED.sub(r"\1", pattern)
    return text if literal(text) == pattern else None


def operation_fault(kind: Kind, operation: str) -> Fault | None:
    """Say what is wrong with `operation` for activities of `kind`."""
    known = OPERATIONS[kind]
    if operation == "*" or operation in known:
        return None
    if known:
        return f"{kind} has no operation `{shortened(operation)}`", nearest(
            operation, [*known, "*"]
        )
    if not _ACTION.fullmatch(operation):
        return f"`{shortened(operation)}` is not an AWS action", "write it like `s3:GetObject`"
    return None


def pattern_fault(kind: Kind, pattern: str) -> Fault | None:
    """Say why `pattern` never matches an activity of `kind`."""
    if any(ord(one) < 32 or ord(one) == 127 for one in pattern):
        return "a control character in a pattern", "use `?` in its place"
    if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
        return f"`{shortened(pattern)}` ends with a lone `\\`", "double it, or remove it"
    return _form_fault(kind, pattern)


def network_fault(text: str) -> Fault | None:
    """Say what is wrong with an address or a network in CIDR form."""
    try:
        ip_network(text)
    except ValueError:
        return _unfit_network(text)
    return None


def is_wide(text: str) -> bool:
    """Does a network hold a large part of the internet?"""
    network = ip_network(text)
    return network.prefixlen < (8 if network.version == 4 else 16)


def normal_path(path: str) -> str:
    """Write a path as the guard does: without empty parts, `.` and `..`; links are not followed."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/" * path.startswith("/") + "/".join(parts)


def is_bare_program(pattern: str) -> bool:
    """Does it name a program without a folder? The guard finds where that is, so that only one that is nowhere fits."""
    return "/" not in pattern and "**" not in pattern and not re.search(r"[$`]|^-$", pattern)


def is_everything(kind: Kind, operation: str, pattern: str) -> bool:
    """Does the pattern match all targets of its kind?"""
    if not is_for_all(kind, operation):
        return False
    if kind is Kind.ADDRESS:
        host, port = split_port(pattern)
        is_any_port = port in {None, "*"}
        return is_any_port and (host in {"0.0.0.0/0", "::/0"} or not host.strip("*"))
    run = "*" if kind is Kind.API else "**"
    return run in pattern and _OF_ANY.fullmatch(pattern.removeprefix("arn:")) is not None


def _form_fault(kind: Kind, pattern: str) -> Fault | None:
    if kind is Kind.ADDRESS:
        return _address_fault(pattern)
    if kind is Kind.FILE:
        return _path_fault(pattern)
    if kind is Kind.HOST and re.search(r"[/:\s]", pattern):
        return (
            f"`{shortened(pattern)}` is not a host name",
            "write the name only, without scheme, port or path",
        )
    if kind is Kind.API and not pattern.startswith(("arn:", *_WILD_START)):
        return f"`{shortened(pattern)}` is not an ARN", "begin it with `arn:`, or write `*`"
    return None


def _path_fault(pattern: str) -> Fault | None:
    if not pattern.startswith(("/", *_WILD_START)):
        return f"`{shortened(pattern)}` is not an absolute path", "begin it with `/` or `**/`"
    if normal_path(pattern) == pattern:
        return None
    what = f"`{shortened(pattern)}` is no path as the guard writes it: without `.`, `..`, `//` and a slash at its end"
    is_plain = not re.search(r"[*?\\]", pattern)
    return what, f"write `{shortened(normal_path(pattern))}`" if is_plain else "write it without"


def _address_fault(pattern: str) -> Fault | None:
    if pattern.startswith(("unix:", "socket:")):
        return None
    host, port = split_port(pattern)
    if port is not None and not _is_port(port):
        remedy = "write a number from 0 to 65535 after the colon"
        return f"`{shortened(pattern)}` has no valid port", remedy
    return None if host in {"*", "**"} else network_fault(host)


def _is_port(text: str) -> bool:
    return text == "*" or (re.fullmatch("[0-9]{1,5}", text) is not None and int(text) < 65536)


def split_port(pattern: str) -> tuple[str, str | None]:
    """Part an address and its port, None where it has none."""
    if pattern.startswith("[") and "]" in pattern:
        host, _, rest = pattern[1:].partition("]")
        return host, rest.removeprefix(":") if rest else None
    if pattern.count(":") != 1:
        return pattern, None
    host, _, port = pattern.partition(":")
    return host, port


def _unfit_network(text: str) -> Fault:
    shown = shortened(text)
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return (
            f"`{shown}` is not an address",
            "write an IP, a CIDR such as `203.0.113.0/24`, either with `:port`, or `*`",
        )
    return f"`{shown}` has bits set beyond its prefix", f"write `{network}`"
