"""Whatever can be typed behind `python serve.py` composes, and means what it says."""

import pytest
from hydra.core.hydra_config import HydraConfig

from sweepkit.cli.composing import composed
from sweepkit.config.serving import read_serving
from sweepkit.errors import ConfigError

TOKEN = "0123456789abcdef0123456789abcdef"


def read(*words):
    with composed(words, name="serve") as cfg:
        assert HydraConfig.initialized()
        return read_serving(cfg), cfg.copy()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ((), "housing_price_predictor"),
        (("data=csv", "data.path=some/houses.csv"), "houses_predictor"),
        (("data=parquet", "data.path=houses.parquet"), "houses_predictor"),
        (("registry.model_name=mine",), "mine"),
    ],
    ids=["example", "csv", "parquet", "by name"],
)
def test_the_model_is_the_one_that_the_same_words_train(words, name):
    """Nobody should have to look up what `train.py` called it."""
    assert read(*words)[0].model_name == name


@pytest.mark.parametrize("tracking", ["local", "server"])
def test_every_store_can_be_served_from(tracking, monkeypatch):
    """The registry is wherever runs are recorded."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")
    choices, _ = read(f"tracking={tracking}")
    assert choices.store.uri.startswith(("sqlite:///", "http://"))


def test_a_token_comes_from_the_environment_and_is_not_composed(monkeypatch):
    """The composed configuration is saved with every run."""
    monkeypatch.setenv("SWEEPKIT_SERVING_TOKEN", TOKEN)
    choices, cfg = read()
    assert choices.settings.token == TOKEN
    assert TOKEN not in str(cfg)
    monkeypatch.delenv("SWEEPKIT_SERVING_TOKEN")
    assert read()[0].settings.token is None


def test_a_reference_to_nothing_is_a_config_error():
    """It must name the reference, not end in a traceback."""
    with pytest.raises(ConfigError, match="NO_SUCH_VARIABLE"):
        read("serving.token_file=${oc.env:NO_SUCH_VARIABLE}")
