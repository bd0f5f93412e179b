"""Everything that is known about a fitted model once it has been judged."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.coverage import Coverage
from sweepkit.evaluation.slice_score import SliceScore
from sweepkit.tasks import Label, Task

Scores = dict[str, float]


@dataclass(frozen=True, slots=True)
class Importance:
    """What shuffling one input column costs.

    Attributes:
        column: Input column of the raw table.
        loss: Mean worsening of the metric on the holdout, in the metric's unit.
        spread: Standard deviation of that loss over the repeats, same unit.
    """

    column: str
    loss: float
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates:
    """Where the holdout rows lie, in degrees; both of shape (n_holdout,)."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionSample:
    """What each feature has added to some predictions (SHAP values).

    Attributes:
        names: Features, one-hot columns joined to the column they come from.
        values: Contribution of each, shape (n_sampled, n_features), in `unit`.
        inputs: What the features were, (n_sampled, n_features); NaN for what is blank
            or has no number.
        base: Prediction before any feature is known, in `unit`.
        unit: The target's unit, or `log-odds`.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    inputs: NDArray[np.float64]
    base: float
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on one fitted model.

    Attributes:
        model: Name of the model's config file, such as `gradient_boosting`.
        table: Name of the table, such as `california_housing`.
        target: Name of the target column.
        target_unit: Unit of the target such as `US dollars`; empty if unknown.
        metric: Name of the metric that selects models, such as `rmse`.
        folds: Scores of each cross-validation fold, in fold order.
        holdout: Scores on the holdout rows.
        floor: Scores on the holdout rows of the constant median or, for classes, of
            the training rows' class shares; the least a model must beat.
        actual: Target of the holdout rows, shape (n_holdout,); codes of classes.
        predicted: Predictions for the holdout rows, shape (n_holdout,); codes likewise.
        task: What is predicted.
        classes: Labels in the order of their codes; of two, the second is positive.
        probabilities: Of each class for the holdout rows, (n_holdout, n_classes).
        threshold: Of two classes, the probability of the second that decides for it.
        importance: Permutation importance by column, largest loss first.
        coordinates: Position of the holdout rows, for tables that have one.
        slices: Scores on parts of the holdout, in any order.
        coverage: How often intervals or prediction sets hold the truth, and how wide
            they are, on the holdout.
        contributions: What features add to predictions for some holdout rows.
        warnings: What is suspicious about the table, each with what to do.
        n_train: Rows the model was fitted on.
        facts: Further facts for the reader in display order, such as
            `{"seed": "42", "git commit": "1a2b3c4"}`.
    """

    model: str
    table: str
    target: str
    target_unit: str
    metric: str
    folds: tuple[Scores, ...]
    holdout: Scores
    floor: Scores
    actual: NDArray[np.float64]
    predicted: NDArray[np.float64]
    task: Task = Task.REGRESSION
    classes: tuple[Label, ...] = ()
    probabilities: NDArray[np.float64] | None = None
    threshold: float | None = None
    importance: tuple[Importance, ...] = ()
    coordinates: Coordinates | None = None
    slices: tuple[SliceScore, ...] = ()
    coverage: Coverage | None = None
    contributions: ContributionSample | None = None
    warnings: tuple[str, ...] = ()
    n_train: int
    facts: dict[str, str] = field(default_factory=dict)

    def cv_mean(self, metric: str) -> float:
        """Return the mean of a metric over the folds, in the metric's unit."""
        return float(np.mean([fold[metric] for fold in self.folds]))

    def cv_sd(self, metric: str) -> float:
        """Return the standard deviation over the folds (n - 1); NaN for one fold."""
        values = [fold[metric] for fold in self.folds]
        return float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
