"""Requests over HTTP: does an input of this invocation decide where they go? Are they calls of the AWS API?

Sees:         http.client (and so urllib.request), urllib3 (and so requests), httpx, aiohttp, pycurl's URL
Does not see: clients of their own over sockets, and native ones (grpc): of these the host or the address is seen;
              what botocore's clients ask for is seen there, and not judged by its URL
"""

from __future__ import annotations

import sys

from hauberk import _native
from hauberk.guard.fence import Fence
from hauberk.guard.held import held

TYPE_CHECKING = False  # as in start.py
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    Headers = Mapping[str, str]

REFUSED = 111  # ECONNREFUSED
# Calls of AWS's own clients stand this near to the request that they make.
MOST_FRAMES = 60
COULD_NOT_CONNECT = 7  # libcurl's number


def arm_http(client: Any) -> None:
    """Watch the end of a request's headers; urllib3's connections are looked at in urllib3."""

    def before(self: Any, body: Any = None, **_: Any) -> None:
        reason = None
        with Fence("http"):
            if not type(self).__module__.startswith(("urllib3.", "botocore.")):
                reason = _of_connection(self, body)
        if reason is not None:
            raise _refused(reason)

    if sys.version_info < (3, 10):
        from hauberk.guard import sent

        sent.arm_http(client)
    _native.know_client("http.client", ways=[client.HTTPConnection.connect.__code__])
    kind = client.HTTPConnection
    _native.put(kind, "endheaders", _native.WatchedMethod(kind.endheaders, before))


def _of_connection(connection: Any, body: Any) -> str | None:
    lines = [line.decode("latin-1") for line in connection._buffer if isinstance(line, bytes)]
    if not lines:
        return None  # the call fails by itself
    method, _, rest = lines[0].partition(" ")
    target = rest.rpartition(" ")[0]
    headers = {
        name: value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
    }
    scheme = "https" if connection.default_port == 443 else "http"
    host, port = connection.host, connection.port
    if getattr(connection, "_tunnel_host", None):
        host, port = connection._tunnel_host, connection._tunnel_port
    return _blocked(method, _url(scheme, host, port, target), headers, body)


def arm_urllib(request: Any) -> None:
    """Watch the URL as it was written: what urllib.request cuts off of it is not in the request any more."""

    def before(self: Any, url: Any, *_: Any, **__: Any) -> None:
        reason = _blocked_url(getattr(url, "full_url", url))
        if reason is not None:
            raise request.URLError(_refused(reason))

    kind = request.OpenerDirector
    _native.put(kind, "open", _native.WatchedMethod(kind.open, before))


def arm_urllib3_pool(pools: Any) -> None:
    """Watch the one method through which all requests to a host go, requests' too."""
    error = sys.modules["urllib3.exceptions"].ProtocolError
    names = ("method", "url", "body", "headers")

    def before(self: Any, *arguments: Any, **named: Any) -> None:
        reason = None
        with Fence("http"):
            given = dict(zip(names, arguments), **named)
            url = _url(self.scheme, self.host, self.port, str(given.get("url") or ""))
            headers = given.get("headers") or getattr(self, "headers", None) or {}
            if not _is_of_aws_client():
                method = _text(given.get("method"))
                reason = _blocked(method, url, _texts(headers.items()), given.get("body"))
        if reason is not None:
            raise error("Connection aborted.", _refused(reason))

    pool = pools.HTTPConnectionPool
    _native.put(pool, "urlopen", _native.WatchedMethod(pool.urlopen, before))


def arm_urllib3_manager(manager: Any) -> None:
    """Watch the URL as it was written."""
    error = sys.modules["urllib3.exceptions"].ProtocolError

    def before(self: Any, method: Any, url: Any, *_: Any, **__: Any) -> None:
        reason = _blocked_url(url)
        if reason is not None:
            raise error("Connection aborted.", _refused(reason))

    kind = manager.PoolManager
    _native.put(kind, "urlopen", _native.WatchedMethod(kind.urlopen, before))


def arm_requests(sessions: Any) -> None:
    """Watch the URL as it was written; the request itself is looked at in urllib3."""
    error = sys.modules["requests.exceptions"].ConnectionError

    def before(self: Any, method: Any, url: Any, *_: Any, **__: Any) -> None:
        reason = _blocked_url(url)
        if reason is not None:
            raise error(_refused(reason))

    kind = sessions.Session
    _native.put(kind, "request", _native.WatchedMethod(kind.request, before))


def arm_httpx(client: Any) -> None:
    """Watch what httpx's clients send, redirects too."""
    error = sys.modules["httpx._exceptions"].ConnectError

    def before(self: Any, request: Any, *_: Any, **__: Any) -> None:
        reason = None
        with Fence("http"):
            body = getattr(request, "_content", None)
            headers = _texts(request.headers.items())
            if not _is_of_aws_client():
                reason = _blocked(request.method, str(request.url), headers, body)
        if reason is not None:
            raise error(f"blocked by Hauberk: {reason}", request=request)

    for kind in (client.Client, client.AsyncClient):
        watched = _native.WatchedMethod(kind._send_single_request, before)
        _native.put(kind, "_send_single_request", watched)


def arm_aiohttp(client: Any) -> None:
    """Watch what aiohttp's sessions are asked for."""

    def before(self: Any, method: Any, url: Any, **named: Any) -> None:
        reason = None
        with Fence("http"):
            if not _is_of_aws_client():
                headers = _texts(dict(named.get("headers") or {}).items())
                reason = _blocked(_text(method), str(url), headers, named.get("data"))
        if reason is not None:
            raise client.ClientConnectionError(f"blocked by Hauberk: {reason}")

    session = client.ClientSession
    _native.put(session, "_request", _native.WatchedMethod(session._request, before))


def arm_pycurl(module: Any) -> None:
    """Watch the URL that a handle is given."""

    def before(self: Any, option: Any, value: Any = None, *_: Any) -> None:
        reason = _blocked_url(value) if option == module.URL else None
        if reason is not None:
            raise module.error(COULD_NOT_CONNECT, f"blocked by Hauberk: {reason}")

    _native.put(module.Curl, "setopt", _native.WatchedMethod(module.Curl.setopt, before))


def _blocked_url(url: Any) -> str | None:
    """Say why no request may go there, or None."""
    with Fence("http"):
        text = url if isinstance(url, (str, bytes)) else str(url)
        return _native.admit_text("url", held(text))
    return None


def _blocked(method: str, url: str, headers: Headers, body: Any) -> str | None:
    reason = _native.admit_text("url", held(url))
    if reason is not None or not _may_be_of_aws(url, headers):
        return reason
    from hauberk.guard import aws_requests

    return aws_requests.blocked(method, url, headers, body)


def _may_be_of_aws(url: str, headers: Headers) -> bool:
    names = {name.lower(): value for name, value in headers.items()}
    is_signed = names.get("authorization", "").startswith("AWS")
    return (
        is_signed
        or "x-amz-target" in names
        or "X-Amz-Credential=" in url
        or "AWSAccessKeyId=" in url
    )


def _is_of_aws_client() -> bool:
    """Whether a client of botocore or aiobotocore, whose call was judged, makes this request."""
    if "botocore.client" not in sys.modules:
        return False
    frame: Any = sys._getframe(1)
    for _ in range(MOST_FRAMES):
        if frame is None:
            return False
        if frame.f_code.co_name == "_make_api_call":
            return True
        frame = frame.f_back
    return False


def _url(scheme: str, host: Any, port: Any, target: str) -> str:
    if "://" in target:
        return target  # of a proxy
    is_usual = port is None or port == (443 if scheme == "https" else 80)
    host = f"[{host}]" if ":" in str(host) else host
    place = host if is_usual else f"{host}:{port}"
    return f"{scheme}://{place}{target if target.startswith('/') else f'/{target}'}"


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _texts(pairs: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    return {_text(name): _text(value) for name, value in pairs}


def _refused(reason: str) -> ConnectionRefusedError:
    return ConnectionRefusedError(REFUSED, f"blocked by Hauberk: {reason}")
