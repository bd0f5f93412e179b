"""Categories as what the target is on average where they occur."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import TargetEncoder

Floats = NDArray[np.float64]
Folds = list[tuple[NDArray[np.intp], NDArray[np.intp]]]

# Rows of average target that every category is given beside its own. From 1 to 50, and
# beside the encoder's own estimate, 3 to 10 were best with 2 to 70 rows a category.
SMOOTHING = 5.0
_N_FOLDS = 5
_SEED = 20_640


class TargetMeans(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Replace categories by the mean target of rows with the same, by `TargetEncoder`.

    A row's own target must not be part of the number it is trained with, or the model
    would trust that number far too much. `fit_transform`, which pipelines call with
    training rows, therefore encodes each fifth of them by the other four; `transform`
    encodes rows to come by all. An unseen category gets the mean of all rows. Input is
    an array of texts, shape (n_rows, n_columns).

    Args:
        task: `regression`, `binary` or `multiclass`; a target of classes comes as
            their codes, and of more than two each gets a column with its share.

    Attributes:
        encoder_: The fitted `TargetEncoder`.
    """

    def __init__(self, task: str = "regression") -> None:
        self.task = task

    def fit(self, X: Any, y: Floats) -> Self:
        """Learn the means; see the class for why training needs `fit_transform`."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Any, y: Floats) -> Floats:
        """Learn the means and return those of the training rows, made without them.

        Args:
            X: Categories, shape (n_rows, n_columns).
            y: Numbers or codes of classes, shape (n_rows,).

        Returns:
            Shape (n_rows, n_columns), or with k > 2 classes (n_rows, n_columns * k).
        """
        self.encoder_ = TargetEncoder(
            target_type=self._target_type(y), smooth=SMOOTHING, cv=deal_folds(y)
        )
        encoded = self.encoder_.fit_transform(X, y)
        # Which row lay in which fold is nobody's business in a saved model.
        self.encoder_.cv = _N_FOLDS
        return np.asarray(encoded, dtype=np.float64)

    def transform(self, X: Any) -> Floats:
        """Return the means over all training rows, shaped as by `fit_transform`."""
        return np.asarray(self.encoder_.transform(X), dtype=np.float64)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return names such as `town_target`; `town_2.0_target` for the third class."""
        names = self.encoder_.get_feature_names_out(input_features)
        return np.asarray([f"{name}_target" for name in names], dtype=object)

    def _target_type(self, y: Floats) -> str:
        if self.task == "regression":
            return "continuous"
        # Without its rare classes a fold may be left with two, and the encoder refuses
        # to call those many.
        return "multiclass" if len(np.unique(y)) > 2 else "binary"


def deal_folds(y: Floats) -> Folds:
    """Deal rows out to folds so that all have much the same targets.

    With folds cut blindly, the mean of the others tells which fold a row lies in, and
    something of its target. scikit-learn's stratified folds know classes only, and
    warn or refuse where one has fewer rows than there are folds.

    Args:
        y: Numbers or codes of classes, shape (n_rows,).

    Returns:
        Positions of training and of test rows for each fold; the same for the same
        targets in the same order.
    """
    rng = np.random.default_rng(_SEED)
    n_rows = len(y)
    n_folds = min(_N_FOLDS, n_rows)
    order = np.lexsort((rng.random(n_rows), y))
    # One of each fold in every handful of rows alike, in an order of chance.
    handful = np.arange(n_rows) // n_folds
    dealt = np.lexsort((rng.random(n_rows), handful))
    fold_of = np.empty(n_rows, dtype=np.intp)
    fold_of[order[dealt]] = np.arange(n_rows) % n_folds
    folds = [fold_of == fold for fold in range(n_folds)]
    return [(np.flatnonzero(~test), np.flatnonzero(test)) for test in folds]
