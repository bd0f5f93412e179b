"""The server's own words on stderr, those of its workers in the same form."""

from __future__ import annotations

import logging
import sys

FORM = "%(asctime)s %(levelname)s %(message)s"


def set_up_logs() -> None:
    """Write what sweepkit logs to stderr, and of others only warnings."""
    writer = logging.StreamHandler(sys.stderr)
    writer.setFormatter(logging.Formatter(FORM))
    root = logging.getLogger()
    root.handlers[:] = [writer]
    root.setLevel(logging.WARNING)
    logging.getLogger("sweepkit").setLevel(logging.INFO)
