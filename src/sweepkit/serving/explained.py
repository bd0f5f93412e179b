"""Contributions in the form of an answer: one object a row, the largest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sweepkit.serving.champion import Explainer, Predictions
from sweepkit.tasks import Label


def write_contributions(
    explainer: Explainer,
    values: Predictions,
    codes: Sequence[int],
    labels: Sequence[Label],
) -> list[dict[str, Any]]:
    """Return what each feature adds to each row's prediction.

    Args:
        explainer: Knows the features and what is explained.
        values: What it said, see `Explainer.run`.
        codes: Of classes, the code of the class each row is named, (n_rows,).
        labels: Of classes, all of them, in the order of codes.

    Returns:
        For each row `base`, the prediction before any feature is known, and
        `contributions` by feature, largest size first; of classes `label` as well: the
        class they speak for. Of two that is the second, of several the row's own.
    """
    if not explainer.codes:
        return [_write_row(explainer, row) for row in values.tolist()]
    if values.ndim == 2:
        label = labels[explainer.codes[0]]
        return [{"label": label, **_write_row(explainer, r)} for r in values.tolist()]
    place = {code: i for i, code in enumerate(explainer.codes)}
    # A class the model has not met in training has no score, and is never the answer.
    return [
        {
            "label": labels[code],
            **_write_row(explainer, row[place.get(code, 0)].tolist()),
        }
        for code, row in zip(codes, values, strict=True)
    ]


def _write_row(explainer: Explainer, row: list[float]) -> dict[str, Any]:
    *parts, base = row
    sums: dict[str, float] = {}
    for name, part in zip(explainer.names, parts, strict=True):
        # An ensemble's members may look at the same feature, each in its own column.
        sums[name] = sums.get(name, 0.0) + part
    order = sorted(sums, key=lambda name: -abs(sums[name]))
    return {"base": base, "contributions": {name: sums[name] for name in order}}
