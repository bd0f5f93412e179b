"""From `serve.py`'s configuration to what the server takes."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sweepkit.errors import ConfigError
from sweepkit.serving.settings import ServerSettings
from sweepkit.tracking import Store


class Choices(NamedTuple):
    """What `serving.command.serve` takes, in its order.

    Attributes:
        settings: The node `serving`.
        store: The node `tracking`.
        model_name: Registered model.
        environment: Environment variables of this process.
    """

    settings: ServerSettings
    store: Store
    model_name: str
    environment: Mapping[str, str]


def read_serving(cfg: DictConfig) -> Choices:
    """Return what a composed configuration says about serving.

    Raises:
        ConfigError: If a value is missing or not one its key can have.
    """
    try:
        serving = OmegaConf.to_container(cfg.serving, resolve=True)
        tracking = OmegaConf.to_container(cfg.tracking, resolve=True)
        model_name = str(cfg.registry.model_name)
    except OmegaConfBaseException as error:
        raise ConfigError(str(error).strip()) from None
    assert isinstance(serving, dict) and isinstance(tracking, dict)
    # The server's log is no place for progress bars, which MLflow draws by default.
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    named = {str(key): value for key, value in serving.items() if key != "examples"}
    store = Store(**{str(key): value for key, value in tracking.items()})
    return Choices(ServerSettings.from_dict(named), store, model_name, dict(os.environ))
