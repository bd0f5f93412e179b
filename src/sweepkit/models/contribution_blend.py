"""Contributions of a weighted mean of regressors: the weighted mean of theirs."""

from typing import Any

import numpy as np

from sweepkit.models.contribution_forms import (
    RAW_FORMS,
    Column,
    Floats,
    Raw,
    find_raw,
)
from sweepkit.models.predictor.plugs import NotPlain


@RAW_FORMS.add("sweepkit.models.blend", "BlendRegressor")
def _blend(fitted: Any, columns: list[Column]) -> Raw:
    slices, weights = fitted.slices_, fitted.weights_
    members = [
        find_raw(member, columns[where])
        for member, where in zip(fitted.members_, slices, strict=True)
    ]
    if any(member.unit for member in members):
        raise NotPlain(
            "A member of this ensemble adds up logs, whose contributions do not add "
            "up with those of the others. Leave it out of `model.estimator.members`."
        )

    def run(features: Floats) -> Floats:
        found = np.zeros((len(features), features.shape[1] + 1))
        for member, where, weight in zip(members, slices, weights, strict=True):
            part = weight * member.run(np.ascontiguousarray(features[:, where]))
            found[:, where] += part[:, :-1]
            found[:, -1] += part[:, -1]
        return found

    return Raw(run=run, row_ms=sum(member.row_ms for member in members))
