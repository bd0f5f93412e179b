"""Classes that are too small to be learned from and judged on."""

import numpy as np
from numpy.typing import NDArray

from sweepkit.data.problem import (
    Kind,
    Plan,
    Problem,
    Severity,
    accept,
    count,
    write_share,
)
from sweepkit.data.schema import TableSchema
from sweepkit.tasks import Task

# A tenth of the share that each would have if all were equally frequent.
_SMALL_PART = 0.1
_SHOWN = 5


def check_classes(
    sizes: NDArray[np.intp], in_folds: NDArray[np.intp], schema: TableSchema, plan: Plan
) -> list[Problem]:
    """Find classes too small for folds, or next to which another looms large.

    Args:
        sizes: Rows of each class, in the order of the labels.
        in_folds: The same of the training rows, from which folds are drawn.
        schema: What the labels are.
        plan: How rows are split.
    """
    # Of two classes one that is absent from a fold leaves no metric defined.
    least = plan.n_folds if schema.task is Task.BINARY else 1
    lone = [
        code
        for code, (size, folded) in enumerate(zip(sizes, in_folds, strict=True))
        if size == 1 or folded < least
    ]
    small = [int(c) for c in np.flatnonzero(in_folds < plan.n_folds)]
    small = [code for code in small if code not in lone]
    problems = []
    for codes in (lone, small):
        if codes:
            fewest = int(in_folds[codes].min())
            advice = _advise_small(fewest, plan, schema, stops=codes is lone)
            found = _describe_small(codes, sizes, schema, plan)
            severity: Severity = "stop" if codes is lone else "warn"
            column = schema.target
            problems.append(Problem(Kind.SMALL_CLASS, severity, column, found, advice))
    rare = sizes < _SMALL_PART * sizes.sum() / sizes.size
    if rare.any():
        problems.append(_tell_imbalance(sizes, int(rare.sum()), schema))
    return problems


def _describe_small(
    codes: list[int], sizes: NDArray[np.intp], schema: TableSchema, plan: Plan
) -> str:
    named = [f"{schema.classes[c]!r} ({count(int(sizes[c]), 'row')})" for c in codes]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    verb = "has" if len(codes) == 1 else "have"
    return (
        f"{count(len(codes), 'class')} of the target {schema.target!r} {verb} too few "
        f"rows for {count(plan.n_folds, 'fold')}: {', '.join(named[:_SHOWN])}{more}."
    )


def _advise_small(fewest: int, plan: Plan, schema: TableSchema, *, stops: bool) -> str:
    advice = (
        "Get more such rows, join them with another label, or delete them in the "
        "source."
    )
    if 2 <= fewest < plan.n_folds:
        advice += f" Fewer folds need fewer: `evaluation.n_splits={fewest}`."
    if all(type(label) is int for label in schema.classes):
        advice += " If these are amounts rather than labels, `task=regression`."
    if stops:
        advice += f" To go on all the same, {accept(Kind.SMALL_CLASS)}."
    return advice


def _tell_imbalance(
    sizes: NDArray[np.intp], n_rare: int, schema: TableSchema
) -> Problem:
    least, most = int(np.argmin(sizes)), int(np.argmax(sizes))
    shares = sizes / sizes.sum()
    rarest = f"Label {schema.classes[least]!r} has"
    if n_rare > 1:
        rarest = f"{n_rare} labels are rare; {schema.classes[least]!r} has"
    found = (
        f"{rarest} {write_share(float(shares[least]))} of the rows, "
        f"{schema.classes[most]!r} {write_share(float(shares[most]))}, which is how "
        f"often it is right to say nothing else."
    )
    if schema.task is Task.BINARY:
        advice = (
            "Judge by `evaluation.metric=average_precision`, decide with "
            "`task.threshold=f1`; `task.class_weight=balanced` makes rare rows count "
            "more."
        )
    else:
        advice = (
            "Judge by `evaluation.metric=balanced_accuracy` or `f1`; "
            "`task.class_weight=balanced` makes rare rows count more."
        )
    return Problem(Kind.IMBALANCE, "warn", schema.target, found, advice)
