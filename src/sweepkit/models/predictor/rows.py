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
    """

    form: str
    reason: str
    rows_independent: bool

    def predict(self, rows: Rows) -> Floats:
        """Return predictions of shape (n_rows,), in the target's unit.

        Raises:
            DataError: If the model refuses the rows, as with a number too large.
        """
