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
    known = verdict.predictions
    columns = ["row", "actual", "predicted"]
    columns += [f"probability_{label}" for label in known.classes]
    write_rows(folder / "predictions.csv", columns, _draw(known, seed))
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


def _draw(known: Predictions, seed: int) -> list[tuple[object, ...]]:
    """Return some of the rows, in their order in the holdout."""
    order = np.random.default_rng(seed).permutation(len(known.rows))
    return [_write(known, place) for place in np.sort(order[:MAX_POINTS])]


def _write(known: Predictions, place: int) -> tuple[object, ...]:
    pair = (float(known.actual[place]), float(known.predicted[place]))
    if known.probabilities is None:
        return (known.rows[place], *pair)
    labels = (known.classes[int(code)] for code in pair)
    return (known.rows[place], *labels, *known.probabilities[place].tolist())
