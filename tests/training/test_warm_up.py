"""What a worker prepares before its first trial has arrived."""

import pytest

from sweepkit.errors import DataError
from sweepkit.training import sweep_trial


def test_a_trial_finds_what_was_prepared(bench):
    """Prepared twice, the first fit would begin later, not sooner."""
    cfg = bench.compose("model=linear")
    sweep_trial.warm_up(cfg)
    settings = sweep_trial.resolve(cfg)
    rows = sweep_trial._fetch_rows(cfg, settings)
    first = sweep_trial._fetch_folds(cfg, settings, rows)[0]
    kept = first.prepared
    sweep_trial.run_sweep_trial(cfg, None)
    assert first.prepared is kept


def test_open_features_are_left_to_the_trial(bench):
    """Which set is used is only known with the trial."""
    sweep_trial.warm_up(bench.compose("model=linear", "features=auto"))


def test_a_wrong_table_is_refused_as_in_a_trial(bench):
    """Nothing is prepared from another table than the one that was named."""
    cfg = bench.compose("model=linear", "data.target=no_such_column")
    with pytest.raises(DataError, match="no_such_column"):
        sweep_trial.warm_up(cfg)
