"""A profile as a page: one file that needs nothing else."""

import shlex
from pathlib import Path
from typing import Any

from sweepkit.cli.profile_rows import ALONE, list_features, list_left_out, list_measures
from sweepkit.cli.profile_words import (
    Shown,
    write_point,
    write_rows,
    write_target,
    write_verdict,
)
from sweepkit.data.described import ColumnReport
from sweepkit.data.problem import Problem, write_share
from sweepkit.evaluation.files import write_file
from sweepkit.evaluation.page import render_page
from sweepkit.sweep.wording import plain
from sweepkit.tracking.redact import redact

TEMPLATE = Path(__file__).with_name("profile.html.j2")
Row = dict[str, Any]
# Of a drawing 24 bars wide, whatever its size on the page.
_HEIGHT = 100


def write_profile(shown: Shown, path: Path) -> None:
    """Write the page; missing folders are made.

    Raises:
        DiskError: If the file cannot be written.
    """
    features = list_features(shown)
    page = render_page(
        TEMPLATE,
        name=shown.name,
        rows=write_rows(shown),
        target=shown.report.target.name,
        predicted=write_target(shown),
        drawing=_draw(shown.report.target, sum(shown.report.target.bars)),
        verdict=write_verdict(shown),
        is_stopped=any(problem.kind not in shown.accept for problem in shown.stops),
        problems=[_list_problem(shown, problem) for problem in shown.told],
        features=[
            row | _draw(row["column"], shown.report.n_examined) for row in features
        ],
        measures=list_measures(features),
        alone=ALONE,
        left_out=list_left_out(shown),
        command=redact(shlex.join(("sweepkit", "profile", *shown.words))),
        links=[],
    )
    write_file(path, page)


def _list_problem(shown: Shown, problem: Problem) -> Row:
    stops = problem.severity == "stop"
    accepted = problem.kind in shown.accept
    word = "stops a sweep" if stops else "warning"
    return {
        "kind": problem.kind.replace("_", " "),
        "stops": stops,
        "word": "accepted" if stops and accepted else word,
        "found": plain(problem.found),
        "advice": _part(plain(problem.advice)),
    }


def _part(advice: str) -> list[Row]:
    """Return text in parts; every second one is to be typed as it is."""
    return [
        {"text": part, "typed": bool(number % 2)}
        for number, part in enumerate(advice.split("`"))
        if part
    ]


def _draw(column: ColumnReport, n_rows: int) -> Row:
    """Return bars of a distribution, or the commonest values with their widths."""
    most = max(column.bars, default=0) or 1
    return {
        "bars": [
            # A bar that stands for rows is never invisible.
            {"x": x, "y": _HEIGHT - height, "height": height}
            for x, n in enumerate(column.bars)
            if (height := max(3.0, _HEIGHT * n / most) if n else 0.0)
        ],
        "label": _label(column, n_rows),
        "begin": write_point(column.bars_from),
        "end": write_point(column.bars_to),
        "top": [
            {
                "value": plain(value),
                "share": write_share(share),
                "width": round(100 * share, 1),
            }
            for value, share in column.top
        ],
    }


def _label(column: ColumnReport, n_rows: int) -> str:
    if not column.bars:
        return ""
    begin, end = write_point(column.bars_from), write_point(column.bars_to)
    return f"{n_rows:,} rows from {begin} to {end} in {len(column.bars)} intervals"
