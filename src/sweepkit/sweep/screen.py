"""Keep log lines out of a live display."""

import logging
import sys
from typing import TextIO


class LogsAbove:
    """Sends what log handlers print on the terminal to where the display expects it.

    Handlers remember the stream they were made with, so replacing `sys.stderr`, as a
    live display does, would not reach them and their lines would tear it.
    """

    def __init__(self) -> None:
        self._moved: list[tuple[logging.StreamHandler[TextIO], TextIO]] = []

    def begin(self) -> None:
        """Redirect, once the display has taken `sys.stdout` and `sys.stderr` over."""
        names = (None, *logging.root.manager.loggerDict)
        handlers = {h for name in names for h in logging.getLogger(name).handlers}
        for handler in handlers:
            if isinstance(handler, logging.StreamHandler):
                self._move(handler)

    def end(self) -> None:
        """Put everything back."""
        for handler, stream in self._moved:
            handler.setStream(stream)
        self._moved.clear()

    def _move(self, handler: "logging.StreamHandler[TextIO]") -> None:
        stream = handler.stream
        if stream not in (sys.__stdout__, sys.__stderr__) or not stream.isatty():
            return
        replacement = sys.stdout if stream is sys.__stdout__ else sys.stderr
        handler.setStream(replacement)
        self._moved.append((handler, stream))
