"""The command `profile`: a table described before anything is trained on it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sweepkit.cli.composing import composed
from sweepkit.cli.printing import print_json
from sweepkit.cli.profile_page import write_profile
from sweepkit.cli.profile_screen import print_profile
from sweepkit.cli.profile_words import Shown
from sweepkit.data.holdout import Split
from sweepkit.data.problems import Plan, check_accepted, find_problems
from sweepkit.data.table_report import describe_table
from sweepkit.training.check import check_settings
from sweepkit.training.rows import Rows, read_rows
from sweepkit.training.settings import Settings, resolve


def profile_source(
    words: Sequence[str],
    conf: Path,
    html: Path | None = None,
    trust: Sequence[str] = (),
    *,
    as_json: bool,
) -> None:
    """Read and split the table as training would; print what it holds.

    Args:
        words: Overrides as `train.py` takes them.
        conf: Where the YAML files are.
        html: A page to write, or None.
        trust: Packages whose classes the configuration may name.
        as_json: Whether to print JSON instead of a table.

    Raises:
        ConfigError: If the configuration cannot work.
        DataError: If the table cannot be read, typed, split or folded.
        DiskError: If the page cannot be written.
    """
    with composed(words, conf, trust=trust) as cfg:
        settings = resolve(cfg)
        check_settings(settings)
        check_accepted(settings["data"]["accept"])
        rows = read_rows(cfg)
    shown = _examine(settings, rows, words)
    if html is not None:
        write_profile(shown, html)
    if as_json:
        print_json(_as_record(shown, rows))
    else:
        print_profile(shown, {"page": str(html)} if html else {})


def _examine(settings: Settings, rows: Rows, words: Sequence[str]) -> Shown:
    table, data, evaluation = rows.table, settings["data"], settings["evaluation"]
    split = Split(
        train=table.loc[rows.train.index], holdout=table.loc[rows.holdout.index]
    )
    _, tested = rows.folds[0]
    plan = Plan(
        n_folds=max(1, round(len(rows.train) / len(tested))),
        group=evaluation["group"],
        time=evaluation["time"],
    )
    problems = find_problems(table, rows.schema, holdout=split, plan=plan)
    return Shown(
        report=describe_table(table, rows.schema, problems),
        name=data["name"],
        unit=data["target_unit"],
        accept=tuple(data["accept"]),
        words=tuple(words),
    )


def _as_record(shown: Shown, rows: Rows) -> dict[str, Any]:
    return {
        "name": shown.name,
        **shown.report.to_dict(),
        "n_train": len(rows.train),
        "n_holdout": len(rows.holdout),
        "accepted": list(shown.accept),
        "stops": [
            problem.kind for problem in shown.stops if problem.kind not in shown.accept
        ],
    }
