"""The optional parameters of a request: what a caller may ask for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from sweepkit.serving.refusal import (
    Detail,
    bad_request,
    describe,
    invalid_value,
    quote_all,
)

INTERVAL = "interval"
"""Coverage of the intervals or prediction sets asked for, such as 0.9."""

RETURN = "return"
"""What stands for a row's class: its label, or the probabilities of all classes."""

CONTRIBUTIONS = "contributions"
"""Whether to add what each feature adds to the prediction."""

LABELS, PROBABILITIES = "labels", "probabilities"
FORMS = (LABELS, PROBABILITIES)
KNOWN = (INTERVAL, RETURN, CONTRIBUTIONS)
_COVERAGE = "a number above 0 and below 1, such as 0.9"
_TRUTHS = {"true": True, "false": False}


class Offer(NamedTuple):
    """What a model can answer beside predictions.

    Attributes:
        names: Those of `KNOWN`.
        unexplained: Why `contributions` is not among them, in a sentence or two.
    """

    names: Collection[str] = ()
    unexplained: str = ""


def read_params(params: Any, offer: Offer) -> Mapping[str, Any]:
    """Return the parameters of a request; null stands for none.

    Args:
        params: What the body holds under that key.
        offer: What the model can answer.

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
            f"`params` has {quote_all(unknown)}, which is not known here; the "
            f"parameters are {', '.join(KNOWN)}.",
        )
    for name, value in params.items():
        _CHECKS[name](value, offer)
    return params


def read_query(query: bytes, offer: Offer) -> Mapping[str, Any]:
    """Return the parameters among those of a URL, for bodies that have no `params`.

    Others are left alone: proxies and caches add theirs.

    Args:
        query: What follows the question mark.
        offer: What the model can answer.

    Raises:
        RequestRefused: If one of them is there twice, is not offered, or is wrong.
    """
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    ours = [(name, value) for name, value in pairs if name in KNOWN]
    params: dict[str, Any] = dict(ours)
    if len(params) < len(ours):
        raise bad_request("The URL has a parameter more than once.")
    if INTERVAL in params:
        params[INTERVAL] = _read_number(params[INTERVAL])
    if CONTRIBUTIONS in params:
        text = params[CONTRIBUTIONS]
        params[CONTRIBUTIONS] = _TRUTHS.get(text, text)
    return read_params(params, offer)


def _read_number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _check_interval(value: Any, offer: Offer) -> None:
    if INTERVAL not in offer.names:
        raise invalid_value(
            "This model carries no prediction intervals and no prediction sets; leave "
            "`params.interval` out."
        )
    is_number = isinstance(value, float | int) and not isinstance(value, bool)
    if not is_number or not 0 < value < 1:
        raise invalid_value(
            "`params.interval` is no coverage.",
            [Detail(None, "params.interval", describe(value), _COVERAGE)],
        )


def _check_return(value: Any, offer: Offer) -> None:
    if RETURN not in offer.names:
        raise invalid_value(
            "This model predicts a number: there are no classes, and so neither labels "
            "nor probabilities; leave `params.return` out."
        )
    if value not in FORMS:
        needed = " or ".join(FORMS)
        raise invalid_value(
            f"`params.return` is {needed}.",
            [Detail(None, "params.return", describe(value), needed)],
        )


def _check_contributions(value: Any, offer: Offer) -> None:
    if not isinstance(value, bool):
        raise invalid_value(
            "`params.contributions` is true or false.",
            [Detail(None, "params.contributions", describe(value), "true or false")],
        )
    if value and CONTRIBUTIONS not in offer.names:
        why = offer.unexplained or "It was loaded without them."
        raise invalid_value(
            f"This model's predictions come without contributions; leave "
            f"`params.contributions` out. {why}"
        )


_CHECKS: Mapping[str, Callable[[Any, Offer], None]] = {
    INTERVAL: _check_interval,
    RETURN: _check_return,
    CONTRIBUTIONS: _check_contributions,
}
