"""What a run put on record of itself: configuration, environment, scores, files."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sweepkit.config.schema import EvaluationConfig, TaskConfig
from sweepkit.errors import RegistryError
from sweepkit.registry.evidence import PREDICTIONS, Predictions
from sweepkit.registry.files import fetch_file
from sweepkit.tracking import OpenStore

_LACKING = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A run's own words.

    Attributes:
        cfg: Its configuration, resolved, without `tracking`.
        environment: Lines of `name==version`.
        metrics: Last value of each metric.
        params: Its parameters, as text.
    """

    cfg: DictConfig
    environment: str
    metrics: Mapping[str, float]
    params: Mapping[str, str]


def read_recorded(store: OpenStore, run_id: str) -> Recorded:
    """Read a run's configuration, environment and scores.

    Raises:
        RegistryError: If the run is gone or lost its files.
        StoreError: If the store cannot be read.
    """
    with store.guard(), TemporaryDirectory(prefix="sweepkit-") as folder:
        run = _find(store, run_id)
        config, environment = (
            _read(store, run, name, Path(folder))
            for name in ("config.yaml", "environment.txt")
        )
    try:
        cfg = OmegaConf.create(config)
    except (OmegaConfBaseException, ValueError) as error:
        raise _lost(run_id, f"its config.yaml cannot be read ({error})") from None
    assert isinstance(cfg, DictConfig)
    return Recorded(
        cfg=_complete(cfg),
        environment=environment,
        metrics=run.data.metrics,
        params=run.data.params,
    )


def read_predictions(store: OpenStore, run_id: str) -> Predictions | None:
    """Return what a run's model said of its holdout rows; None if it kept nothing.

    Raises:
        RegistryError: If the run is gone.
        StoreError: If the store cannot be read.
    """
    with store.guard(), TemporaryDirectory(prefix="sweepkit-") as folder:
        location = _find(store, run_id).info.artifact_uri
        file = fetch_file(store, location, PREDICTIONS, Path(folder))
        return None if file is None else Predictions.load(file)


def _complete(cfg: DictConfig) -> DictConfig:
    """Add settings that the package did not have when an old run was made."""
    known: dict[str, Any] = {
        "model": {"early_stopping": None},
        "features": {"chosen": None, "candidates": None},
        "time_budget": None,
        "ensemble": None,
    }
    if "task" not in cfg:
        task = asdict(TaskConfig(name="regression", kind="regressor"))
        known["task"] = task | {"metric": cfg.evaluation.metric}
        known["evaluation"] = asdict(EvaluationConfig())
    completed = OmegaConf.merge(known, cfg)
    assert isinstance(completed, DictConfig)
    return completed


def _find(store: OpenStore, run_id: str) -> Run:
    try:
        return store.client.get_run(run_id)
    except MlflowException as error:
        if error.error_code not in _LACKING:
            raise
        raise _lost(run_id, "the store does not have it") from None


def _read(store: OpenStore, run: Run, name: str, folder: Path) -> str:
    file = fetch_file(store, run.info.artifact_uri, name, folder)
    if file is None:
        raise _lost(run.info.run_id, f"it has no {name}")
    return file.read_text(encoding="utf-8")


def _lost(run_id: str, found: str) -> RegistryError:
    return RegistryError(
        f"Run {run_id or 'without a name'} has no record to work from: {found}. "
        f"Versions made by train.py have config.yaml and environment.txt among the "
        f"files of their run."
    )
