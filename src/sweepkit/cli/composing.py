"""The configuration that `train.py` would compose from the same words."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.utils import execution_whitelist
from omegaconf import DictConfig, open_dict
from omegaconf.errors import OmegaConfBaseException

from sweepkit.config import TRUSTED, register
from sweepkit.config.packaged import find_packaged
from sweepkit.errors import ConfigError


@contextmanager
def composed(
    words: Sequence[str],
    folder: Path = Path("conf"),
    *,
    name: str = "train",
    trust: Sequence[str] = (),
) -> Iterator[DictConfig]:
    """Compose a configuration for a block, in which its references resolve.

    Args:
        words: Overrides as `train.py` takes them, such as `tracking=server`.
        folder: Where the YAML files are; those of the package stand behind them.
        name: The primary one of them.
        trust: Packages beyond `TRUSTED` whose classes it may name. Composing may have
            to read the table, and so to build its source.

    Raises:
        ConfigError: If there is no such folder, or the words are no overrides of it.
    """
    _check_folder(folder, name)
    _check_words(words)
    register()
    _find_own_code(folder)
    with (
        initialize_config_dir(str(folder.absolute()), job_name="sweepkit"),
        execution_whitelist([*TRUSTED, *trust]),
        _speaking(_compose(words, name)) as cfg,
    ):
        yield cfg


def _check_folder(folder: Path, name: str) -> None:
    packaged = find_packaged(f"conf/{name}.yaml")
    has_own = (folder / f"{name}.yaml").is_file()
    # A folder that is not there is a wrong place, not one that adds nothing.
    if not folder.is_dir() or not (has_own or packaged):
        raise ConfigError(
            f"{folder.absolute()} has no {name}.yaml. Run `sweepkit` in the project's "
            f"folder, name its configuration: `--conf path/to/conf`, or begin a folder "
            f"of your own: `sweepkit init FOLDER`."
        )


def _find_own_code(folder: Path) -> None:
    """Let packages beside the configuration be imported, as `train.py` there can."""
    own = str(folder.absolute().parent)
    if own not in sys.path:
        sys.path.append(own)  # last: a file there must not stand in for a library's


def _check_words(words: Sequence[str]) -> None:
    # Hydra would tell of its grammar, which is not what went wrong.
    strangers = [word for word in words if "=" not in word and not word.startswith("~")]
    if strangers:
        raise ConfigError(
            f"{strangers[0]!r} is no setting; after a command's own words come "
            f"overrides only, such as tracking=server. See `sweepkit --help`."
        )


def _compose(words: Sequence[str], name: str) -> DictConfig:
    try:
        return compose(name, overrides=list(words), return_hydra_config=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(str(error).strip()) from error


@contextmanager
def _speaking(composed: DictConfig) -> Iterator[DictConfig]:
    """Let `${hydra:...}` resolve, which needs a job where there is none."""
    with open_dict(composed.hydra):
        composed.hydra.job.id, composed.hydra.job.num = "0", 0
        composed.hydra.runtime.output_dir = str(Path("outputs", "sweepkit").absolute())
    before = HydraConfig.instance().cfg
    HydraConfig.instance().set_config(composed)
    try:
        cfg = composed.copy()
        with open_dict(cfg):
            del cfg["hydra"]
        yield cfg
    finally:
        HydraConfig.instance().cfg = before
