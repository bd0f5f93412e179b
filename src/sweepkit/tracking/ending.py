"""How a run's block was left, and what the record of it should say."""

import logging
import traceback

from sweepkit.errors import SweepkitError
from sweepkit.tracking.run import Run, Status

log = logging.getLogger(__name__)


def judge_ending(error: BaseException | None) -> Status:
    """Return the status of a run whose block was left with this exception.

    `sys.exit` with 128 plus a number is a signal; with 0 or nothing it is no failure.
    """
    if isinstance(error, KeyboardInterrupt):
        return "KILLED"
    if isinstance(error, SystemExit):
        if error.code in (None, 0):
            return "FINISHED"
        return (
            "KILLED" if isinstance(error.code, int) and error.code > 128 else "FAILED"
        )
    return "FINISHED" if error is None else "FAILED"


def record_failure(run: Run, status: Status, error: BaseException) -> None:
    """Close a run that was left by an exception, and keep the traceback of an error.

    If the store fails as well, that is only logged: what went wrong first is what the
    person needs to see.
    """
    try:
        run.end_run(status)
        run.set_tags({"error": "".join(traceback.format_exception_only(error))})
        if status == "FAILED":
            run.log_text("".join(traceback.format_exception(error)), "traceback.txt")
    except SweepkitError as second:
        log.warning("Run %s could not be closed: %s", run.run_id, second)
