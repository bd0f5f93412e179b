"""The server's own words on stderr, those of its workers in the same form."""

from __future__ import annotations

import logging
import sys

FORM = "%(asctime)s %(levelname)s %(message)s"
ACCESS_LOGGER = "sweepkit.serving.access"


def set_up_logs() -> None:
    """Write what sweepkit logs to stderr, and of others only warnings.

    The access log's lines are whole already: JSON must stay JSON.
    """
    _write_to_stderr(logging.getLogger(), FORM).setLevel(logging.WARNING)
    logging.getLogger("sweepkit").setLevel(logging.INFO)
    access = _write_to_stderr(logging.getLogger(ACCESS_LOGGER), "%(message)s")
    access.propagate = False


def _write_to_stderr(logger: logging.Logger, form: str) -> logging.Logger:
    writer = logging.StreamHandler(sys.stderr)
    writer.setFormatter(logging.Formatter(form))
    logger.handlers[:] = [writer]
    return logger
