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
