"""What a run put on record of itself: configuration, environment, scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow.exceptions import MlflowException
from omegaconf import DictConfig, OmegaConf

from sweepkit.errors import RegistryError, StoreError
from sweepkit.tracking import OpenStore


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
    try:
        with store.guard(), TemporaryDirectory(prefix="sweepkit-") as folder:
            data = store.client.get_run(run_id).data
            config, environment = (
                _read(store, run_id, name, folder)
                for name in ("config.yaml", "environment.txt")
            )
    except (MlflowException, StoreError) as error:
        raise RegistryError(
            f"Run {run_id} has no record to work from: {error} Versions made by "
            f"train.py have config.yaml and environment.txt among their files."
        ) from error
    cfg = OmegaConf.create(config)
    assert isinstance(cfg, DictConfig)
    return Recorded(
        cfg=cfg, environment=environment, metrics=data.metrics, params=data.params
    )


def _read(store: OpenStore, run_id: str, name: str, folder: str) -> str:
    path = store.client.download_artifacts(run_id, name, folder)
    return Path(path).read_text(encoding="utf-8")
