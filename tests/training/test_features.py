"""`features=auto` names one set of features before anything is fitted or recorded."""

import numpy as np
import pandas as pd
import pytest
from omegaconf import OmegaConf

from sweepkit.errors import ConfigError
from sweepkit.training.features import settle_features
from sweepkit.training.rows import read_rows


@pytest.fixture
def placed(bench):
    """A table with coordinates, where the price is that of the neighbourhood."""
    rng = np.random.default_rng(3)
    n = 600
    table = pd.DataFrame({"lat": rng.uniform(48, 49, n), "lon": rng.uniform(9, 10, n)})
    table["size"] = rng.normal(100, 20, n)
    height = np.sin(25 * table["lat"]) * np.cos(25 * table["lon"])
    table["price"] = table["size"] + 300 * height + rng.normal(0, 5, n)
    table.to_csv(bench.folder / "placed.csv", index=False)
    return (
        f"data.path={bench.folder / 'placed.csv'}",
        "data.latitude=lat",
        "data.longitude=lon",
        "features=auto",
    )


def test_the_choice_is_recorded_and_not_the_choosing(bench, placed):
    """Whoever repeats a run gets its features, however the choice would fall today."""
    bench.train(*placed, "registry.publish=false")

    run = bench.last_run()
    file = bench.client.download_artifacts(run.info.run_id, "config.yaml")
    features = OmegaConf.load(file).features
    assert features.chosen in {"geo", "geo_lag", "geo_knn"}
    assert "geo" in features.steps
    assert features.candidates is None


def test_a_named_candidate_is_taken_as_it_is(bench, placed):
    """As a sweep records it; nothing is fitted to find out."""
    cfg = bench.compose(*placed, "features.chosen=geo_lag")

    settled, choice = settle_features(cfg, read_rows(cfg))

    assert choice is None
    assert set(settled.features.steps) == {"geo", "geo_lag"}
    assert cfg.features.candidates is not None


def test_an_unknown_candidate_is_refused_with_the_known_ones(bench, placed):
    """A slip of the pen is not taken for raw columns."""
    cfg = bench.compose(*placed)
    rows = read_rows(cfg)
    cfg.features.chosen = "geo_lg"

    with pytest.raises(ConfigError, match="geo_lag"):
        settle_features(cfg, rows)


def test_other_features_stay_as_they_were_composed(bench):
    """Without candidates there is nothing to settle."""
    cfg = bench.compose()

    assert settle_features(cfg, read_rows(cfg)) == (cfg, None)
