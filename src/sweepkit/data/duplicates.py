"""Rows that occur twice, above all on both sides of the holdout's border."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweepkit.data.holdout import Split
from sweepkit.data.problem import Kind, Problem, accept, count, write_share
from sweepkit.data.sample import MAX_ROWS, draw_rows
from sweepkit.data.schema import TableSchema

# From here on the holdout is no longer a judgement on new rows.
STOP_FROM, WARN_FROM = 0.2, 0.01
_FEWEST_TO_STOP, _FEWEST, _FEW = 10, 2, 5_000
# Twins per row that chance explains, from which on none is worth a word; and values per
# row that the most telling column needs, as columns may hang together.
_BY_CHANCE, _TELLING = 0.05, 0.1


@dataclass(frozen=True, slots=True)
class Twins:
    """Rows that have a like in another set of rows.

    Attributes:
        n_asked: Rows that were looked up.
        same: Of these, rows with a like in features and target.
        contrary: Rows with a like in the features alone.
        by_chance: Whether the columns hold so few values that twins are no wonder.
    """

    n_asked: int
    same: int
    contrary: int
    by_chance: bool

    @property
    def share(self) -> float:
        """Share of the rows that have a like, of whatever target."""
        return (self.same + self.contrary) / self.n_asked

    @property
    def are_many(self) -> bool:
        """Whether they are worth a word."""
        found = self.same + self.contrary
        return self.share >= WARN_FROM and found >= _FEWEST and not self.by_chance


def find_duplicates(
    table: pd.DataFrame, schema: TableSchema, holdout: Split | None
) -> list[Problem]:
    """Find rows that occur twice; identifiers and ignored columns play no part."""
    if holdout is not None:
        across = find_twins(holdout.holdout, holdout.train, schema)
        if across.are_many:
            return [_tell_across(across)]
    within = find_twins(table, None, schema)
    return [_tell_within(within)] if within.are_many else []


def find_twins(
    rows: pd.DataFrame, others: pd.DataFrame | None, schema: TableSchema
) -> Twins:
    """Look rows up among others, or among themselves.

    Args:
        rows: Shape (n_rows, n_columns); of more than 20,000 some are drawn.
        others: Shape (n_others, n_columns); None looks for a second like among `rows`.
        schema: What the columns are.
    """
    names = schema.features
    asked = rows.iloc[draw_rows(len(rows), MAX_ROWS)]
    distinct = [int(asked[name].nunique()) for name in names]
    widest = names[int(np.argmax(distinct))]
    among = rows if others is None else others
    n_among, among_sample = len(among), among[names].iloc[draw_rows(len(among), _FEW)]
    if len(among) > MAX_ROWS:
        # Only these can be alike, and one column is looked up fast.
        among = among[among[widest].isin(asked[widest])]
    times = 1 if others is None else 0
    alike = _occurs(asked[names], among[names], times)
    whole = [*names, schema.target]
    same = _occurs(asked[whole], among[whole], times)
    return Twins(
        n_asked=len(asked),
        same=int(same.sum()),
        contrary=int((alike & ~same).sum()),
        by_chance=_is_chance(among_sample, n_among),
    )


def _is_chance(rows: pd.DataFrame, n_among: int) -> bool:
    """Tell whether columns hold so few values that some rows must be alike."""
    rows = rows.drop_duplicates()
    n_pairs, n_values, expected = len(rows) * (len(rows) - 1), 0, float(n_among)
    for name in rows.columns:
        counts = rows[name].value_counts(dropna=False).to_numpy()
        # How often two different rows have the same value here.
        expected *= float(np.sum(counts * (counts - 1))) / max(n_pairs, 1)
        n_values = max(n_values, counts.size)
    return expected > _BY_CHANCE or n_values < _TELLING * len(rows)


def _occurs(asked: pd.DataFrame, among: pd.DataFrame, times: int) -> NDArray[np.bool_]:
    """Tell for each asked row whether it is among others more than so many times."""
    found = pd.util.hash_pandas_object(among, index=False).value_counts()
    often = found.index[found.to_numpy() > times]
    looked_up = pd.util.hash_pandas_object(asked, index=False).isin(often)
    return np.asarray(looked_up.to_numpy(), dtype=bool)


def _tell_across(twins: Twins) -> Problem:
    n_twins = twins.same + twins.contrary
    stops = twins.same >= STOP_FROM * twins.n_asked and twins.same >= _FEWEST_TO_STOP
    contrary = ""
    if twins.contrary:
        contrary = f"; {twins.contrary:,} of them have another target there"
    found = (
        f"{n_twins:,} of {count(twins.n_asked, 'holdout row')} "
        f"({write_share(twins.share)}) are among the training rows, too, the same in "
        f"every column that is learned from{contrary}."
    )
    advice = (
        "Delete the copies in the source; or, if something is rightly measured several "
        "times, keep its rows together with `evaluation=group_kfold "
        "evaluation.group=<column>`."
    )
    if stops:
        advice += f" To be judged by known rows, {accept(Kind.DUPLICATES)}."
    return Problem(Kind.DUPLICATES, "stop" if stops else "warn", None, found, advice)


def _tell_within(twins: Twins) -> Problem:
    n_twins = twins.same + twins.contrary
    contrary = ""
    if twins.contrary:
        contrary = f"; {twins.contrary:,} of them with another target"
    found = (
        f"{n_twins:,} of {count(twins.n_asked, 'row')} ({write_share(twins.share)}) "
        f"have a twin, the same in every column that is learned from{contrary}."
    )
    advice = (
        "Delete the copies in the source, unless things that are measured alike are "
        "rightly there several times."
    )
    return Problem(Kind.DUPLICATES, "warn", None, found, advice)
