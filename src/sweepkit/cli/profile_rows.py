"""What the tables of a profile show, as plain strings."""

from typing import Any

from sweepkit.cli.profile_words import (
    SIGNS,
    Shown,
    write_content,
    write_relation,
    write_short,
)
from sweepkit.data.problem import write_share
from sweepkit.data.problems import keep_told
from sweepkit.sweep.wording import plain

Row = dict[str, Any]
MEANINGS = {
    "rank correlation": "rank correlation, \N{MINUS SIGN}1 to 1",
    "correlation ratio": "correlation ratio, 0 to 1",
    "ROC AUC": "area under the ROC curve, 0.5 for none",
    "Cramer's V": "Cramér's V, 0 to 1",
}
ALONE = "share of the target that the column explains by itself in rows not fitted on"


def list_features(shown: Shown) -> list[Row]:
    """Return the columns to learn from, the most telling ones first."""
    kinds: dict[str | None, dict[str, str]] = {}
    for problem in keep_told(shown.report.problems, shown.accept):
        kinds.setdefault(problem.column, {})[problem.kind] = problem.severity
    return [
        {
            "name": plain(column.name),
            "role": str(column.role),
            "dtype": column.dtype,
            "blank": write_share(column.blank_share) if column.blank_share else "",
            "values": f"{column.n_distinct:,}",
            "content": write_content(column),
            "short": write_short(column),
            "relation": write_relation(column),
            "measure": column.relation.measure if column.relation else "",
            "alone": f"{column.alone or 0:.0%}",
            "percent": round(100 * (column.alone or 0), 1),
            "column": column,
            "kinds": [k.replace("_", " ") for k in kinds.get(column.name, {})],
            "stops": "stop" in kinds.get(column.name, {}).values(),
        }
        for column in shown.report.features
    ]


def list_measures(rows: list[Row]) -> dict[str, str]:
    """Return the sign and the meaning of each measure that occurs."""
    found = dict.fromkeys(row["measure"] for row in rows if row["measure"])
    return {SIGNS[name]: MEANINGS[name] for name in found}


def list_left_out(shown: Shown) -> list[Row]:
    """Return the columns that no model is given, and what for."""
    return [
        {"name": plain(column.name), "role": str(column.role), "dtype": column.dtype}
        for column in shown.report.left_out
    ]
