"""Plain forms of this package's own feature steps, which share their arithmetic."""

from typing import Any

import numpy as np

from sweepkit.features.dates import describe_dates
from sweepkit.features.landmarks import Landmarks
from sweepkit.features.ratios import divide
from sweepkit.models.predictor.rows import Cell, Floats
from sweepkit.models.predictor.steps import STEPS, Step, build_steps


@STEPS.add("sweepkit.features.ratios", "Ratios")
def _ratios(fitted: Any) -> list[Step]:
    numerators = np.asarray(fitted.numerators_, dtype=np.intp)
    denominators = np.asarray(fitted.denominators_, dtype=np.intp)
    return [Step(lambda block: divide(block, numerators, denominators))]


@STEPS.add("sweepkit.features.geo", "GeoFeatures")
def _geo(fitted: Any) -> list[Step]:
    landmarks = Landmarks(fitted.turns_, fitted.places_, fitted.coastline_)
    return [Step(lambda block: landmarks.describe(block[:, 0], block[:, 1]))]


@STEPS.add("sweepkit.features.dates", "DateParts")
def _dates(fitted: Any) -> list[Step]:
    kept, cyclic = np.asarray(fitted.kept_, dtype=np.intp), bool(fitted.cyclic)

    def run(columns: list[list[Cell]]) -> Floats:
        dates = [np.array(column, dtype="M8[us]") for column in columns]
        parts = np.hstack([describe_dates(d, cyclic=cyclic) for d in dates])
        return parts.take(kept, axis=1)

    return [Step(run, takes="dates")]


@STEPS.add("sweepkit.features.on_columns", "OnColumns")
def _wrapped(fitted: Any) -> list[Step]:
    # Its parts are numbers to `ColumnTransformer`, whatever the wrapped one is.
    return build_steps(fitted.transformer_)


@STEPS.add("sweepkit.features.geo_lag", "GeoLag")
@STEPS.add("sweepkit.features.geo_knn", "GeoKnn")
def _near(fitted: Any) -> list[Step]:
    # The tree of training rows is built here, so that no request waits for it.
    return [Step(fitted.surroundings.prepare().describe)]
