"""What a person calls a target, in the form in which the guard judges it and records show it.

Does not see: links, and where a program is, which only the function's own system knows.
"""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.model.literal import literal
from hauberk.policy.pattern import Fault, is_bare_program, normal_path, pattern_fault, split_port
from hauberk.policy.problem import PolicyError, Problem, shortened

_PARTS = ("…", "‹redacted›")  # noqa: RUF001
_PLACES = ("unix:", "socket:")


def recorded(activity: Activity) -> Activity:
    """Write the target as the guard does. Raises PolicyError where no record has such a target."""
    target = activity.target
    if any(part in target for part in _PARTS):
        what = f"`{shortened(target)}` is a part of a target"
        raise _refused(what, "a record that was cut or masked does not tell the rest")
    return activity._replace(target=_FORMS[activity.kind](target))


def note(activity: Activity) -> str:
    """Say what a target leaves open; nothing where it leaves nothing."""
    if activity.kind is not Kind.PROCESS or not is_bare_program(activity.target):
        return ""
    name = shortened(activity.target)
    what = f"`{name}` alone is a program that is nowhere found"
    return f"{what}: ask of its path, such as `/usr/bin/{name}`, where it is there"


def _path(target: str) -> str:
    if not target.startswith("/"):
        raise _refused(f"`{shortened(target)}` is not an absolute path", "begin it with `/`")
    return normal_path(target)


def _program(target: str) -> str:
    return _path(target) if "/" in target and "$" not in target else target


def _host(target: str) -> str:
    _refuse(pattern_fault(Kind.HOST, literal(target)))
    return target.lower().removesuffix(".")


def _address(target: str) -> str:
    if target.startswith(_PLACES):
        return target
    host, port = split_port(target)
    try:
        address = _plain(ip_address(host))
    except ValueError:
        _refuse(pattern_fault(Kind.ADDRESS, target))
        raise _refused(f"`{shortened(target)}` is not one address", "write `IP:port`") from None
    if port is None:
        raise _refused(f"`{shortened(target)}` has no port", "write `IP:port` or `[IPv6]:port`")
    _refuse(pattern_fault(Kind.ADDRESS, target))
    return f"[{address}]:{int(port)}" if address.version == 6 else f"{address}:{int(port)}"


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    return getattr(address, "ipv4_mapped", None) or address


def _resource(target: str) -> str:
    if not target.startswith("arn:") and target != "*":
        raise _refused(f"`{shortened(target)}` is not an ARN", "begin it with `arn:`, or write `*`")
    return target


def _code(target: str) -> str:
    return normal_path(target) if target.startswith("/") else target


def _refuse(fault: Fault | None) -> None:
    if fault:
        raise _refused(*fault)


def _refused(what: str, remedy: str) -> PolicyError:
    return PolicyError("target", [Problem(0, what, remedy)])


_FORMS: dict[Kind, Callable[[str], str]] = {
    Kind.PROCESS: _program,
    Kind.FILE: _path,
    Kind.HOST: _host,
    Kind.ADDRESS: _address,
    Kind.API: _resource,
    Kind.CODE: _code,
}
