"""Estimators that are built again are those Hydra would build."""

import pytest
from hydra.utils import execution_whitelist

from sweepkit.errors import ConfigError
from sweepkit.training.building import build_estimator


def settings(**node):
    return {"model": {"estimator": {"_target_": "sklearn.linear_model.Ridge", **node}}}


@pytest.fixture(autouse=True)
def trusted():
    with execution_whitelist(["sklearn.*"]):
        yield


def test_each_estimator_has_its_own_settings():
    """The second is built by its class directly."""
    built = [build_estimator(settings(alpha=alpha)) for alpha in (1.0, 2.0, 2.0)]
    assert [one.get_params()["alpha"] for one in built] == [1.0, 2.0, 2.0]
    assert len(set(map(id, built))) == 3


def test_what_is_built_once_is_not_trusted_for_good():
    """A class is called only under the very trust under which Hydra let it pass."""
    build_estimator(settings())
    with (
        execution_whitelist(["lightgbm.*"], reset=True),
        pytest.raises(ConfigError, match="TRUSTED"),
    ):
        build_estimator(settings())


def test_an_unknown_setting_is_refused_as_by_hydra():
    """Whether or not the class was built before."""
    target = {"_target_": "sklearn.linear_model.Lasso", "no_such": 1}
    with pytest.raises(ConfigError) as first:
        build_estimator(settings(**target))
    build_estimator(settings(_target_=target["_target_"]))
    with pytest.raises(ConfigError) as second:
        build_estimator(settings(**target))
    assert str(first.value) == str(second.value)
    assert "no_such" in str(first.value)


def test_nested_objects_are_built_by_hydra():
    """Also when the outer class was built before with plain values."""
    bagging = {"_target_": "sklearn.ensemble.BaggingRegressor"}
    build_estimator(settings(**bagging))
    inner = {"_target_": "sklearn.linear_model.Ridge", "alpha": 3.0}
    built = build_estimator(settings(**bagging, estimator=inner))
    assert built.estimator.alpha == 3.0
