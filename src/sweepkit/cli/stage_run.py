"""What a run put on record of its model's quality, read back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlflow.exceptions import MlflowException

from sweepkit.cli.place import Place
from sweepkit.errors import RegistryError, StoreError
from sweepkit.registry.evidence import PREDICTIONS, Predictions
from sweepkit.training.run_file import RunFile

_REPORT = "evaluation_report.json"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A run's own judgement of its model.

    Attributes:
        report: Its `evaluation_report.json`.
        predictions: What the model said of the holdout rows.
    """

    report: Mapping[str, Any]
    predictions: Predictions

    @property
    def numbers(self) -> dict[str, float]:
        """Every score by its name in MLflow, and how many rows are behind them."""
        counts = {name: self.report[name] for name in ("n_train", "n_holdout")}
        return {**self.report["scores"], **counts}

    @property
    def folds(self) -> tuple[dict[str, float], ...]:
        """Scores of each fold, in fold order."""
        return tuple(
            {name: value for name, value in fold.items() if name != "step"}
            for fold in self.report["folds"]
        )


def fetch_verdict(place: Place, run: RunFile) -> Verdict:
    """Read what a run's record says of its model.

    Raises:
        RegistryError: If the store has no such run, or the run lost its files.
        StoreError: If the store cannot be read.
    """
    client = place.store.client
    try:
        with place.store.guard(), TemporaryDirectory(prefix="sweepkit-") as folder:
            report = Path(client.download_artifacts(run.run_id, _REPORT, folder))
            rows = Path(client.download_artifacts(run.run_id, PREDICTIONS, folder))
            return Verdict(
                json.loads(report.read_text(encoding="utf-8")), Predictions.load(rows)
            )
    except (MlflowException, StoreError) as error:
        raise RegistryError(
            f"Run {run.run_id} has no record to work from: {error} Train again "
            f"(`dvc repro --force`), or name the store it is in: tracking=..."
        ) from error
