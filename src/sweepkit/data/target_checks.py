"""Too few rows, and targets that hardly vary."""

import numpy as np
from numpy.typing import NDArray

from sweepkit.data.class_checks import check_classes
from sweepkit.data.problem import Kind, Plan, Problem, Severity, accept, count
from sweepkit.data.schema import TableSchema

_FEW_PER_FOLD = 20
# Nineteen of twenty rows.
_LARGE_SHARE = 0.95


def check_target(
    target: NDArray[np.float64],
    trained: NDArray[np.float64],
    schema: TableSchema,
    plan: Plan,
) -> list[Problem]:
    """Find what in the number of rows and in the target spoils folds and scores.

    Args:
        target: Values or codes of all rows, shape (n_rows,).
        trained: The same of the training rows, from which folds are drawn.
        schema: What is predicted.
        plan: How rows are split.
    """
    problems = _check_rows(trained.size, len(schema.features), plan)
    if schema.task.has_classes:
        sizes = np.bincount(target.astype(np.intp), minlength=len(schema.classes))
        in_folds = np.bincount(trained.astype(np.intp), minlength=len(schema.classes))
        return problems + check_classes(sizes, in_folds, schema, plan)
    return problems + _check_variation(trained, plan)


def _check_rows(n_rows: int, n_features: int, plan: Plan) -> list[Problem]:
    problems = []
    per_fold = n_rows // plan.n_folds
    if per_fold < _FEW_PER_FOLD:
        found = (
            f"Each of {count(plan.n_folds, 'fold')} is judged on about "
            f"{count(per_fold, 'row')} only; scores will hang on which rows these are."
        )
        advice = (
            "Judge each row several times with `evaluation=repeated_kfold`, and take "
            "small differences for chance."
        )
        problems.append(Problem(Kind.FEW_ROWS, "warn", None, found, advice))
    if n_features > n_rows:
        found = (
            f"There are {count(n_features, 'column')} to learn from and "
            f"{count(n_rows, 'training row')}; some columns will fit by chance."
        )
        advice = "Drop columns with `data.ignored=[...]`, or try `model=linear` first."
        problems.append(Problem(Kind.FEW_ROWS, "warn", None, found, advice))
    return problems


def _check_variation(trained: NDArray[np.float64], plan: Plan) -> list[Problem]:
    values, counts = np.unique(trained, return_counts=True)
    value, n_others = values[np.argmax(counts)], trained.size - int(counts.max())
    if n_others >= plan.n_folds and n_others >= (1 - _LARGE_SHARE) * trained.size:
        return []
    stops = n_others < plan.n_folds
    found = (
        f"The target is {value:g} in all but {count(n_others, 'row')} of "
        f"{count(trained.size, 'training row')}"
    )
    if stops:
        found += f", so it does not vary in each of {count(plan.n_folds, 'fold')}"
    advice = (
        "Change `data.target`, or leave the other rows out; whether it is "
        f"{value:g} at all may be a question of its own (two labels, `task=binary`)."
    )
    if stops:
        advice += f" To go on all the same, {accept(Kind.CONSTANT_TARGET)}."
    severity: Severity = "stop" if stops else "warn"
    return [Problem(Kind.CONSTANT_TARGET, severity, None, f"{found}.", advice)]
