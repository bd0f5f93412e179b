"""Take the server's address, or say in one sentence why it cannot be had."""

from __future__ import annotations

import errno
import socket

from sweepkit.errors import AddressError
from sweepkit.serving.settings import ServerSettings

# Connections the kernel keeps for a worker that is busy or being replaced.
BACKLOG = 2048


def check_exposure(settings: ServerSettings) -> None:
    """Refuse an address that others can reach unless requests must bear a token.

    Args:
        settings: With the token in place, from `tokens.with_token`.

    Raises:
        AddressError: If the host is not a loopback one and there is no token.
    """
    if settings.is_loopback or settings.token is not None:
        return
    raise AddressError(
        f"serving.host={settings.host} is open to other machines, and anybody there "
        f"could use the model: put a token of 32 characters or more into a file and "
        f"its path into serving.token_file, or the token into the environment variable "
        f"SWEEPKIT_SERVING_TOKEN; or leave serving.host at 127.0.0.1."
    )


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens there and that child processes may inherit.

    Args:
        host: Name or number of an address of this machine.
        port: Port; 0 takes a free one.

    Raises:
        AddressError: If it is in use, not allowed, or not of this machine.
    """
    listening = None
    try:
        family, kind, protocol, _, address = _resolve(host, port)
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        if listening is not None:
            listening.close()
        raise AddressError(_explain(error, host, port)) from None
    return listening


def url_of(listening: socket.socket, settings: ServerSettings) -> str:
    """Return the URL under which a person of this machine reaches the server."""
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"
    scheme = "http" if settings.tls_certificate is None else "https"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _resolve(host: str, port: int) -> tuple[int, int, int, str, tuple[object, ...]]:
    found = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    # A name with two kinds of address, as localhost often has: the older one.
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)
    return found[0]


def _explain(error: Exception, host: str, port: int) -> str:
    where = f"serving.host={host} serving.port={port}"
    if isinstance(error, socket.gaierror):
        return f"{where}: this host name is not known; name an address: 127.0.0.1."
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return (
            f"{where}: another program listens there already; stop it, or take another "
            f"port, such as serving.port={port + 1} (0 takes a free one)."
        )
    if number == errno.EADDRNOTAVAIL:
        return f"{where}: this machine has no such address; name one of its own."
    if number in (errno.EACCES, errno.EPERM):
        return f"{where}: this account may not listen there; take a port above 1023."
    return f"{where}: {error}; take another host or port."
