"""Columns that know the target already, which no column of new rows will."""

import numpy as np

from sweepkit.data.alone import explain_all
from sweepkit.data.column_names import names_owner
from sweepkit.data.lookup import set_role
from sweepkit.data.problem import (
    Kind,
    Plan,
    Problem,
    Severity,
    accept,
    set_key,
    write_share,
)
from sweepkit.data.roles import Role
from sweepkit.data.sample import Column, Sample

# The errors are a fourteenth of the target's standard deviation, or one label in 800 of
# two equally frequent ones: no column known in advance is that good, copies are. The
# strongest ones of tables without a leak explain 86% (iris), 74% (breast cancer), 47%
# (California housing).
STOP_FROM, WARN_FROM = 0.995, 0.9
# Below, a straight line through a few rows may be chance.
_FEW, _EXACT = 10, 1e-9
_MANY_VALUES, _ROWS_EACH = 20, 2


def find_leaks(sample: Sample, plan: Plan) -> list[Problem]:
    """Find columns that alone predict the target almost perfectly."""
    explained = explain_all(sample)
    return [
        _tell(sample, column, explained[column.name], plan)
        for column in sample.columns
        if explained[column.name] >= WARN_FROM
        and column.name not in (plan.group, plan.time)
    ]


def _tell(sample: Sample, column: Column, share: float, plan: Plan) -> Problem:
    target, name = sample.schema.target, column.name
    stops = share >= STOP_FROM
    found = (
        f"Column {name!r} alone explains {write_share(share)} of the target {target!r} "
        f"in rows it was not fitted on"
    )
    if _is_line(sample, column):
        found = f"Column {name!r} is the target {target!r} itself in other numbers"
    drop = set_role(name, Role.IGNORED)
    advice = (
        f"If it is known only after {target!r} is, drop it with {drop}. "
        f"{_other_way(column, plan)}"
    )
    if stops:
        advice += f"If new rows will have it in time, go on with {accept(Kind.LEAKAGE)}"
    else:
        advice += "If new rows will have it in time, all is well"
    severity: Severity = "stop" if stops else "warn"
    return Problem(Kind.LEAKAGE, severity, name, f"{found}.", f"{advice}.")


def _other_way(column: Column, plan: Plan) -> str:
    """Say what to do if a column tells which row it is, rather than what it is like."""
    if not plan.is_random:
        return ""
    if column.role == Role.DATE and column.n_blank < column.n_filled:
        key = set_key("evaluation.time", column.name)
        return f"If later rows are to be predicted, `evaluation=time_series {key}`. "
    n_values = len(column.distinct)
    names = column.role == Role.CATEGORICAL or names_owner(column.name)
    if names and _MANY_VALUES <= n_values <= column.n_filled / _ROWS_EACH:
        key = set_key("evaluation.group", column.name)
        return f"If new rows have other values, `evaluation=group_kfold {key}`. "
    return ""


def _is_line(sample: Sample, column: Column) -> bool:
    if column.role != Role.NUMERIC or sample.schema.task.has_classes:
        return False
    filled = column.codes >= 0
    if filled.sum() < _FEW or len(column.distinct) < _FEW:
        return False
    values = column.distinct.to_numpy(dtype=np.float64)[column.codes[filled]]
    with np.errstate(over="ignore", invalid="ignore"):
        correlation = np.corrcoef(values, sample.target[filled])[0, 1]
    return bool(abs(correlation) > 1 - _EXACT)
