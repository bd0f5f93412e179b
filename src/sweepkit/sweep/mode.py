"""A search is asked for by two words: `hparams_search=...` and `-m`."""

from collections.abc import Iterable

from omegaconf import DictConfig

from sweepkit.errors import ConfigError

GROUP = "hparams_search"
BUDGET = "time_budget"


def refuse_single_run(
    hydra_config: DictConfig, time_budget: float | None = None
) -> None:
    """Refuse a search without `-m`, which would train one model only.

    A time budget asks for one as well.

    Args:
        hydra_config: The node `hydra` of the job's configuration.
        time_budget: The job's `time_budget`.

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
    typed = [words for words in hydra_config.overrides.task if _is_budget(words)]
    if (time_budget is None and not typed) or BUDGET in hydra_config.sweeper:
        return
    words = typed[-1] if typed else f"{BUDGET}={time_budget:g}"
    raise ConfigError(
        f"{words} limits a search, and this is none: add -m and {GROUP}=..., as in "
        f"`python {hydra_config.job.name}.py -m {GROUP}=optuna_all {words}`."
    )


def without_search(overrides: Iterable[str]) -> tuple[str, ...]:
    """Return the words that repeat a trial on its own, with a plain `train.py`."""
    return tuple(
        words
        for words in overrides
        if not words.startswith(f"{GROUP}=") and not _is_budget(words)
    )


def _is_budget(words: str) -> bool:
    key, _, value = words.lstrip("+").partition("=")
    return key == BUDGET and value != "null"
