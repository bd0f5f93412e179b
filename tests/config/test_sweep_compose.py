"""Every search composes with every model, as one command line."""

from pathlib import Path

import pytest
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from hydra.utils import instantiate
from omegaconf import OmegaConf

import sweepkit.sweep.plugin
import sweepkit.sweep.plugin_pool  # noqa: F401  # Hydra does it by entry points
from sweepkit.config import register
from sweepkit.errors import ConfigError
from sweepkit.sweep.mode import refuse_single_run, without_search

CONF = Path(__file__).parents[2] / "conf"
SEARCHES = sorted(path.stem for path in (CONF / "hparams_search").glob("*.yaml"))
MODELS = sorted(path.stem for path in (CONF / "model").glob("*.yaml"))
PRUNERS = sorted(path.stem for path in (CONF / "hydra/sweeper/pruner").glob("*.yaml"))


@pytest.fixture(autouse=True)
def hydra_in_conf():
    register()
    with initialize_config_dir(str(CONF)):
        yield
    GlobalHydra.instance().clear()


def composed(*words, mode=RunMode.MULTIRUN):
    loader = GlobalHydra.instance().config_loader()
    config = loader.load_configuration("train", list(words), mode)
    config.hydra.mode = mode
    HydraConfig.instance().set_config(config)
    return config


def sweeper_of(*words):
    return OmegaConf.to_container(composed(*words).hydra.sweeper, resolve=True)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("search", SEARCHES)
def test_every_search_composes_with_every_model(search, model):
    """Our sweeper, our pool and our record come with each of them."""
    config = composed(f"hparams_search={search}", f"model={model}")
    choices, sweeper = config.hydra.runtime.choices, config.hydra.sweeper

    settings = OmegaConf.to_container(sweeper, resolve=True)

    assert choices["hydra/sweeper"] == "sweepkit"
    assert choices["hydra/launcher"] == "pool"
    assert choices["hydra/callbacks"] == "sweep"
    assert settings["sampler"]["seed"] == config.seed
    assert settings["storage"].startswith("sqlite:////")
    if settings["params"]:
        space = OmegaConf.load(CONF / "search_space" / f"{model}.yaml")
        assert settings["params"] == space


@pytest.mark.parametrize("pruner", PRUNERS)
def test_every_pruner_can_be_chosen_and_built(pruner):
    """The group's files name classes and settings that exist."""
    node = sweeper_of("hparams_search=optuna", f"hydra/sweeper/pruner={pruner}")

    built = instantiate(
        node["pruner"],
        _execution_whitelist_=("optuna.pruners.*", "sweepkit.sweep.paired.*"),
    )

    assert type(built).__name__ == node["pruner"]["_target_"].split(".")[-1]


def test_a_search_across_models_takes_their_own_files():
    """What a model may change is written once."""
    spaces = sweeper_of("hparams_search=optuna_all")["spaces"]

    assert set(spaces) == set(MODELS) - {"dummy", "ensemble"}
    for model, space in spaces.items():
        assert space == OmegaConf.load(CONF / "search_space" / f"{model}.yaml")


def test_pareto_has_two_objectives_and_no_pruner():
    """The metric follows the evaluation; Optuna cannot prune by two of them."""
    sweeper = sweeper_of("hparams_search=pareto", "evaluation.metric=mae")

    assert sweeper["objectives"] == ["mae", "latency_ms"]
    assert sweeper["pruner"]["_target_"] == "optuna.pruners.NopPruner"


def test_settings_can_be_typed():
    """They stand where the official sweeper has them."""
    sweeper = sweeper_of(
        "hparams_search=optuna", "hydra.sweeper.n_trials=7", "hydra.sweeper.n_jobs=1"
    )

    assert (sweeper["n_trials"], sweeper["n_jobs"]) == (7, 1)


def test_another_launcher_can_be_chosen():
    """The pool is a default, not a condition."""
    config = composed("hparams_search=optuna", "hydra/launcher=basic")

    assert config.hydra.runtime.choices["hydra/launcher"] == "basic"


def test_a_misspelt_search_is_refused():
    """A sweep nobody asked for must not start in its place."""
    with pytest.raises(HydraException, match="optuna_all"):
        composed("hparams_search=optunna")


@pytest.mark.parametrize("search", SEARCHES)
def test_a_search_without_m_is_refused_with_the_hint(search):
    """It would train one model and look like a finished sweep."""
    single = composed(f"hparams_search={search}", mode=RunMode.RUN)

    with pytest.raises(ConfigError, match=f"-m hparams_search={search}"):
        refuse_single_run(single.hydra)


def test_single_runs_and_sweeps_are_let_through():
    """The check is for the one wrong mixture only."""
    refuse_single_run(composed(mode=RunMode.RUN).hydra)
    refuse_single_run(composed("hparams_search=optuna").hydra)
    refuse_single_run(composed("model=linear,dummy").hydra)


def test_a_trials_words_repeat_it_without_the_search():
    """`python train.py` refuses the search's own word."""
    words = ("hparams_search=optuna", "model=linear", "model.estimator.alpha=2.0")

    assert without_search(words) == words[1:]
