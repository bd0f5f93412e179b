"""A search space is held against the real configuration before the first trial."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode

import sweepkit.sweep.plugin
import sweepkit.sweep.plugin_pool  # noqa: F401  # Hydra does it by entry points
from sweepkit.config import register
from sweepkit.errors import ConfigError
from sweepkit.sweep.checks import check_space, defaults_of
from sweepkit.sweep.reading import read_space

CONF = Path(__file__).parents[2] / "conf"


class CountingLoader:
    """Hydra's loader, with a count of what it composed for trials."""

    def __init__(self, loader):
        self.loader = loader
        self.composed = 0

    def get_group_options(self, group):
        return self.loader.get_group_options(group)

    def load_sweep_config(self, config, overrides):
        self.composed += 1
        return self.loader.load_sweep_config(config, overrides)


@pytest.fixture
def checked():
    """A function from the words of a command line to its checked space and defaults."""

    def check(*words):
        loader = GlobalHydra.instance().config_loader()
        config = loader.load_configuration("train", list(words), RunMode.MULTIRUN)
        config.hydra.mode = RunMode.MULTIRUN
        HydraConfig.instance().set_config(config)
        context = SimpleNamespace(config_loader=CountingLoader(loader))
        sweeper, typed = config.hydra.sweeper, list(config.hydra.overrides.task)
        space = read_space(sweeper.params or {}, typed, sweeper.spaces)
        space = check_space(space, context, config)
        n_composed = context.config_loader.composed
        return space, defaults_of(space, context, config), n_composed

    register()
    with initialize_config_dir(str(CONF)):
        yield check
    GlobalHydra.instance().clear()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(
            ["model.estimator.num_leafs=1,2"],
            ["Did you mean model.estimator.num_leaves?", "the command line"],
            id="misspelt key",
        ),
        pytest.param(
            ["num_leaves=1,2"],
            ["Did you mean model.estimator.num_leaves?"],
            id="key without its path",
        ),
        pytest.param(
            ["featurs=none,geo"], ["Did you mean features?"], id="misspelt group"
        ),
        pytest.param(
            ["seed=1,abc"], ["seed=abc", "Integer", "choice(1,abc)"], id="not a number"
        ),
        pytest.param(
            ["threads=interval(1,4)"], ["threads=1.0", "Integer"], id="broken numbers"
        ),
        pytest.param(
            ["model.clip_predictions=true,maybe"],
            ["model.clip_predictions=maybe", "bool"],
            id="not a truth value",
        ),
        pytest.param(
            ["model=linear,liner"],
            ["model=liner", "random_forest"],
            id="choice that does not exist",
        ),
        pytest.param(
            ["features=none,geo", "features.steps.geo.latitude=a,b"],
            ["features.steps.geo.latitude", "(with features=none)"],
            id="key of one choice only",
        ),
    ],
)
def test_what_no_trial_could_run_is_refused(checked, words, said):
    """Thirty failed trials say the same much later."""
    with pytest.raises(ConfigError) as refusal:
        checked("hparams_search=grid", *words)

    for part in said:
        assert part in str(refusal.value)


def test_searching_models_asks_for_the_search_that_can(checked):
    """A space that follows the model cannot hold two of them."""
    with pytest.raises(ConfigError, match="hparams_search=optuna_all"):
        checked("hparams_search=optuna", "model=linear,random_forest")


def test_a_choice_that_does_not_compose_is_refused(checked):
    """The group has the file, but what else was typed does not go with it."""
    with pytest.raises(ConfigError) as refusal:
        checked(
            *("hparams_search=grid", "features=geo,none"),
            "features.steps.geo.latitude=lat",
        )

    assert "features=none does not compose" in str(refusal.value)
    assert "features.steps.geo.latitude" in str(refusal.value)


def test_added_keys_and_lists_are_accepted(checked):
    """`+key` is for keys the config does not have."""
    space, defaults, _ = checked(
        *("hparams_search=grid", "+model.estimator.max_bin=63,255"),
        "features.steps.geo.rotations_deg=[15],[30,45]",
    )

    assert len(space.grid()) == 4
    assert defaults == {"features.steps.geo.rotations_deg": [15, 30, 45, 60, 75]}


def test_values_cost_no_composition(checked):
    """Checking must not delay the first fit: one composition a choice of groups."""
    assert checked("hparams_search=optuna")[2] == 0
    assert checked("hparams_search=optuna", "features=none,california,ratios")[2] == 2
    assert checked("hparams_search=optuna_all")[2] == 5


def test_typed_entries_stay_with_the_models_that_have_the_key(checked):
    """`max_features` is a setting of trees and means nothing to a ridge regression."""
    space, _, _ = checked(
        *("hparams_search=optuna_all", "model.estimator.max_features=0.5,1.0"),
        "model.estimator.subsample=0.8",
    )

    searched = {n for n in space.words if n.endswith("max_features")}
    assert searched == {
        "random_forest:model.estimator.max_features",
        "extra_trees:model.estimator.max_features",
        "hist_gradient_boosting:model.estimator.max_features",
    }
    assert {m for m, words in space.fixed_for.items() if words} == {"gradient_boosting"}


def test_a_key_that_no_searched_model_has_is_refused(checked):
    """Otherwise it would silently vanish from all of them."""
    with pytest.raises(ConfigError, match=r"model\.estimator\.num_leafs"):
        checked("hparams_search=optuna_all", "model.estimator.num_leafs=1,2")


@pytest.mark.parametrize("model", ["linear", "random_forest", "gradient_boosting"])
def test_defaults_are_the_configurations_own_values(checked, model):
    """Trial 0 answers whether tuning helped at all."""
    space, defaults, _ = checked("hparams_search=optuna", f"model={model}")

    assert defaults.keys() == space.entries.keys()
    assert space.to_study(defaults) == defaults


def test_defaults_of_a_search_across_models_are_those_of_the_present_one(checked):
    """The model that a plain `train.py` trains, or else the first that is searched."""
    _, all_of_them, _ = checked("hparams_search=optuna_all", "features=none,california")
    _, two, _ = checked("hparams_search=optuna_all", "model=linear,random_forest")

    assert all_of_them["model"] == "gradient_boosting"
    assert all_of_them["features"] == "california"
    assert all_of_them["model.estimator.num_leaves"] == 48
    assert two == {"model": "linear", "model.estimator.alpha": 1.0}


def test_overrides_of_a_trial_compose(checked):
    """The whole way: the words of a default trial make the default configuration."""
    space, defaults, _ = checked(
        "hparams_search=optuna_all", "features=none,california"
    )
    loader = GlobalHydra.instance().config_loader()
    config = loader.load_configuration("train", [], RunMode.RUN)

    words = list(space.to_overrides(defaults))
    job = loader.load_configuration("train", words, RunMode.RUN)

    assert "model.estimator.num_leaves=48" in words
    assert job.model == config.model
    assert job.features == config.features
