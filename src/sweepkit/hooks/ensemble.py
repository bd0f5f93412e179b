"""The configuration of trials joined to one model: `model=ensemble` with members."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf, open_dict

from sweepkit.hooks.composing import composed
from sweepkit.hooks.joining import Joined
from sweepkit.sweep.outcome import Outcome
from sweepkit.training.settings import resolve

_ENSEMBLE = "ensemble"
_LISTS = ("requirements", "trusted_types")


def configure_ensemble(
    config: DictConfig, best: DictConfig, joined: Joined, folder: Path
) -> DictConfig:
    """Return the best trial's configuration with the ensemble as its model.

    Everything is written out, boosting rounds too: whoever repeats it needs neither
    the sweep nor its folds.

    Args:
        config: The configuration of the whole sweep.
        best: That of the best trial, features settled.
        joined: The trials and their weights.
        folder: Where figures and reports are written.

    Raises:
        ConfigError: If a trial cannot be composed any more.
    """
    nodes = [_read_model(config, one, folder) for one in joined.members]
    first = joined.members[0]
    words = [word for word in first.overrides if not _is_of_model(word)]
    with composed(config, [*words, f"model={_ENSEMBLE}"], first.number, folder) as cfg:
        model = resolve(cfg)["model"]
    members = {
        f"trial_{one.number}": {
            "weight": count,
            "inputs": node["inputs"],
            "estimator": node["estimator"],
        }
        for one, count, node in zip(joined.members, joined.counts, nodes, strict=True)
    }
    model["name"] = _ENSEMBLE
    model["estimator"]["members"] = members
    model["clip_predictions"] = all(node["clip_predictions"] for node in nodes)
    for key in _LISTS:
        model[key] = sorted({word for node in (model, *nodes) for word in node[key]})
    with open_dict(best):
        for key in model.keys() - {"inputs"}:  # each member has its own
            OmegaConf.update(best, f"model.{key}", model[key], merge=False)
    return best


def _is_of_model(word: str) -> bool:
    key = word.lstrip("+~").partition("=")[0]
    return key.partition("@")[0].partition(".")[0] == "model"


def _read_model(config: DictConfig, one: Outcome, folder: Path) -> dict[str, Any]:
    """Return a trial's node `model`, with the rounds its folds have agreed on."""
    with composed(config, one.overrides, one.number, folder) as cfg:
        node: Mapping[str, Any] = resolve(cfg)["model"]
    estimator = dict(node["estimator"])
    if one.rounds is not None:
        estimator["n_estimators"] = one.rounds
    return {**node, "estimator": estimator}
