"""Which of several sets of features a table deserves, decided by a quick probe."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from omegaconf import DictConfig, OmegaConf

from sweepkit.evaluation.metrics import Metric, find_metric
from sweepkit.features.candidates import UNDECIDED, Steps, fitting
from sweepkit.models.pipeline import input_columns
from sweepkit.training.probing import KeyedSteps, probe
from sweepkit.training.rows import Rows
from sweepkit.training.settings import build

# Standard errors of three folds. On tables of 1,200 rows whose coordinates mean nothing
# one let a costlier set win in 4 of 10, two in 3.
_ERRORS = 2.0


@dataclass(frozen=True, slots=True)
class Choice:
    """The features to use.

    Attributes:
        name: The candidate chosen; None if there was no choice to make.
        scores: Mean of `evaluation.metric` over the probed folds by candidate, cheap
            ones first; none if only one candidate fits the table.
    """

    name: str | None
    scores: Mapping[str, float] = field(default_factory=dict)


def choose_features(cfg: DictConfig, rows: Rows) -> Choice:
    """Choose among `features.candidates` if `features.chosen` is `auto`.

    A quick probe with small boosted trees is cross-validated on the first folds of the
    training rows with every candidate that fits the table. A costlier candidate must
    be better in most folds, and in the mean by more than twice the standard error of
    its gain. The holdout plays no part.

    Args:
        cfg: The whole configuration; it is left as it is.
        rows: The task's rows.

    Raises:
        ConfigError: If a candidate or the metric cannot be built.
        FitError: If a step refuses the rows.
    """
    if cfg.features.chosen != UNDECIDED:
        return Choice(cfg.features.chosen)
    candidates = _build(cfg)
    names = fitting(candidates, input_columns(rows.schema), rows.train)
    if len(names) < 2:
        return Choice(names[0] if names else None)
    metric = find_metric(cfg.evaluation.metric)
    keyed = {name: _with_keys(cfg, name, candidates[name]) for name in names}
    found = probe(rows, keyed, metric, threads=cfg.threads)
    best = names[0]
    for name in names[1:]:
        best = name if _wins(metric, found[name], found[best]) else best
    return Choice(best, {name: float(np.mean(found[name])) for name in names})


def _build(cfg: DictConfig) -> dict[str, Steps]:
    names = [str(name) for name in cfg.features.candidates]
    root = "features.candidates"
    return {name: build(cfg, f"{root}.{name}.steps") or {} for name in names}


def _with_keys(cfg: DictConfig, candidate: str, steps: Steps) -> KeyedSteps:
    """Return steps by what tells them from those of other candidates."""
    node = OmegaConf.select(cfg, f"features.candidates.{candidate}.steps")
    settings = OmegaConf.to_container(node, resolve=True)
    assert isinstance(settings, dict)
    return {json.dumps([name, settings[name]]): step for name, step in steps.items()}


def _wins(metric: Metric, costly: list[float], cheap: list[float]) -> bool:
    """Tell whether a costlier candidate is clearly better than a cheaper one."""
    sign = 1.0 if metric.direction == "maximize" else -1.0
    gains = sign * (np.asarray(costly) - np.asarray(cheap))
    error = gains.std(ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else 0.0
    return bool(gains.mean() > _ERRORS * error and 2 * np.sum(gains > 0) > len(gains))
