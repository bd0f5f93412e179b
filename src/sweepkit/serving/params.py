"""The optional `params` of a request: what a caller may ask for beside predictions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sweepkit.serving.refusal import (
    Detail,
    bad_request,
    describe,
    invalid_value,
    quote_all,
)

INTERVAL = "interval"
"""Coverage of the prediction interval asked for, such as 0.9."""

KNOWN = (INTERVAL,)
_NEEDED = "a number above 0 and below 1, such as 0.9"


def read_params(params: Any, offered: Collection[str]) -> Mapping[str, Any]:
    """Return the parameters of a request; null stands for none.

    Args:
        params: What the body holds under that key.
        offered: Those of `KNOWN` the model can answer.

    Raises:
        RequestRefused: If there is an unknown one, one the model does not offer, or one
            with a wrong value.
    """
    if params is None:
        return {}
    if not isinstance(params, dict):
        raise bad_request(f"`params` is an object; found {describe(params)}.")
    unknown = [name for name in params if name not in KNOWN]
    if unknown:
        raise invalid_value(
            f"`params` has {quote_all(unknown)}, which is not known here; the only "
            f"parameter is {INTERVAL}.",
        )
    if INTERVAL in params:
        _check_interval(params[INTERVAL], offered)
    return params


def _check_interval(value: Any, offered: Collection[str]) -> None:
    if INTERVAL not in offered:
        raise invalid_value(
            "This model carries no prediction intervals; leave `params.interval` out."
        )
    is_number = isinstance(value, float | int) and not isinstance(value, bool)
    if not is_number or not 0 < value < 1:
        raise invalid_value(
            "`params.interval` is no coverage.",
            [Detail(None, "params.interval", describe(value), _NEEDED)],
        )
