"""A search is asked for by two words: `hparams_search=...` and `-m`."""

from collections.abc import Iterable

from omegaconf import DictConfig

from sweepkit.errors import ConfigError

GROUP = "hparams_search"


def refuse_single_run(hydra_config: DictConfig) -> None:
    """Refuse `hparams_search=...` without `-m`, which would train one model only.

    Args:
        hydra_config: The node `hydra` of the job's configuration.

    Raises:
        ConfigError: With the word that is missing.
    """
    from hydra.types import RunMode

    search = hydra_config.runtime.choices.get(GROUP)
    if search is not None and hydra_config.mode != RunMode.MULTIRUN:
        raise ConfigError(
            f"{GROUP}={search} searches only in a sweep: add -m, as in "
            f"`python {hydra_config.job.name}.py -m {GROUP}={search}`."
        )


def without_search(overrides: Iterable[str]) -> tuple[str, ...]:
    """Return the words that repeat a trial on its own, with a plain `train.py`."""
    return tuple(words for words in overrides if not words.startswith(f"{GROUP}="))
