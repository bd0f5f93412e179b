"""How much each raw column matters to a fitted model."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweepkit.evaluation.judgement import Importance
from sweepkit.evaluation.metrics import Metric
from sweepkit.evaluation.predicted import Predicted
from sweepkit.evaluation.threads import map_threads


def permutation_importance(
    ask: Callable[[pd.DataFrame], Predicted],
    rows: pd.DataFrame,
    target: NDArray[np.float64],
    *,
    metric: Metric,
    repeats: int,
    max_rows: int,
    seed: int,
    threads: int = 1,
) -> tuple[Importance, ...]:
    """Shuffle one raw column at a time and see how much worse the model gets.

    Args:
        ask: Returns what a fitted model says of raw rows.
        rows: Rows the model was not fitted on, shape (n_rows, n_columns).
        target: Shape (n_rows,).
        metric: Score whose worsening is measured.
        repeats: Shuffles per column; all are scored in one call.
        max_rows: Rows drawn for the estimate; enough for a ranking, and quick.
        seed: Seed of the draw and of the shuffles.
        threads: Columns shuffled at the same time.

    Returns:
        One entry per column, the most important first.

    Source:
        Breiman (2001), "Random Forests", Machine Learning 45, 5-32.
    """
    draw = np.random.default_rng(seed)
    picked = np.sort(draw.permutation(len(rows))[:max_rows])
    sample, actual = rows.iloc[picked], target[picked]
    sign = 1.0 if metric.direction == "minimize" else -1.0
    base = metric.judge(actual, ask(sample))
    shuffles = [draw.permutation(len(sample)) for _ in range(repeats)]

    def measure(column: str) -> Importance:
        said = metric.pick(ask(_shuffle(sample, column, shuffles)))
        scores = [metric.score(actual, part) for part in np.split(said, repeats)]
        losses = sign * (np.array(scores) - base)
        return Importance(column, float(losses.mean()), _sd(losses))

    entries = map_threads(measure, map(str, sample.columns), threads)
    return tuple(sorted(entries, key=lambda entry: -entry.loss))


def _shuffle(
    sample: pd.DataFrame, column: str, shuffles: list[NDArray[np.intp]]
) -> pd.DataFrame:
    stacked = sample.iloc[np.tile(np.arange(len(sample)), len(shuffles))].copy()
    stacked[column] = sample[column].iloc[np.concatenate(shuffles)].to_numpy()
    return stacked


def _sd(values: NDArray[np.float64]) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else 0.0
