"""Settings that follow from known ones are exactly those that would be resolved."""

from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from sweepkit.config import register
from sweepkit.errors import SweepkitError
from sweepkit.training import settings as resolving
from sweepkit.training.known_settings import KnownSettings

CONF = Path(__file__).parents[2] / "conf"
GROUPS = [
    *([f"model={path.stem}"] for path in sorted((CONF / "model").glob("*.yaml"))),
    ["evaluation=single_split", "features=california_knn"],
    ["evaluation=group_kfold", "features=none"],
    ["features=auto", "features.chosen=none"],
    ["data=csv", "data.path=a.csv", "data.target=y", "task=binary"],
    ["tracking=off", "task=multiclass", "evaluation=repeated_kfold"],
]
NUMBERS = st.integers(0, 9) | st.floats(allow_nan=False, width=16)
KEYS = [
    "seed", "threads", "time_budget", "evaluation.n_splits", "data.latitude",
    "data.name", "task.name", "task.kind", "task.threshold", "model.regressor",
    "evaluation.metric", "registry.min_gain", "evaluation.holdout.seed",
    "tracking.uri", "model.early_stopping", "model.clip_predictions",
    "model.inputs.max_categories", "data.path", "features.chosen",
]  # fmt: skip


@pytest.fixture(scope="module")
def composed():
    register()
    with initialize_config_dir(str(CONF)):
        found = []
        for words in GROUPS:
            cfg = compose("train", overrides=words, return_hydra_config=True)
            with open_dict(cfg.hydra):
                cfg.hydra.runtime.output_dir = cfg.hydra.runtime.cwd = "/nowhere"
            found.append(cfg)
    before = HydraConfig.instance().cfg
    yield found
    HydraConfig.instance().cfg = before


def show(cfg):
    """Return a job's own copy, and let `${hydra:...}` tell of it."""
    HydraConfig.instance().set_config(cfg)
    task = OmegaConf.masked_copy(cfg, [key for key in cfg if key != "hydra"])
    task._metadata.resolver_cache = cfg._metadata.resolver_cache
    return task


def outcome(cfg):
    try:
        return repr(resolving.resolve(cfg))
    except SweepkitError as error:
        return f"{type(error).__name__}: {error}"


def slowly(cfg, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(resolving, "_known", KnownSettings())
        return outcome(cfg)


def override(cfg, key, value):
    try:
        OmegaConf.update(cfg, key, value, merge=True)
    except OmegaConfBaseException:
        return  # the schema refuses it, as it would in a sweep


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_the_short_way_ends_where_the_long_one_does(composed, monkeypatch, data):
    """Every group's references, and values of any key: ones that others depend on too.

    A trial with one stale value would be judged and recorded as what it is not.
    """
    cfg = show(data.draw(st.sampled_from(composed)))
    estimator = [f"model.estimator.{key}" for key in cfg.model.estimator]
    for _ in range(2):
        for key in data.draw(st.lists(st.sampled_from([*KEYS, *estimator]))):
            value = data.draw(NUMBERS | st.booleans() | st.none() | st.just("prior"))
            override(cfg, key, value)
        assert outcome(cfg) == slowly(cfg, monkeypatch)


def test_a_sweep_goes_the_short_way(composed, monkeypatch):
    """Else it would be right and of no use."""
    known = KnownSettings()
    monkeypatch.setattr(resolving, "_known", known)
    for cfg in composed[:-3]:
        first = show(cfg)
        resolving.resolve(first)
        for name, value in first.model.estimator.items():
            if type(value) is float:
                first.model.estimator[name] = 0.125
        assert known.find(first) == resolving.resolve(first)
        assert known.find(first) is not None


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("${b.c}", "b.c"),
        ("${b}", "b.c"),
        ("${.b.c}", "b.c"),
        ("x${b.${name}}", "b.c"),
        ("x${b.${name}}", "name"),
        ("${oc.select:b.c}", "b.c"),
        ("${oc.env:SWEEPKIT_X,${b.c}}", "b.c"),
        ("${items.0}", "items"),
    ],
)
def test_what_depends_on_a_change_is_resolved_anew(monkeypatch, text, changed):
    """Directly, through a container, a name that is itself a reference, a resolver."""
    content = {"a": text, "b": {"c": 1, "d": 2}, "name": "c", "items": [1, 2]}
    cfg = OmegaConf.create(content)
    first = outcome(cfg)
    OmegaConf.update(cfg, changed, {"name": "d", "items": [3, 4]}.get(changed, 7))
    assert outcome(cfg) == slowly(cfg, monkeypatch) != first


def test_the_environment_is_asked_each_time(monkeypatch):
    """A job may set variables of its own."""
    cfg = OmegaConf.create({"a": "${oc.env:SWEEPKIT_X}", "b": "${a}"})
    for value in ("one", "two"):
        monkeypatch.setenv("SWEEPKIT_X", value)
        assert resolving.resolve(cfg) == {"a": value, "b": value}


def test_equal_numbers_of_other_types_are_told_apart():
    """`true`, 1, 1.0 and a negative zero are not the same to an estimator."""
    values = (1, True, 1.0, 0.0, -0.0, None, "1")
    for number, first in enumerate(values):
        for value in (first, *values):
            cfg = OmegaConf.create({"a": value, f"b{number}": "x"})
            assert repr(resolving.resolve(cfg)["a"]) == repr(value)


def test_settings_may_be_changed_by_whoever_asked():
    """The next one who asks gets what the configuration says."""
    cfg = OmegaConf.create({"a": {"b": [1]}, "c": "${a.b}"})
    for _ in range(3):
        found = resolving.resolve(cfg)
        assert found == {"a": {"b": [1]}, "c": [1]}
        found["a"]["b"].append(2)
        found["c"] = None
