"""The features of a configuration, settled before anything is fitted."""

from copy import deepcopy
from functools import partial

from omegaconf import DictConfig, OmegaConf, open_dict

from sweepkit.errors import ConfigError
from sweepkit.features.candidates import UNDECIDED
from sweepkit.training.choosing import Choice, choose_features
from sweepkit.training.prepared import Shelf
from sweepkit.training.rows import Rows
from sweepkit.training.settings import resolve

_choices = Shelf()


def settle_features(cfg: DictConfig, rows: Rows) -> tuple[DictConfig, Choice | None]:
    """Return a configuration that names one set of features, and how it was chosen.

    What is recorded and repeated later is the choice, not the choosing.

    Args:
        cfg: The composed configuration.
        rows: Its table's rows; the holdout plays no part.

    Raises:
        ConfigError: If `features.chosen` names no candidate.
        SweepkitError: If no candidate can be fitted.
    """
    if cfg.features.candidates is None:
        return cfg, None
    choice = None
    name = cfg.features.chosen
    if name == UNDECIDED:
        # The workers of a sweep come here with every trial.
        whole = resolve(cfg)
        decisive = [whole[key] for key in ("data", "task", "evaluation", "features")]
        key = [*decisive, whole["seed"]]
        choice = _choices.fetch(key, partial(choose_features, cfg, rows))
        name = choice.name
    name = str(name or UNDECIDED)
    _check(name, cfg)
    settled = deepcopy(cfg)
    with open_dict(settled):
        steps = resolve(cfg)["features"]["candidates"][name]["steps"]
        settled.features.chosen = name
        settled.features.steps = OmegaConf.create(steps)
        settled.features.candidates = None
    return settled, choice


def _check(name: str, cfg: DictConfig) -> None:
    known = [str(key) for key in cfg.features.candidates]
    if name not in known:
        raise ConfigError(
            f"features.chosen is {name!r}; choose {UNDECIDED} or one of "
            f"{', '.join(key for key in known if key != UNDECIDED)}."
        )
