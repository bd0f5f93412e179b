"""Refuse tables and targets that no model can learn from."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from sweepkit.data.lookup import set_role
from sweepkit.errors import DataError

MIN_ROWS = 20


def check_shape(table: pd.DataFrame) -> None:
    """Refuse a table with too few rows, or two columns of one name.

    Raises:
        DataError: If there are fewer than 20 rows or a name is not unique.
    """
    doubled = table.columns[table.columns.duplicated()]
    if len(doubled):
        raise DataError(
            f"Several columns are called {doubled[0]!r}. Rename all but one in the "
            f"file of `data.path`."
        )
    if len(table) < MIN_ROWS:
        raise DataError(
            f"The table has {len(table)} rows; at least {MIN_ROWS} are needed to learn "
            f"from some and judge on others. Change `data.path`."
        )


def refuse_blank(column: pd.Series) -> None:
    """Refuse a column without any value.

    Raises:
        DataError: If all rows are blank.
    """
    if column.isna().all():
        name = str(column.name)
        raise DataError(
            f"Column {name!r} is blank in all {len(column)} rows. Fill it, or drop it "
            f"with {set_role(name, 'ignored')}."
        )


def read_target(column: pd.Series) -> NDArray[np.float64]:
    """Return the target's values, shape (n_rows,), in their own unit.

    Raises:
        DataError: If they are not numbers, or some are blank or infinite.
    """
    name = column.name
    if not types.is_numeric_dtype(column) or types.is_bool_dtype(column):
        filled = column.dropna()
        found = f"such as {filled.iloc[0]!r}" if len(filled) else "all of them blank"
        raise DataError(
            f"The target {name!r} holds {column.dtype} values, {found}; a regression "
            f"predicts numbers. Change `data.target`, correct the column, or for "
            f"classes choose `task=binary` or `task=multiclass`."
        )
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    _refuse(name, np.isnan(values), "blank")
    _refuse(name, np.isinf(values), "infinite")
    return values


def refuse_constant(name: str, values: NDArray[np.float64]) -> None:
    """Refuse a target without variation: every model would score R2 = 1.

    Raises:
        DataError: If all values are equal.
    """
    if values.min() == values.max():
        raise DataError(
            f"The target {name!r} is {values[0]:g} in all {values.size} rows; there is "
            f"nothing to predict. Change `data.target` or the table."
        )


def _refuse(name: object, bad: NDArray[np.bool_], what: str) -> None:
    if bad.any():
        raise DataError(
            f"The target {name!r} is {what} in {bad.sum()} of {bad.size} rows, first "
            f"in row {int(np.argmax(bad)) + 1}; every row needs a finite number. "
            f"Correct or delete these rows, or change `data.target`."
        )


def find_target_number(column: pd.Series) -> None:
    """Refuse texts that are mostly numbers: a bad cell is no class of its own.

    Raises:
        DataError: If half of the different texts, and 3 of them, are numbers.
    """
    texts = pd.Series(column.dropna().unique()).astype("str")
    is_number = pd.to_numeric(texts, errors="coerce").notna()
    if is_number.all() or is_number.sum() < 3 or 2 * is_number.sum() < len(texts):
        return
    bad = texts[~is_number].iloc[0]
    row = int(np.argmax((column.astype("str") == bad).to_numpy())) + 1
    raise DataError(
        f"The target {column.name!r} holds numbers and, in row {row}, {bad!r}. Correct "
        f"or delete what is no number; if these are labels, choose `task=multiclass`; "
        f"or change `data.target`."
    )
