"""Write the answer of a model of classes: labels, or the probabilities of each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any

import orjson

from sweepkit.serving.champion import Predictions
from sweepkit.serving.labels import Labeller
from sweepkit.serving.params import PROBABILITIES, RETURN
from sweepkit.serving.refusal import too_large

# Writing more would stop other connections for too long.
_QUICKLY_WRITTEN = 5_000
MOST_PROBABILITIES = 1_000_000
"""Of one answer, which takes some 25 MB then."""


async def write_answer(
    labeller: Labeller,
    probabilities: Predictions,
    params: Mapping[str, Any],
    executor: Executor,
) -> bytes:
    """Return the body for some rows' probabilities.

    Args:
        labeller: Knows the champion's classes.
        probabilities: Of each class, (n_rows, n_classes).
        params: What was asked for.
        executor: Takes what would keep the event loop.

    Raises:
        ScoringFailed: If these are no probabilities of the champion's classes.
        RequestRefused: 413 if there are too many to be written out.
    """
    if params.get(RETURN) != PROBABILITIES:
        return write_labels(labeller, probabilities)
    size = probabilities.size
    if size > MOST_PROBABILITIES:
        raise too_large(
            f"{len(probabilities)} rows have {size} probabilities, more than the "
            f"{MOST_PROBABILITIES} of one answer; send them in several requests."
        )
    labeller.decide(probabilities)
    if size <= _QUICKLY_WRITTEN:
        return _write(labeller, probabilities)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, _write, labeller, probabilities)


def write_labels(labeller: Labeller, probabilities: Predictions) -> bytes:
    """Return the body with the label of each row.

    Raises:
        ScoringFailed: As `write_answer`.
    """
    codes = labeller.decide(probabilities)
    return orjson.dumps({"predictions": labeller.name(codes)})


def _write(labeller: Labeller, probabilities: Predictions) -> bytes:
    return orjson.dumps({"predictions": labeller.spell_out(probabilities)})
