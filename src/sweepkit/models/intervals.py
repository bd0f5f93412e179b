"""Learn from out-of-fold predictions how far a model's predictions can be trusted.

Numbers get prediction intervals, classes prediction sets (`prediction_sets`). Folds are
fitted anyway, so this costs a small model of the spread and nothing else.

Method, for numbers: residuals of rows that a fold's model had not seen are divided by
the spread expected at that row (locally weighted conformal prediction: Lei, G'Sell,
Rinaldo, Tibshirani and Wasserman 2018, https://doi.org/10.1080/01621459.2017.1307116),
the spread coming from a model that had not seen the row's residual. Ends are the
quantiles of these signed scores, in the spread of the new row.

Guarantee: approximate marginal coverage. Of rows drawn like the training rows a share
of about `coverage` lies inside, on average over rows, not for each kind of row. It is
no theorem for any model: intervals lie round the model fitted on all rows, as in
cross-conformal prediction (Vovk, Nouretdinov, Manokhin and Gammerman 2018,
https://proceedings.mlr.press/v91/vovk18a.html), whereas CV+ (Barber, Candes, Ramdas and
Tibshirani 2021, https://doi.org/10.1214/20-AOS1965) would ask every fold's model, which
a server does not have, and even that guarantees `2 * coverage - 1` at the worst. The
last model has seen more rows than those of the folds, which errs on the wide side;
folds that leak, or rows that come from elsewhere, err on the other.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.predicted import Predicted
from sweepkit.models.clip import ClippedRegressor
from sweepkit.models.interval_fitting import fit_intervals
from sweepkit.models.outputs import last_step
from sweepkit.models.prediction_sets import fit_sets
from sweepkit.tasks import Task

Floats = NDArray[np.float64]

FEWEST_ROWS = 50
"""With fewer rows not even 90 % could be told from 95 %."""


def learn_intervals(
    model: Any,
    matrix: NDArray[Any],
    positions: NDArray[np.intp],
    oof: Predicted,
    target: Floats,
    *,
    task: Task,
    seed: int,
    threads: int,
) -> None:
    """Set `intervals_` of a fitted model's last step; None if there are too few rows.

    For classes call it after calibration and threshold were set: probabilities are
    mended as the model mends its own.

    Args:
        model: Pipeline fitted on all training rows; changed in place.
        matrix: Features of all of them as the last step was fitted on,
            (n_train, n_features).
        positions: Rows that a fold has tested, each once, (n_tested,).
        oof: What the folds' models said of these, probabilities as they came.
        target: Of all training rows, (n_train,); codes of classes.
        task: What is predicted.
        seed: Of everything drawn.
        threads: Cores to use.
    """
    last, actual = last_step(model), target[positions]
    last.intervals_ = None
    if len(positions) < FEWEST_ROWS:
        return
    if task.has_classes:
        shares, mended = oof.probabilities, getattr(last, "calibrator_", None)
        assert shares is not None
        known = shares if mended is None else mended.calibrate(shares)
        last.intervals_ = fit_sets(known, actual)
        return
    last.intervals_ = fit_intervals(
        np.asarray(matrix, dtype=np.float64)[positions],
        oof.values,
        actual,
        bounds=bounds_of(last),
        seed=seed,
        threads=threads,
    )


def bounds_of(last: Any) -> tuple[float, float]:
    """Return the least and the largest number that a fitted regressor predicts."""
    if isinstance(last, ClippedRegressor):
        return last.low_, last.high_
    return -np.inf, np.inf
