"""A worker's line to the supervisor, which both threads of a worker may use."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

from sweepkit.serving.messages import Order, Report, decode, encode


class Line:
    """One end of a pair of sockets that carries JSON lines."""

    def __init__(self, pair: socket.socket) -> None:
        self._pair = pair
        self._incoming = pair.makefile("rb")
        self._sending = threading.Lock()

    def send(self, report: Report) -> None:
        """Send a message whole; one that nobody is left to hear is lost."""
        try:
            with self._sending:
                self._pair.sendall(encode(report))
        except OSError:
            # The supervisor has died, which `orders` tells whoever must know.
            return

    def orders(self) -> Iterator[Order | Report]:
        """Yield messages as they come, until the other end closes."""
        try:
            for text in self._incoming:
                yield decode(text)
        except OSError:
            return
