"""The name of a study whose command gives it none."""

from collections.abc import Iterable

from omegaconf import DictConfig, OmegaConf


def derive_name(config: DictConfig, objectives: Iterable[str]) -> str:
    """Return a study's name that says data, model, way of searching and metric."""
    choices = config.hydra.runtime.choices
    search = choices.get("hparams_search") or "sweep"
    model = "all" if config.hydra.sweeper.get("spaces") else choices.get("model")
    data = OmegaConf.select(config, "data.name") or config.hydra.job.name
    parts = [str(data), str(model or "task"), str(search), *objectives]
    if config.hydra.sweeper.get("time_budget") is not None:
        # Its trials have other features; however long it is, it is the same study.
        parts.append("in-time")
    return "-".join(parts)
