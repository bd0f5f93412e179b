"""How much of the target one column tells by itself, measured on rows it did not see.

The rows are cut into two random halves. For every value of the column the mean target
of one half predicts the rows of the other; between the values of a number lies a
straight line. Any relation is found this way, straight or bent, without a library and
in about a millisecond a column.
"""

import numpy as np
from numpy.typing import NDArray

from sweepkit.data.sample import Sample

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

_SEED = 0
# With more classes the rarest are taken together.
_MOST_CLASSES = 12
# Rows that share one value, such as 0, tell whether there is something, not how much.
_COMMON, _ENOUGH = 0.1, 50
# Rows by which a category's mean is drawn towards the mean of all.
_PRIOR = 10.0


def explain_all(sample: Sample) -> dict[str, float]:
    """Return for each feature the share of the target it explains alone, 0 to 1.

    For numbers it is the R2 of predicting a row's rank, which no far value distorts;
    rows with a value that a tenth of all have are left aside. For classes it is the
    R2 of predicting each class by its share, summed over them: 0 for a column that says
    nothing, 1 for one that never errs.
    """
    rows, target = spread_target(sample)
    return {
        column.name: explain(column.codes[rows], target, is_ordered=column.is_ordered)
        for column in sample.columns
    }


def spread_target(sample: Sample) -> tuple[Integers, Floats]:
    """Return rows and what is to be predicted of them, shape (n_chosen, n_outputs)."""
    rows = np.arange(sample.size)
    if sample.schema.task.has_classes:
        codes = sample.target.astype(np.intp)
        sizes = np.bincount(codes, minlength=len(sample.schema.classes))
        place = np.empty_like(sizes)
        place[np.argsort(-sizes, kind="stable")] = np.arange(sizes.size)
        merged = np.minimum(place, _MOST_CLASSES)[codes]
        return rows, np.eye(int(merged.max()) + 1)[merged]
    _, codes, counts = np.unique(sample.target, return_inverse=True, return_counts=True)
    other = codes != np.argmax(counts)
    if counts.max() > _COMMON * codes.size and other.sum() >= _ENOUGH:
        rows = rows[other]
    ranks = np.cumsum(counts) - (counts + 1) / 2
    return rows, (ranks[codes[rows]] / codes.size)[:, np.newaxis]


def explain(codes: Integers, target: Floats, *, is_ordered: bool) -> float:
    """Return the share of the target's variance that a column explains, 0 to 1.

    Args:
        codes: Of each row the position of its value among all, sorted; -1 for a blank.
            Shape (n_rows,).
        target: Shape (n_rows, n_outputs).
        is_ordered: Whether a value lies between its neighbours, as numbers do.
    """
    half = np.random.default_rng(_SEED).permutation(codes.size) < codes.size // 2
    total = np.sum((target - target.mean(axis=0)) ** 2)
    if not total:
        return 0.0
    coarse = np.sqrt(codes.size / 2)
    errors = []
    # Sharp for a column that hardly errs, smooth for one that does.
    for smoothing in (0, coarse) if is_ordered else (0, _PRIOR):
        error = 0.0
        for known in (half, ~half):
            said = _predict(codes, target, known, smoothing, is_ordered=is_ordered)
            error += float(np.sum((target[~known] - said) ** 2))
        errors.append(error)
    return float(max(0.0, 1 - min(errors) / total))


def _predict(
    codes: Integers,
    target: Floats,
    known: NDArray[np.bool_],
    smoothing: float,
    *,
    is_ordered: bool,
) -> Floats:
    """Predict the rows that are not known, shape (n_unknown, n_outputs)."""
    prior = target[known].mean(axis=0)
    # Blanks count as one value of their own, the last.
    n = int(codes.max()) + 2
    places = np.where(codes < 0, n - 1, codes)
    sums, counts = _sum_values(places[known], target[known], n)
    asked = places[~known]
    if not is_ordered:
        weights = counts + smoothing
        means = np.tile(prior, (n, 1))
        seen = weights > 0
        means[seen] = (sums + smoothing * prior)[seen] / weights[seen, np.newaxis]
        return np.asarray(means[asked])
    said = _interpolate(sums[:-1], counts[:-1], asked, max(1, int(smoothing)), prior)
    blank = asked == n - 1
    said[blank] = sums[-1] / counts[-1] if counts[-1] else prior
    return said


def _sum_values(places: Integers, target: Floats, n: int) -> tuple[Floats, Floats]:
    sums = [np.bincount(places, output, minlength=n) for output in target.T]
    return np.stack(sums, axis=1), np.bincount(places, minlength=n).astype(np.float64)


def _interpolate(
    sums: Floats, counts: Floats, asked: Integers, rows: int, prior: Floats
) -> Floats:
    """Draw a line through points of at least about `rows` rows, and read it off."""
    filled = np.flatnonzero(counts)
    if not filled.size:
        return np.tile(prior, (asked.size, 1))
    counts, sums = counts[filled], sums[filled]
    # Neighbours belong to one point until it has its rows.
    before = np.cumsum(counts) - counts
    starts = np.flatnonzero(np.diff(before // rows, prepend=-1))
    weights = np.add.reduceat(counts, starts)
    centres = np.add.reduceat(filled * counts, starts) / weights
    means = np.add.reduceat(sums, starts, axis=0) / weights[:, np.newaxis]
    return np.stack([np.interp(asked, centres, mean) for mean in means.T], axis=1)
