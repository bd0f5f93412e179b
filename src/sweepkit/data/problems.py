"""Examine a table before time is spent on it: what would stop it, what to know."""

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweepkit.data.alike import find_same_columns, find_sum
from sweepkit.data.duplicates import find_duplicates
from sweepkit.data.holdout import Split
from sweepkit.data.identifiers import find_identifiers
from sweepkit.data.joining import join_alike
from sweepkit.data.leakage import find_leaks
from sweepkit.data.lookup import name_near
from sweepkit.data.problem import Kind, Plan, Problem, count
from sweepkit.data.row_checks import check_rows, find_order
from sweepkit.data.sample import Sample, draw_sample
from sweepkit.data.schema import TableSchema
from sweepkit.data.target_checks import check_target
from sweepkit.data.value_checks import check_values
from sweepkit.errors import DataError

__all__ = ["Kind", "Plan", "Problem", "find_problems", "stop_on", "write_warnings"]


def find_problems(
    table: pd.DataFrame,
    schema: TableSchema,
    *,
    holdout: Split | None,
    plan: Plan | None = None,
) -> list[Problem]:
    """Find what spoils a model of this table, or the judgement on it.

    Of more than 20,000 rows some are drawn, always the same ones; what is found of
    columns then holds for these. How columns go along with the target is asked of the
    training rows alone.

    Args:
        table: All rows as they were read, shape (n_rows, n_columns).
        schema: What its columns are.
        holdout: Its two parts, or None if there are none yet.
        plan: How rows are split; None takes five random folds.

    Returns:
        First what stops, then warnings, each in the order of kinds.
    """
    plan = plan or Plan()
    trained = table if holdout is None else holdout.train
    learned = draw_sample(trained, schema)
    leaks = find_leaks(learned, plan)
    if not any(problem.severity == "stop" for problem in leaks):
        leaks += find_sum(learned)
    others = [
        *find_duplicates(table, schema, holdout),
        *check_target(*_read_targets(table, trained, schema), schema, plan),
        *find_order(learned, plan),
        *_find_in_values(draw_sample(table, schema), plan),
    ]
    return _put_in_order(leaks, others)


def _read_targets(
    table: pd.DataFrame, trained: pd.DataFrame, schema: TableSchema
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    target = schema.target_values(table)
    return target, target if trained is table else schema.target_values(trained)


def _find_in_values(sample: Sample, plan: Plan) -> list[Problem]:
    return [
        *find_identifiers(sample),
        *check_rows(sample, plan),
        *check_values(sample),
        *find_same_columns(sample),
    ]


def _put_in_order(leaks: list[Problem], others: list[Problem]) -> list[Problem]:
    # What else is wrong with a column that must go anyway is of no interest.
    leaking = {problem.column for problem in leaks if problem.severity == "stop"}
    problems = leaks + [
        p for p in others if p.column is None or p.column not in leaking
    ]
    order = list(Kind)
    return sorted(problems, key=lambda p: (p.severity != "stop", order.index(p.kind)))


def stop_on(problems: Iterable[Problem], accept: Collection[str] = ()) -> None:
    """Refuse a table that is not worth training on, unless told to go on.

    Args:
        problems: What `find_problems` returned.
        accept: Kinds that were told to be no obstacle, `data.accept`.

    Raises:
        DataError: If a problem stops, or a word of `accept` is no kind.
    """
    check_accepted(accept)
    stops = [p for p in problems if p.severity == "stop" and p.kind not in accept]
    if not stops:
        return
    told = [f"{problem.found} {problem.advice}" for problem in stops]
    if len(told) > 1:
        told = [f"\n  {number}. {text}" for number, text in enumerate(told, start=1)]
    kinds = dict.fromkeys([*accept, *(problem.kind for problem in stops)])
    raise DataError(
        f"{count(len(stops), 'problem')} of the table would make the work worthless: "
        f"{''.join(told)}\nTo go on all the same: `'data.accept=[{','.join(kinds)}]'`. "
        f"For the whole picture: `sweepkit profile` with the same words."
    )


def write_warnings(
    problems: Iterable[Problem], accept: Collection[str] = ()
) -> list[str]:
    """Return problems as sentences, those that stop first.

    Of the kinds that were accepted, stops are still told, since they say what the
    scores are worth; warnings are not.
    """
    return [
        f"{problem.found} {problem.advice}"
        for problem in join_alike(keep_told(problems, accept))
    ]


def keep_told(
    problems: Iterable[Problem], accept: Collection[str] = ()
) -> list[Problem]:
    """Leave out warnings of the kinds that were accepted."""
    return [p for p in problems if p.severity == "stop" or p.kind not in accept]


def check_accepted(accept: Iterable[str]) -> None:
    """Refuse a word of `data.accept` that is no kind of problem.

    Raises:
        DataError: If there is such a word.
    """
    for word in accept:
        if word not in list(Kind):
            raise DataError(
                f"data.accept holds {word!r}, which is no kind of problem. "
                f"{name_near(word, map(str, Kind))}"
            )
