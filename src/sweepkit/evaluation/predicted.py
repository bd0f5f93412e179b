"""What a model says of rows: numbers, or classes with their probabilities."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Predicted:
    """Predictions for some rows.

    Attributes:
        values: Shape (n_rows,): numbers in the target's unit or, for classes, the code
            of the class decided for (0 is the first label).
        probabilities: Of each class in the order of the labels, (n_rows, n_classes);
            None in a regression.
    """

    values: Values
    probabilities: Values | None = None

    def take(self, rows: Any) -> Self:
        """Return those of some rows: positions, a mask or a slice."""
        shares = self.probabilities
        part = None if shares is None else shares[rows]
        return type(self)(self.values[rows], part)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.values)
