"""What is known of the registry, told to all workers whenever it changes."""

from __future__ import annotations

import logging

from sweepkit.serving.messages import Registry
from sweepkit.serving.roles import Workers

log = logging.getLogger(__name__)


class RegistryWord:
    """The last word on the registry.

    Attributes:
        current: The message a new worker gets.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.current = Registry(reachable=True)

    def note(
        self, message: str = "", *, reachable: bool = True, is_serving: bool
    ) -> None:
        """Tell workers and log, if it is something new.

        Args:
            message: What is wrong; empty if nothing is.
            reachable: Whether the registry answers.
            is_serving: Whether some version serves and goes on.
        """
        word = Registry(reachable=reachable, message=message)
        if word == self.current:
            return
        self.current = word
        self._workers.send_all(word)
        if message and is_serving:
            log.warning("The version that serves goes on: %s", message)
        elif not message:
            log.info("The registry answers again.")
