"""Who may ask: the Host header, the bearer token, and pages of other origins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from secrets import compare_digest

from sweepkit.serving.answers import Header
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.settings import ANY_HOST, ServerSettings

Headers = Mapping[bytes, bytes]

_SCHEME = b"bearer "
_MOST_REMEMBERED = 64
_METHODS = b"GET, HEAD, POST, OPTIONS"
_ASKABLE = b"Authorization, Content-Type, Content-Encoding, X-Request-Id"
_READABLE = (
    b"X-Model-Name, X-Model-Version, X-Request-Id, X-Sweepkit-Warnings, Retry-After"
)
_PREFLIGHT_S = b"600"


class Guard:
    """Checks that need nothing but a request's head.

    Args:
        settings: Which hosts and origins are served, and the token if there is one.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._hosts = frozenset(host.encode() for host in settings.hosts)
        self._any_host = ANY_HOST in settings.hosts
        self._good: set[bytes] = set()
        self._token = None if settings.token is None else settings.token.encode()
        self._origins = frozenset(
            origin.rstrip("/").encode() for origin in settings.cors_origins
        )

    def check_host(self, headers: Headers) -> None:
        """Keep out pages whose name was pointed at this address afterwards.

        See https://en.wikipedia.org/wiki/DNS_rebinding.

        Raises:
            RequestRefused: 421 if the Host header names none of ours.
        """
        host = headers.get(b"host", b"")
        if self._any_host or host in self._good:
            return
        if strip_port(host.lower()) not in self._hosts:
            raise RequestRefused(
                421,
                "MISDIRECTED_REQUEST",
                "The Host header names no host that is served here; add it to "
                "serving.allowed_hosts.",
            )
        # With their ports there are many spellings, and a sender chooses them.
        if len(self._good) < _MOST_REMEMBERED:
            self._good.add(host)

    def carries_token(self, headers: Headers) -> bool:
        """Whether a request has the token, or none is needed."""
        if self._token is None:
            return True
        given = headers.get(b"authorization", b"")
        if given[: len(_SCHEME)].lower() != _SCHEME:
            return False
        return compare_digest(given[len(_SCHEME) :].strip(), self._token)

    def check_token(self, headers: Headers) -> None:
        """Refuse a request without the token.

        Raises:
            RequestRefused: 401.
        """
        if not self.carries_token(headers):
            raise RequestRefused(
                401,
                "UNAUTHENTICATED",
                "Send the server's token in the header Authorization: Bearer <token>.",
            )

    def check_origin(self, headers: Headers) -> None:
        """Refuse what another site's page sends through a visitor's browser.

        Raises:
            RequestRefused: 403 if the origin is neither this server nor allowed.
        """
        origin = headers.get(b"origin")
        if origin is None or self._allows(origin):
            return
        if origin.partition(b"://")[2].lower() != headers.get(b"host", b"").lower():
            raise RequestRefused(
                403,
                "PERMISSION_DENIED",
                "Pages of this origin may not call; add it to serving.cors_origins.",
            )

    def shares_origins(self) -> bool:
        """Whether any other origin's pages may call."""
        return bool(self._origins)

    def cors_headers(self, headers: Headers) -> Sequence[Header]:
        """Return what lets an allowed origin's page read the answer."""
        origin = headers.get(b"origin")
        if not self._origins or origin is None or not self._allows(origin):
            return ()
        return (
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _READABLE),
            (b"vary", b"Origin"),
        )

    def preflight_headers(self) -> Sequence[Header]:
        """Return what a browser asks for before it sends such a page's request."""
        return (
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _ASKABLE),
            (b"access-control-max-age", _PREFLIGHT_S),
        )

    def _allows(self, origin: bytes) -> bool:
        return origin in self._origins or ANY_HOST.encode() in self._origins


def strip_port(host: bytes) -> bytes:
    """Return a Host header's value without its port and brackets."""
    if host.startswith(b"["):
        return host[1:].partition(b"]")[0]
    return host.partition(b":")[0]
