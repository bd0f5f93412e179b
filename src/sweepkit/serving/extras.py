"""What may be asked for beside predictions: how sure they are, and where from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from sweepkit.serving.batch import Batch
from sweepkit.serving.champion import Predictions
from sweepkit.serving.explained import write_contributions
from sweepkit.serving.extra_limits import check_shape, check_size, check_time
from sweepkit.serving.labels import Labeller
from sweepkit.serving.params import CONTRIBUTIONS, INTERVAL
from sweepkit.serving.scoring import ScoringFailed
from sweepkit.serving.service import Service
from sweepkit.serving.state import State

# Writing more would stop other connections for too long.
_QUICKLY_WRITTEN = 2_000

Write = Callable[[], list[Any]]


async def add_extras(
    state: State, service: Service, batch: Batch, found: Predictions, body: bytes
) -> bytes:
    """Return the body of predictions with what else its request asked for.

    Args:
        state: What all requests share.
        service: The champion and what belongs to it.
        batch: The request's rows and parameters.
        found: What was predicted of them.
        body: An object with the key `predictions`.

    Raises:
        ScoringFailed: If the model does not give it.
        TimeoutError: If that would take or took too long.
        RequestRefused: 413 if it is too much for one answer.
    """
    extras: dict[str, Any] = {}
    share = batch.params.get(INTERVAL)
    if share is not None and service.labeller is not None:
        extras["prediction_sets"] = await _list_sets(state, service, found, share)
    elif share is not None:
        extras["intervals"] = await _find_ends(state, service, batch, share)
    if batch.params.get(CONTRIBUTIONS):
        extras["contributions"] = await _explain(state, service, batch, found)
    if not extras:
        return body
    more = orjson.dumps(extras, default=_to_list, option=orjson.OPT_SERIALIZE_NUMPY)
    return body[:-1] + b"," + more[1:]


def _to_list(array: Any) -> list[Any]:
    # What orjson cannot read in place.
    found: list[Any] = array.tolist()
    return found


async def _find_ends(
    state: State, service: Service, batch: Batch, share: float
) -> Predictions:
    assert service.ask_ends is not None
    ends = await state.batcher.score(
        service.ask_ends(share),
        batch.rows,
        service.estimate_ends_s,
        alone=not service.champion.rows_independent,
    )
    if ends.shape != (len(batch.rows), 2):
        raise ScoringFailed(f"the model gives intervals of shape {ends.shape}")
    return ends


async def _list_sets(
    state: State, service: Service, found: Predictions, share: float
) -> list[Any]:
    sets, labeller = service.champion.sets, service.labeller
    assert sets is not None and labeller is not None
    check_size(len(found), found.size, "labels to choose from")
    return await _write(
        state, found.size, lambda: name_members(labeller, found, sets(found, share))
    )


def name_members(labeller: Labeller, found: Predictions, members: Any) -> list[Any]:
    """Return the labels of each row's prediction set, the most probable first.

    Args:
        labeller: Knows the champion's classes.
        found: Probabilities, (n_rows, n_classes).
        members: Which labels belong to the sets, same shape.
    """
    # Of equal ones the first label comes first, as it is the one decided for.
    order = (-found).argsort(axis=1, kind="stable").tolist()
    return [
        labeller.name([code for code in codes if row[code]])
        for codes, row in zip(order, members.tolist(), strict=True)
    ]


async def _explain(
    state: State, service: Service, batch: Batch, found: Predictions
) -> list[Any]:
    explainer, rows = service.champion.contributions, batch.rows
    assert explainer is not None
    n_cells = (len(explainer.names) + 1) * max(1, len(explainer.codes))
    check_size(len(rows), len(rows) * n_cells, "contributions")
    check_time(state, explainer, len(rows))
    values = await state.batcher.score(
        explainer.run,
        rows,
        lambda n_rows: explainer.row_s * n_rows,
        alone=not service.champion.rows_independent,
    )
    check_shape(explainer, values, len(rows))
    labeller = service.labeller
    codes: Sequence[int] = () if labeller is None else labeller.pick(found)
    labels = () if labeller is None else service.champion.profile.classes
    return await _write(
        state,
        values.size,
        lambda: write_contributions(explainer, values, codes, labels),
    )


async def _write(state: State, size: int, write: Write) -> list[Any]:
    if size <= _QUICKLY_WRITTEN:
        return write()
    return await asyncio.get_running_loop().run_in_executor(state.reading, write)
