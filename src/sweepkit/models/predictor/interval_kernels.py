"""Plain forms of what makes intervals."""

from collections.abc import Callable

from sweepkit.models.interval_numbers import NumberIntervals, join_inputs
from sweepkit.models.predictor.kernels import build_kernel
from sweepkit.models.predictor.rows import Floats

# From features (n_rows, n_features), what was predicted from them, and a coverage to
# lower and upper ends, (n_rows, 2); many threads may call it at once.
Ends = Callable[[Floats, Floats, float], Floats]


def build_ends(intervals: NumberIntervals) -> Ends:
    """Return what says exactly what `NumberIntervals.ends` says, only faster.

    Raises:
        NotPlain: If the model of the spread has no plain form.
    """
    if intervals.spread_ is None:
        return intervals.ends
    run = build_kernel(intervals.spread_).run

    def place(features: Floats, predicted: Floats, coverage: float) -> Floats:
        roots = run(join_inputs(features, predicted))
        return intervals.place(predicted, roots, coverage)

    return place
