"""Set rows aside that no trial may ever see."""

from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from sweepkit.data.conform import to_date
from sweepkit.data.lookup import require_column
from sweepkit.errors import DataError


@dataclass(frozen=True, slots=True)
class Split:
    """One table in two disjoint parts.

    Attributes:
        train: Rows that folds are drawn from.
        holdout: Rows that only the final judgement reads.
    """

    train: pd.DataFrame
    holdout: pd.DataFrame


def split_holdout(
    table: pd.DataFrame,
    *,
    fraction: float,
    seed: int,
    group: str | None = None,
    time: str | None = None,
    classes: NDArray[np.float64] | None = None,
) -> Split:
    """Set a share of the rows aside; same table and seed, same rows.

    Without `group` and `time` these are the very rows that scikit-learn's
    `train_test_split` draws with this seed, which published figures rest on.

    Args:
        table: Validated rows, shape (n_rows, n_columns).
        fraction: Share of rows to set aside, strictly between 0 and 1; with `group`
            it is the share of groups.
        seed: Seed of the shuffle. Part of the model's identity: log it.
        group: Column whose equal values stay together, such as a customer.
        time: Column to order by; the last rows are set aside. Of rows of the same
            moment, those that stand later in the table count as later.
        classes: Code of each row's class, shape (n_rows,): both parts get their share
            of each. A class of one row stays where it can be learned. Plays no part
            with `group` or `time`.

    Returns:
        Both parts, original row order and index kept.

    Raises:
        DataError: If either part would be empty, or `group` or `time` is unusable.
    """
    chosen = _choose_rows(table, fraction, seed, group, time, classes)
    is_holdout = np.zeros(len(table), dtype=bool)
    is_holdout[chosen] = True
    return Split(train=table[~is_holdout], holdout=table[is_holdout])


def _choose_rows(
    table: pd.DataFrame,
    fraction: float,
    seed: int,
    group: str | None,
    time: str | None,
    classes: NDArray[np.float64] | None,
) -> NDArray[np.intp]:
    if group is not None and time is not None:
        raise DataError(
            f"evaluation.group is {group!r} and evaluation.time is {time!r}; a holdout "
            f"follows one of them. Set the other to null."
        )
    if group is not None:
        return _draw_groups(_require_filled(table, group, "group"), fraction, seed)
    if time is not None:
        return _take_last(_require_filled(table, time, "time"), fraction)
    _check_parts(len(table), fraction, "rows")
    rows = np.arange(len(table))
    if classes is not None:
        return _draw_classes(rows, classes, fraction, seed)
    # What scikit-learn's `train_test_split` does; a sweep's parent, which splits to
    # look at the table, need not wait for its import.
    order = np.random.RandomState(seed).permutation(rows)
    return np.asarray(order[: ceil(fraction * len(table))], dtype=np.intp)


def _draw_classes(
    rows: NDArray[np.intp], classes: NDArray[np.float64], fraction: float, seed: int
) -> NDArray[np.intp]:
    from sklearn.model_selection import train_test_split

    _, codes, counts = np.unique(classes, return_inverse=True, return_counts=True)
    rows = rows[counts[codes] > 1]
    n_classes, n_holdout = int(np.sum(counts > 1)), ceil(fraction * rows.size)
    if not n_classes <= n_holdout <= rows.size - n_classes:
        raise DataError(
            f"evaluation.holdout.fraction is {fraction:g}, which holds out "
            f"{n_holdout} of {rows.size} rows; each of the {n_classes} classes needs a "
            f"row in both parts. Change the fraction, or get more rows."
        )
    _, chosen = train_test_split(
        rows, test_size=fraction, random_state=seed, stratify=classes[rows]
    )
    return np.asarray(chosen, dtype=np.intp)


def _draw_groups(groups: pd.Series, fraction: float, seed: int) -> NDArray[np.intp]:
    from sklearn.model_selection import GroupShuffleSplit

    labels, _ = groups.factorize(sort=True)
    _check_parts(
        groups.nunique(), fraction, f"groups of evaluation.group {groups.name!r}"
    )
    splitter = GroupShuffleSplit(n_splits=1, test_size=fraction, random_state=seed)
    _, chosen = next(splitter.split(labels, groups=labels))
    return np.asarray(chosen, dtype=np.intp)


def _take_last(moments: pd.Series, fraction: float) -> NDArray[np.intp]:
    if not types.is_numeric_dtype(moments):
        try:
            moments = to_date(moments)
        except DataError as error:
            raise DataError(f"evaluation.time is {moments.name!r}. {error}") from None
    n_holdout = _check_parts(len(moments), fraction, "rows")
    return np.argsort(moments.to_numpy(), kind="stable")[-n_holdout:]


def _check_parts(n: int, fraction: float, what: str) -> int:
    # scikit-learn rounds up, too.
    n_holdout = ceil(fraction * n) if 0 < fraction < 1 else 0
    if not 0 < n_holdout < n:
        raise DataError(
            f"evaluation.holdout.fraction is {fraction:g}, which holds out "
            f"{n_holdout} of {n} {what}; it must lie between 0 and 1, and both parts "
            f"need at least one."
        )
    return n_holdout


def _require_filled(table: pd.DataFrame, name: str, key: str) -> pd.Series:
    require_column(name, table.columns, key=f"evaluation.{key}")
    column = table[name]
    n_blanks = int(column.isna().sum())
    if n_blanks:
        raise DataError(
            f"evaluation.{key} is {name!r}, which is blank in {n_blanks} of "
            f"{len(column)} rows. Fill it, or choose another column."
        )
    return column
