"""The last step of a model of classes: labels, their fixed order, their weights."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils.validation import has_fit_parameter

from sweepkit.errors import ConfigError
from sweepkit.models.calibrators import Calibrator
from sweepkit.models.class_weights import ClassWeight, weigh_rows
from sweepkit.tasks import Label, decide

Floats = NDArray[np.float64]


class LabelClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Fit a classifier to codes; answer for every label, in one fixed order.

    A class may be so rare that the rows of a fold lack it: it then has probability 0
    instead of no column.

    Args:
        estimator: Unfitted classifier with `predict_proba`.
        classes: Every label, in the order of the codes.
        class_weight: What a row counts for by its class: None for 1 each, `balanced`
            for inversely to how common it is, or weights by the label's text (others
            count 1).
        threshold: Of two classes, the probability of the second that decides for it;
            None takes 0.5.

    Attributes:
        estimator_: The fitted classifier; of rows of one class only, a constant.
        classes_: The labels, (n_classes,); texts as objects.
        calibrator_: What mends the probabilities, or None; see `set_decision`.
    """

    def __init__(
        self,
        estimator: Any,
        classes: Sequence[Label],
        class_weight: ClassWeight = None,
        threshold: float | None = None,
    ) -> None:
        self.estimator = estimator
        self.classes = classes
        self.class_weight = class_weight
        self.threshold = threshold

    def fit(self, X: Any, y: ArrayLike, **how: Any) -> Self:
        """Fit a clone of the estimator.

        Args:
            X: Features, (n_rows, n_features).
            y: Codes of the classes, whole numbers from 0, (n_rows,).
            **how: Handed on to the classifier's own `fit`.

        Raises:
            ConfigError: If the estimator has no probabilities, or a weight no class.
        """
        codes = np.asarray(y).astype(np.int64)
        one_class = bool(np.all(codes == codes[0]))
        estimator = _constant() if one_class else clone(self.estimator)
        self.classes_ = label_array(self.classes)
        self.calibrator_: Calibrator | None = None
        if self.class_weight is None:
            self.estimator_ = estimator.fit(X, codes, **how)
        else:
            _check_weighable(estimator)
            weights = weigh_rows(codes, self.class_weight, self.classes)
            self.estimator_ = estimator.fit(X, codes, sample_weight=weights, **how)
        _check_probabilities(self.estimator_)
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Return the probability of each class, (n_rows, n_classes)."""
        found = np.asarray(self.estimator_.predict_proba(X), dtype=np.float64)
        spread = spread_classes(found, self.estimator_.classes_, len(self.classes))
        if self.calibrator_ is None:
            return spread
        return self.calibrator_.calibrate(spread)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the label decided for, (n_rows,)."""
        codes = decide(self.predict_proba(X), self.threshold)
        return np.asarray(self.classes_[codes])


def label_array(labels: Sequence[Label]) -> NDArray[Any]:
    """Return labels as an array of their own type; texts as objects, (n_classes,)."""
    texts = any(isinstance(label, str) for label in labels)
    return np.array(list(labels), dtype=object if texts else None)


def spread_classes(found: Floats, codes: ArrayLike, n_classes: int) -> Floats:
    """Give probabilities a column for every class, 0 where the model knows none.

    Args:
        found: Shape (n_rows, n_known).
        codes: Code of each known class, (n_known,), ascending.
        n_classes: How many there are.

    Returns:
        Shape (n_rows, n_classes), rows contiguous.
    """
    if found.shape[1] == n_classes:
        return np.ascontiguousarray(found)
    spread = np.zeros((len(found), n_classes))
    spread[:, np.asarray(codes, dtype=np.intp)] = found
    return spread


def _constant() -> Any:
    """Return what says of every row the one class there is; most classifiers refuse."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier()


def _check_weighable(estimator: Any) -> None:
    if not has_fit_parameter(estimator, "sample_weight"):
        raise ConfigError(
            f"{type(estimator).__name__} takes no weights of rows. Set "
            f"`task.class_weight=null`, or choose another `model`."
        )


def _check_probabilities(estimator: Any) -> None:
    if not hasattr(estimator, "predict_proba"):
        raise ConfigError(
            f"{type(estimator).__name__} has no predict_proba, needed are "
            f"probabilities of classes. Choose another `model.classifier`, or wrap it "
            f"in sklearn.calibration.CalibratedClassifierCV."
        )
