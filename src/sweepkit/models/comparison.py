"""Two predictors compared on the same rows, to the last bit."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sweepkit.errors import DataError
from sweepkit.models.interval_asking import USUAL_COVERAGE
from sweepkit.models.predictor import Predictor, Rows
from sweepkit.models.predictor.rows import Floats
from sweepkit.models.samples import Samples

# Whatever a plain form cannot do, the pipeline can: no bug of the form may keep a model
# from service.
_FAILURES = (DataError, TypeError, ValueError, LookupError, ArithmeticError)


class Asked(Protocol):
    """What may be compared: a predictor, or what it says beside predictions."""

    n_outputs: int

    def predict(self, rows: Rows) -> Floats:
        """Return a number, or several, for each row."""


class IntervalEnds:
    """The ends of a predictor's intervals, in the place of its predictions.

    Args:
        predictor: Carries intervals.
    """

    def __init__(self, predictor: Predictor) -> None:
        self.n_outputs = 2
        self._predictor = predictor

    def predict(self, rows: Rows) -> Floats:
        """Return the ends of each row's interval, (n_rows, 2)."""
        ends = self._predictor.intervals(rows, USUAL_COVERAGE)
        # Without any, the wrong shape says it.
        return np.empty(0) if ends is None else ends


@dataclass(slots=True)
class Comparison:
    """Compares batch by batch and gathers what was found.

    Attributes:
        predictor: Looked at.
        reference: Always right.
        column: What one of several numbers of a row is called.
        n_rows: Rows compared, counted each time.
        largest_difference: So far; NaN once one of the two had no number.
        where: The first difference, in words.
        notes: What else was seen.
    """

    predictor: Asked
    reference: Asked
    column: str = "class"
    n_rows: int = 0
    largest_difference: float = 0.0
    where: str = ""
    notes: list[str] = field(default_factory=list)

    def compare(self, samples: Samples) -> Floats:
        """Compare a batch, split where the pipeline refuses it; return what it said."""
        n_rows = len(samples.rows)
        try:
            expected = self.reference.predict(samples.rows)
        except DataError:
            if n_rows > 1:
                half = n_rows // 2
                parts = samples.part(0, half), samples.part(half, n_rows)
                return np.concatenate([self.compare(part) for part in parts])
            self._expect_refusal(samples)
            return self._blank(1)
        self.n_rows += n_rows
        self._match(samples, expected)
        return expected

    def repeat(self, samples: Samples, expected: Floats, size: int) -> None:
        """Compare the predictor alone, in batches of a size, with what was said."""
        for start in range(0, len(samples.rows), size):
            stop = start + size
            part = samples.part(start, stop)
            if not _rows_of(np.isnan(expected[start:stop])).any():
                self._match(part, expected[start:stop])

    def _match(self, samples: Samples, expected: Floats) -> None:
        got = self._ask(samples)
        apart = (got != expected) & ~(np.isnan(got) & np.isnan(expected))
        if not apart.any():
            return
        first = tuple(int(i) for i in np.argwhere(apart)[0])
        row, n_rows = first[0], len(expected)
        among = f"among {n_rows}" if n_rows > 1 else "alone"
        which = f" for {self.column} {first[1]}" if len(first) > 1 else ""
        self.where = self.where or (
            f"a row ({samples.words[row]}, {among}) gets {got[first]} instead of "
            f"{expected[first]}{which}"
        )
        difference = np.max(np.abs(got - expected)[apart])
        self.largest_difference = float(np.maximum(self.largest_difference, difference))

    def _ask(self, samples: Samples) -> Floats:
        try:
            got = self.predictor.predict(samples.rows)
        except _FAILURES as error:
            self.notes.append(f"{type(error).__name__}: {error}")
            return self._blank(len(samples.rows))
        if got.shape != self._blank(len(samples.rows)).shape:
            self.notes.append(f"{len(samples.rows)} rows get shape {got.shape}")
            return self._blank(len(samples.rows))
        return got

    def _blank(self, n_rows: int) -> Floats:
        n_outputs = self.reference.n_outputs
        return np.full(n_rows if n_outputs == 1 else (n_rows, n_outputs), np.nan)

    def _expect_refusal(self, samples: Samples) -> None:
        try:
            self.predictor.predict(samples.rows)
        except DataError:
            return
        self.notes.append(f"only the pipeline refuses a row ({samples.words[0]})")


def _rows_of(cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for each row whether any of its numbers is marked."""
    return np.asarray(cells.reshape(len(cells), -1).any(axis=1))
