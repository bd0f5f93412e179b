"""Which set of features a sweep with a time budget uses: tried, then fixed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hydra.core.config_loader import ConfigLoader
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from sweepkit.errors import ConfigError
from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.scenes import Stage
from sweepkit.sweep.space import SearchSpace
from sweepkit.sweep.standing import is_better

if TYPE_CHECKING:  # the sweep's own process does without pandas
    import pandas as pd

    from sweepkit.data.schema import TableSchema

GROUP, CHOICE = "features", "auto"
CHOSEN = "features.chosen"
_ROOT = "features.candidates"


def is_open(space: SearchSpace, typed: Sequence[str], loader: ConfigLoader) -> bool:
    """Tell whether nobody has said which features to use, and there is a choice.

    Args:
        space: What is searched.
        typed: Override keys of the command line.
        loader: Hydra's way to the files.
    """
    keys = {*typed, *space.entries}
    said = any(key == GROUP or key.startswith(f"{GROUP}.") for key in keys)
    return not said and CHOICE in loader.get_group_options(GROUP)


def find_candidates(
    stage: Stage, table: "pd.DataFrame", schema: "TableSchema"
) -> list[str]:
    """Return the names of the feature sets that this table has the columns for.

    Args:
        stage: Composes the configuration with `features=auto`.
        table: The whole table.
        schema: What its columns hold.

    Returns:
        Cheap ones first.

    Raises:
        ConfigError: If a candidate cannot be built.
    """
    # Here: they import scikit-learn, for which only a sweep with a choice waits.
    from sweepkit.features.candidates import fitting
    from sweepkit.models.pipeline import input_columns

    config = stage.compose(f"{GROUP}={CHOICE}").config
    return fitting(_build(config), input_columns(schema), table)


def choose(
    names: Sequence[str], found: Mapping[str, Outcome], metric: str, direction: str
) -> str | None:
    """Return the best set of features so far; a costlier one must win clearly.

    Clearly is in the mean and in most folds: five folds draw a hair's breadth by luck,
    and every trial to come pays for what a set costs.

    Args:
        names: Candidates, cheap ones first.
        found: Name to the trial that tells of it, as far as these have ended.
        metric: Name of the folds' score that is compared.
        direction: `minimize` or `maximize`.

    Returns:
        None until one is complete.
    """
    best: str | None = None
    for name in names:
        outcome = found.get(name)
        if outcome is None or outcome.state is not State.COMPLETE:
            continue
        if best is None or _wins(outcome, found[best], metric, direction):
            best = name
    return best


def _build(config: DictConfig) -> dict[str, Any]:
    try:
        return {
            str(name): instantiate(node.steps, _convert_="all") or {}
            for name, node in OmegaConf.select(config, _ROOT).items()
        }
    except InstantiationException as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(
            f"A candidate of {_ROOT} cannot be built: {reason}"
        ) from error


def _wins(costly: Outcome, cheap: Outcome, metric: str, direction: str) -> bool:
    if not is_better(costly.values[0], cheap.values[0], direction):
        return False
    pairs = [
        (one[metric], other[metric])
        for one, other in zip(costly.folds, cheap.folds, strict=False)
        if metric in one and metric in other
    ]
    won = sum(is_better(one, other, direction) for one, other in pairs)
    return 2 * won > len(pairs) or not pairs
