"""From scores to the points of a curve that MLflow can store."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sweepkit.tracking.params import clean_key

Value = float | Sequence[float]


@dataclass(frozen=True, slots=True)
class Point:
    """One value of one metric at one step."""

    name: str
    value: float
    step: int


def read_points(metrics: Mapping[str, Value], step: int | None = None) -> list[Point]:
    """Return one point for each number, and for each element of a sequence.

    Args:
        metrics: Numbers by name; a sequence such as the scores of the folds is a
            curve whose steps count from `step`.
        step: Step of plain numbers; 0 unless given.
    """
    first = step or 0
    points = []
    for name, value in metrics.items():
        values = value if isinstance(value, Sequence) else [value]
        key = clean_key(name)
        points += [Point(key, float(v), first + i) for i, v in enumerate(values)]
    return points


def split_finite(points: Iterable[Point]) -> tuple[list[Point], list[Point]]:
    """Part the points that can be drawn from those that are NaN or infinite.

    MLflow would store infinity as 1.8e308 and NaN as 0, and spoil the chart.
    """
    finite: list[Point] = []
    others: list[Point] = []
    for point in points:
        (finite if math.isfinite(point.value) else others).append(point)
    return finite, others


def name_points(points: Iterable[Point]) -> str:
    """Return the points in words, such as `cv_rmse=nan (step 3)`."""
    return ", ".join(f"{p.name}={p.value} (step {p.step})" for p in points)
