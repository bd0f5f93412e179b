"""Tell a problem that many columns have once."""

from collections.abc import Iterable
from dataclasses import replace

from sweepkit.data.problem import Kind, Problem

_MOST_ALONE, _SHOWN = 3, 8


def join_alike(problems: Iterable[Problem]) -> list[Problem]:
    """Join warnings of one kind about more than three columns into the first of them.

    What stops is always told one by one.
    """
    by_kind: dict[Kind, list[Problem]] = {}
    problems = list(problems)
    for problem in problems:
        if problem.severity == "warn" and problem.column is not None:
            by_kind.setdefault(problem.kind, []).append(problem)
    many = {kind: alike for kind, alike in by_kind.items() if len(alike) > _MOST_ALONE}
    told = []
    for problem in problems:
        alike = many.get(problem.kind, []) if problem.severity == "warn" else []
        if problem not in alike:
            told.append(problem)
        elif problem is alike[0]:
            told.append(_join(alike))
    return told


def _join(alike: list[Problem]) -> Problem:
    first, *others = alike
    names = ", ".join(repr(problem.column) for problem in others[:_SHOWN])
    more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
    found = f"{first.found} It is alike with {len(others)} others: {names}{more}."
    return replace(first, found=found)
