from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.utils import execution_whitelist, instantiate
from omegaconf import OmegaConf
from sklearn.linear_model import Ridge

from sweepkit.config import TRUSTED, register
from sweepkit.errors import ConfigError
from sweepkit.models.blend import BlendClassifier, BlendRegressor
from sweepkit.models.blend_config import (
    feature_inputs,
    make_blend_classifier,
    make_blend_regressor,
)

CONF = Path(__file__).parents[2] / "conf"
MEMBERS = "model.estimator.members"


@pytest.fixture
def compose_model():
    """Return the resolved node `model` of some overrides, and what it builds."""
    register()

    def look_up(*overrides):
        chosen = ["model=ensemble", "task=regression", "threads=1", *overrides]
        with initialize_config_dir(str(CONF)), execution_whitelist(list(TRUSTED)):
            cfg = compose("train", overrides=chosen)
            cfg.model.name = "ensemble"
            built = instantiate(cfg.model.estimator, _convert_="all")
            return OmegaConf.to_container(cfg.model, resolve=True), built

    yield look_up
    GlobalHydra.instance().clear()


@pytest.mark.parametrize(
    ("task", "kind", "library"),
    [
        pytest.param("regression", BlendRegressor, "LGBMRegressor", id="numbers"),
        pytest.param("binary", BlendClassifier, "LGBMClassifier", id="classes"),
    ],
)
def test_the_file_alone_makes_a_blend(compose_model, task, kind, library):
    """`python train.py model=ensemble` needs nothing else, whatever the task."""
    node, blend = compose_model(f"task={task}")

    assert type(blend) is kind
    assert type(blend.estimators[0]).__name__ == library
    assert blend.names[:2] == ["gradient_boosting", "extra_trees"]
    assert blend.inputs == feature_inputs(node)
    assert blend.n_jobs == 1


def test_members_may_be_swapped_left_out_and_set(compose_model):
    """Every setting of a member is a key like any other."""
    _, blend = compose_model(
        f"model@{MEMBERS}.linear=hist_gradient_boosting",
        f"{MEMBERS}.linear.weight=2",
        f"{MEMBERS}.extra_trees.weight=0",
        f"{MEMBERS}.gradient_boosting.estimator.num_leaves=5",
    )

    kinds = [type(one).__name__ for one in blend.estimators]
    assert kinds == ["LGBMRegressor", "HistGradientBoostingRegressor"]
    assert blend.weights[1] == 2
    assert blend.estimators[0].num_leaves == 5


def test_a_member_may_be_a_plain_node(compose_model):
    """A sweep writes its best trials down this way, and `reproduce` reads them."""
    _, blend = compose_model(
        f"{MEMBERS}.gradient_boosting=null",
        f"{MEMBERS}.extra_trees=null",
        f"{MEMBERS}.linear=null",
        f"+{MEMBERS}.m0={{weight: 3, inputs: {{scale: true}}, "
        "estimator: {_target_: sweepkit.models.linear.make_ridge, alpha: 7}}",
    )

    assert blend.names == ["m0"]
    assert blend.inputs == [{"scale": True}]
    assert blend.estimators[0].alpha == 7


def test_features_follow_from_the_members_that_count():
    """Trials of a sweep keep prepared features by it: others would be wrong ones."""
    inputs, target = {"scale": False}, {"_target_": "a.B"}
    kept = {"estimator": target, "weight": 1}
    members = {
        "a": {"inputs": {"scale": True}, **kept},
        "b": {"inputs": None, **kept},
        "c": {"inputs": {"missing": "median"}, "estimator": target, "weight": 0},
        "d": None,
    }
    of_members = {"estimator": {**target, "members": members}, "inputs": inputs}

    assert feature_inputs(of_members) == [{"scale": True}, {}]
    assert feature_inputs({"estimator": target, "inputs": inputs}) == inputs


@pytest.mark.parametrize("make", [make_blend_regressor, make_blend_classifier])
@pytest.mark.parametrize(
    ("members", "words"),
    [
        pytest.param({}, "no member with a weight above 0", id="none"),
        pytest.param(
            {"a": {"estimator": Ridge(), "weight": 0}}, "weight above 0", id="none left"
        ),
        pytest.param({"a": {"weight": 1}}, "a member has `estimator`", id="nothing"),
        pytest.param(
            {"a": {"estimator": Ridge(), "wieght": 1}}, "Correct wieght", id="a typo"
        ),
        pytest.param(
            {"a": {"estimator": Ridge(), "weight": -1}}, "weight is -1", id="negative"
        ),
        pytest.param(
            {"a": {"estimator": Ridge(), "weight": "x"}}, "weight is 'x'", id="a word"
        ),
    ],
)
def test_members_that_are_none_are_refused(make, members, words):
    """In the words of the file, before anything is fitted."""
    with pytest.raises(ConfigError, match=words):
        make(members)
