"""What is suspicious about a table, said before time is spent on it."""

import sys

from sweepkit.data.holdout import Split
from sweepkit.data.problems import Plan, check_accepted, find_problems, write_warnings
from sweepkit.training.rows import Rows
from sweepkit.training.settings import Settings


def examine(settings: Settings, rows: Rows) -> tuple[str, ...]:
    """Return what is suspicious about the rows of a trial, each with what to do.

    Raises:
        DataError: If `data.accept` names no kind of problem.
    """
    accept, evaluation = settings["data"]["accept"], settings["evaluation"]
    check_accepted(accept)
    plan = Plan(
        n_folds=round(len(rows.train) / len(rows.folds[0][1])),
        group=evaluation["group"],
        time=evaluation["time"],
    )
    parts = Split(
        train=rows.table.loc[rows.train.index],
        holdout=rows.table.loc[rows.holdout.index],
    )
    problems = find_problems(rows.table, rows.schema, holdout=parts, plan=plan)
    return tuple(write_warnings(problems, accept))


def print_warnings(warnings: tuple[str, ...]) -> None:
    """Write warnings to standard error, one a line."""
    for warning in warnings:
        print(f"Warning: {warning}", file=sys.stderr)
