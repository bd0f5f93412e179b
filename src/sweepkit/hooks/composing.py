"""The configuration of one trial, composed as Hydra composes that of a job."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict, read_write


@contextmanager
def composed(
    config: DictConfig, overrides: Sequence[str], number: int, folder: Path
) -> Iterator[DictConfig]:
    """Compose a trial's configuration and speak for it as `HydraConfig` for a block.

    Args:
        config: The configuration of the whole sweep.
        overrides: The trial's words.
        number: Its number.
        folder: Its output directory.
    """
    job = (
        GlobalHydra.instance()
        .config_loader()
        .load_configuration(
            config_name=config.hydra.job.config_name,
            # Those of the sweeper and the launcher do not compose outside of the sweep.
            overrides=[word for word in overrides if not _is_of_hydra(word)],
            run_mode=RunMode.RUN,
        )
    )
    OmegaConf.copy_cache(from_config=config, to_config=job)
    with read_write(job.hydra), open_dict(job.hydra):
        job.hydra.runtime.output_dir = str(folder)
        job.hydra.job.id, job.hydra.job.num = str(number), number
        job.hydra.mode = RunMode.RUN  # nothing runs beside it: all cores are its own
    before = HydraConfig.instance().cfg
    HydraConfig.instance().set_config(job)
    try:
        cfg = deepcopy(job)
        with open_dict(cfg):
            del cfg["hydra"]
        yield cfg
    finally:
        HydraConfig.instance().cfg = before


def _is_of_hydra(word: str) -> bool:
    name = word.lstrip("+~")
    return name.startswith(("hydra.", "hydra/"))
