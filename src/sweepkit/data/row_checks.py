"""Rows that belong together or follow each other, while folds are drawn at random."""

import pandas as pd
from pandas.api import types

from sweepkit.data.column_names import names_owner, says_birth
from sweepkit.data.lookup import set_role
from sweepkit.data.problem import Kind, Plan, Problem, accept, count, set_key
from sweepkit.data.roles import FEATURE_ROLES, Role
from sweepkit.data.sample import Sample

_FEWEST_ROWS = 50
_ROWS_EACH, _FEWEST_OWNERS = 1.5, 20
_FEWEST_MOMENTS, _ORDERLY = 10, 0.3


def check_rows(sample: Sample, plan: Plan) -> list[Problem]:
    """Find columns by which rows belong together or follow each other."""
    if not plan.is_random:
        return []
    return [*_find_groups(sample), *_find_time(sample)]


def find_order(sample: Sample, plan: Plan) -> list[Problem]:
    """Find numbers of rows that rise or fall with the target: a hint at time."""
    if plan.time is not None or sample.schema.task.has_classes:
        return []
    problems = []
    for name in sample.schema.columns_of(Role.IDENTIFIER):
        values = sample.table[name]
        if not types.is_numeric_dtype(values) or sample.size < _FEWEST_ROWS:
            continue
        along = float(values.corr(pd.Series(sample.target, values.index), "spearman"))
        if abs(along) < _ORDERLY:
            continue
        problems.append(_tell_order(name, sample.schema.target, along))
    return problems


def _tell_order(name: str, target: str, along: float) -> Problem:
    way = "rises" if along > 0 else "falls"
    found = (
        f"The target {target!r} {way} with the identifier {name!r} (rank correlation "
        f"{along:.2f}), which no model is given."
    )
    advice = (
        "If it counts in order of time and later rows are to be predicted, judge on "
        f"later rows: `evaluation=time_series {set_key('evaluation.time', name)}`."
    )
    return Problem(Kind.ROW_ORDER, "warn", name, found, advice)


def _find_groups(sample: Sample) -> list[Problem]:
    problems = []
    for name, role in sample.schema.roles.items():
        if role in (Role.TARGET, Role.DATE) or not names_owner(name):
            continue
        values = sample.table[name]
        n_owners, n_rows = int(values.nunique()), int(values.notna().sum())
        if n_owners < _FEWEST_OWNERS or n_rows < _ROWS_EACH * n_owners:
            continue
        found = (
            f"Column {name!r} names {count(n_owners, 'group')} of rows, "
            f"{n_rows / n_owners:.3g} each; random folds and holdout put rows of one "
            f"group on both sides, and a model may know it again."
        )
        key = set_key("evaluation.group", name)
        advice = (
            f"If new rows will come from other groups, keep each on one side: "
            f"`evaluation=group_kfold {key}`."
        )
        if role in FEATURE_ROLES:
            drop = set_role(name, Role.IGNORED)
            advice += f" Their names then tell nothing: {drop}."
        problems.append(Problem(Kind.GROUPS, "warn", name, found, advice))
    return problems


def _find_time(sample: Sample) -> list[Problem]:
    problems = []
    for column in sample.columns:
        name = column.name
        if column.role != Role.DATE or says_birth(name):
            continue
        if len(column.distinct) < _FEWEST_MOMENTS:
            continue
        first, last = column.distinct[0], column.distinct[-1]
        found = (
            f"Rows are dated by {name!r} ({first:%Y-%m-%d} to {last:%Y-%m-%d}), and "
            f"folds and holdout are drawn at random, whatever their date."
        )
        key = set_key("evaluation.time", name)
        advice = (
            f"If later rows are to be predicted, judge on later rows: "
            f"`evaluation=time_series {key}`. Else tell that dates are no matter: "
            f"{accept(Kind.TIME)}."
        )
        problems.append(Problem(Kind.TIME, "warn", name, found, advice))
    return problems
