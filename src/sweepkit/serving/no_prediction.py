"""Why good rows get no prediction: the queue, the time, or the model itself."""

from __future__ import annotations

import logging

from sweepkit.serving.call import Call
from sweepkit.serving.refusal import RequestRefused, bad_request
from sweepkit.serving.scoring import ScoringFailed

_log = logging.getLogger(__name__)


def cannot_score(call: Call, version: str, failed: ScoringFailed) -> RequestRefused:
    """Say that the model failed on rows that fit it; the log has the cause."""
    request_id = call.request_id.decode()
    _log.error(
        "Version %s failed on the rows of request %s.",
        version,
        request_id,
        exc_info=failed.__cause__ or failed,
    )
    return bad_request(
        f"The model cannot score these rows, although they fit its columns; the "
        f"server's log says why beside the request id {request_id}."
    )


def too_busy() -> RequestRefused:
    """Say that the queue is full."""
    return RequestRefused(
        503, "TEMPORARILY_UNAVAILABLE", "Too many requests wait; try again shortly."
    )


def too_late(seconds: float) -> RequestRefused:
    """Say that a prediction took longer than it may."""
    return RequestRefused(
        504,
        "DEADLINE_EXCEEDED",
        f"The prediction took longer than {seconds:g} seconds; send fewer rows at a "
        f"time, or set serving.predict_timeout_s.",
    )
