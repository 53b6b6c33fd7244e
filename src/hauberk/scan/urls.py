"""The host or address that a URL names, as far as it is known."""

from __future__ import annotations

import ipaddress
import re

from hauberk.model.kind import Kind
from hauberk.scan.act import Act, Acts, unknown
from hauberk.scan.text import Hole, Text, text_of

_HOST_LABELS = 2  # so many of its end must be known: the part that somebody registered


def of_url(url: Text) -> Acts:
    """Give the host that a URL names, or the address; a text without `://` is a host itself."""
    host = _host(url)
    if not host.pieces or host.whole == "localhost":
        return []
    whole = host.whole
    if whole is not None:
        try:
            ip = ipaddress.ip_address(whole.strip("[]"))
        except ValueError:
            return [Act(Kind.HOST, "resolve", text_of(whole.lower()))]
        port = _port(url)
        shown = f"[{ip}]" if ip.version == 6 else str(ip)
        return [Act(Kind.ADDRESS, "connect", text_of(f"{shown}:{port}"))]
    end = host.pieces[-1]
    if not isinstance(end, str) or len([one for one in end.split(".")[1:] if one]) < _HOST_LABELS:
        return [unknown(Kind.HOST, "a host that is not known", host)]
    return [Act(Kind.HOST, "resolve", host)]


def _host(url: Text) -> Text:
    pieces: list[str | Hole] = []
    is_inside = "://" not in url.start
    for piece in url.pieces:
        if not isinstance(piece, str):
            pieces += [piece] if is_inside else []
            continue
        rest = piece if is_inside else piece.partition("://")[2]
        is_inside = True
        found = re.split(r"[/?#]|:(?!.*@)(?=\d*$|\d+[/?#])", rest, maxsplit=1)
        head = found[0]
        if "@" in head:
            pieces, head = [], head.rpartition("@")[2]
        pieces += [head] if head else []
        if len(found) > 1:
            break
    return Text(tuple(pieces))


def _port(url: Text) -> str:
    found = re.match(r"(\w+)://[^/?#]*?(?::(\d+))?(?:[/?#]|$)", url.whole or "")
    if found and found[2]:
        return found[2]
    return "443" if found and found[1] in ("https", "wss") else "80"
