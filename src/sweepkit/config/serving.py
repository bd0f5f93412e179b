"""From `serve.py`'s configuration to what the server takes."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
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
        environment: Environment variables for the workers.
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
    environment = with_own_code(os.environ, _find_script())
    return Choices(ServerSettings.from_dict(named), store, model_name, environment)


def with_own_code(
    environment: Mapping[str, str], script: Path | None
) -> dict[str, str]:
    """Return variables by which workers import what the running script can.

    A model may be made of classes in a package beside `serve.py`, and workers are
    Python processes that look into no folder by themselves.

    Args:
        environment: Variables of this process.
        script: The script it runs; None adds nothing.
    """
    if script is None:
        return dict(environment)
    paths = [environment.get("PYTHONPATH", ""), str(script.absolute().parent)]
    return {**environment, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _find_script() -> Path | None:
    script = getattr(sys.modules["__main__"], "__file__", None)
    # With `python -P` not even this process looks beside it.
    return None if script is None or sys.flags.safe_path else Path(script)
