"""Requests to AWS as they are sent, by whichever code: what is no call that was let pass is judged by what goes out.

Sees:         HTTP/1.1 on sockets and through `ssl`, however a request was made, changed on its way or cut
Does not see: HTTP/2; resources in bodies of more than 64 KB, or in CBOR: of such a call only the action is compared
"""

from __future__ import annotations

from hauberk import _native
from hauberk.guard.fence import Fence


def judge(head: bytes, body: bytes, is_whole: bool) -> str | None:
    """Say why a signed request is not sent, or None."""
    with Fence("request"):
        from hauberk.guard import aws_requests

        ways, is_known = aws_requests.as_sent(head, body, is_whole)
        return _native.admit_request(ways, is_known) if ways else None
    return None
