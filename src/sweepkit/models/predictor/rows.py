"""What a predictor takes and what it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Cell = float | str | bool | datetime | None
# One sequence a row, cells in the order of the profile's columns.
Rows = Sequence[Sequence[Cell]]
Floats = NDArray[np.float64]
Array = NDArray[Any]
Members = NDArray[np.bool_]


class Predictor(Protocol):
    """A model ready to serve; many threads may call it at once.

    Attributes:
        form: What predicts, in words.
        reason: Why it is not on plain arrays; empty if it is.
        rows_independent: Whether a row's prediction is said to be the same whatever
            rows go with it. That of a linear model may differ in the last bit.
        n_outputs: Numbers a row gets: 1, or of classes one each.
    """

    form: str
    reason: str
    rows_independent: bool
    n_outputs: int

    def predict(self, rows: Rows) -> Floats:
        """Return what is predicted of rows.

        Returns:
            Shape (n_rows,) in the target's unit; of classes their probabilities in the
            order of the labels, (n_rows, n_outputs).

        Raises:
            DataError: If the model refuses the rows, as with a number too large.
        """

    def features(self, rows: Rows) -> Floats:
        """Return what the model's last step predicts from, (n_rows, n_features).

        Raises:
            DataError: As `predict`.
        """

    def intervals(self, rows: Rows, coverage: float) -> Floats | None:
        """Return lower and upper ends of prediction intervals, (n_rows, 2).

        Args:
            rows: As for `predict`.
            coverage: Share of rows to be covered, above 0 and below 1.

        Returns:
            In the target's unit; None, whatever the rows, if the model carries none.

        Raises:
            DataError: As `predict`.
        """

    def sets(self, rows: Rows, coverage: float) -> Members | None:
        """Return which labels belong to each row's prediction set.

        Returns:
            Shape (n_rows, n_outputs); None, whatever the rows, if the model carries
            none. Arguments and refusals as those of `intervals`.
        """
