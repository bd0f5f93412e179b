"""Texts that are numbers but for a few cells, or the same but for their spelling."""

import pandas as pd

from sweepkit.data.lookup import set_role
from sweepkit.data.problem import Kind, Problem, count
from sweepkit.data.roles import Role
from sweepkit.data.sample import Column

_NUMBER = r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?"
_MOST_STRANGERS, _FEWEST_VALUES = 3, 20


def check_text(column: Column) -> Problem | None:
    """Find what is wrong with how a category's values are written."""
    if column.role != Role.CATEGORICAL:
        return None
    values = pd.Series(column.distinct.astype("str"))
    numbers = values.str.fullmatch(_NUMBER)
    strangers = values[~numbers]
    if 0 < len(strangers) <= _MOST_STRANGERS and len(values) > _FEWEST_VALUES:
        shown = ", ".join(map(repr, strangers))
        found = f"Column {column.name!r} is text, yet all but {shown} are numbers."
        advice = (
            f"Correct or blank these cells, then "
            f"{set_role(column.name, Role.NUMERIC)} if they measure something."
        )
        return Problem(Kind.TYPE, "warn", column.name, found, advice)
    return _check_spelling(column, values)


def _check_spelling(column: Column, values: pd.Series) -> Problem | None:
    folded = values.str.split().str.join(" ").str.casefold()
    alike = folded.duplicated(keep=False)
    if not alike.any():
        return None
    pair = values[folded == folded[alike].iloc[0]].iloc[:2]
    found = (
        f"Column {column.name!r} spells {count(int(folded[alike].nunique()), 'value')} "
        f"in several ways, such as {pair.iloc[0]!r} and {pair.iloc[1]!r}."
    )
    advice = "Write them alike in the source; a model takes them for different things."
    return Problem(Kind.SPELLING, "warn", column.name, found, advice)
