"""What is answered instead of an error, whichever it is."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from sweepkit.serving.answers import CLOSE, Answer, Header, answer_refusal
from sweepkit.serving.call import Call
from sweepkit.serving.refusal import RequestRefused

RETRY_AFTER_S = 1
_HEADERS: Mapping[int, Sequence[Header]] = {
    401: ((b"www-authenticate", b"Bearer"),),
    # The rest of the body may still come: nothing can follow it on this connection.
    408: (CLOSE,),
    413: (CLOSE,),
    503: ((b"retry-after", b"%d" % RETRY_AFTER_S),),
}
_FAILURE = RequestRefused(
    500, "INTERNAL_ERROR", "The server failed; its log says why beside the request id."
)

_log = logging.getLogger(__name__)


def answer_error(call: Call, error: Exception) -> Answer:
    """Return a refusal's answer; of any other error only the log has the details."""
    if isinstance(error, RequestRefused):
        return answer_refusal(error, *_HEADERS.get(error.status, ()))
    _log.error("Request %s failed.", call.request_id.decode(), exc_info=error)
    return answer_refusal(_FAILURE)
