"""Categories with their blanks made a category of their own."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin

BLANK = "(blank)"


def name_blank(cell: Any) -> str:
    """Return a cell as text; None, NaN and NaT as `(blank)`."""
    return BLANK if cell is None or cell != cell else str(cell)


class NamedBlanks(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn every cell into text and every missing one into `(blank)`.

    Tables hold blanks as NaN, requests to a server as None, and encoders take the two
    for different categories. Input and output have shape (n_rows, n_columns).
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Remember the names of the columns; nothing else is learned."""
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: pd.DataFrame) -> NDArray[np.object_]:
        """Return an array of `str`, never of None or NaN."""
        cells = X.astype(object).where(X.notna(), None).to_numpy(dtype=object)
        texts = np.fromiter(map(name_blank, cells.ravel()), object, count=cells.size)
        return texts.reshape(cells.shape)


class ByCardinality:
    """Selects category columns with few or with many values, for a ColumnTransformer.

    It is asked while fitting, so that a fold decides by its own training rows.

    Args:
        columns: Columns to choose from.
        limit: Values, a blank counting as one, up to which they are few.
        many: Whether those above are selected rather than those up to it.
    """

    def __init__(self, columns: Sequence[str], *, limit: int, many: bool) -> None:
        self.columns = list(columns)
        self.limit = limit
        self.many = many

    def __call__(self, X: pd.DataFrame) -> list[str]:
        """Return the names of the selected columns, in the order of `columns`."""
        return [
            name
            for name in self.columns
            if (X[name].nunique(dropna=False) > self.limit) == self.many
        ]
