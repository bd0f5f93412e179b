"""How a failure in a Hydra callback leaves: never as a warning and exit code 0."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from hydra.core.utils import JobReturn

from sweepkit.errors import Departure, SweepkitError

log = logging.getLogger(__name__)


def was_interrupted(job_return: JobReturn) -> bool:
    """Tell whether a job was ended by a signal or `sys.exit`."""
    error = job_return._return_value
    return isinstance(error, BaseException) and not isinstance(error, Exception)


@contextmanager
def departing() -> Iterator[None]:
    """Let no failure end as a warning, which is what Hydra makes of exceptions.

    What made the sweep itself fail, and is on its way out, goes before.
    """
    earlier = sys.exc_info()[1]
    try:
        yield
    except SweepkitError as error:
        if earlier is None:
            raise Departure(error) from error
        log.warning("The sweep's record could not be closed: %s", error)
    except Exception as error:  # Hydra would warn and leave with 0
        log.exception("Recording the sweep failed.")
        if earlier is None:
            raise SystemExit(1) from error
