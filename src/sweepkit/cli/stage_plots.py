"""Tables that `dvc plots` draws: predictions, folds, importance."""

from pathlib import Path

import numpy as np

from sweepkit.cli.stage_files import write_rows
from sweepkit.cli.stage_run import Verdict
from sweepkit.registry.evidence import Predictions

# A browser draws a few thousand points at once, and more hide each other.
MAX_POINTS = 1000


def write_plots(verdict: Verdict, folder: Path, *, seed: int) -> None:
    """Write `predictions.csv`, `folds.csv` and `importance.csv`.

    Args:
        verdict: What a run's record says of its model.
        folder: Where to write; it is made.
        seed: Of the draw of at most 1,000 holdout rows.

    Raises:
        DiskError: If a file cannot be written.
    """
    columns = ("row", "actual", "predicted")
    write_rows(folder / "predictions.csv", columns, _draw(verdict.predictions, seed))
    metrics = list(verdict.folds[0]) if verdict.folds else []
    folds = [
        (step, *(fold.get(name, "") for name in metrics))
        for step, fold in enumerate(verdict.folds)
    ]
    write_rows(folder / "folds.csv", ("fold", *metrics), folds)
    importance = [
        (entry["column"], entry.get("loss", ""), entry.get("spread", ""))
        for entry in verdict.report["importance"]
    ]
    write_rows(folder / "importance.csv", ("column", "loss", "spread"), importance)


def _draw(known: Predictions, seed: int) -> list[tuple[object, float, float]]:
    """Return some of the rows, in their order in the holdout."""
    order = np.random.default_rng(seed).permutation(len(known.rows))
    picked = np.sort(order[:MAX_POINTS])
    return [
        (known.rows[i], float(known.actual[i]), float(known.predicted[i]))
        for i in picked
    ]
