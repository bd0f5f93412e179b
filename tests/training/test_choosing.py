from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.utils import execution_whitelist

from sweepkit.config import TRUSTED, register
from sweepkit.data.example import load_california_housing
from sweepkit.data.schema import infer_schema
from sweepkit.evaluation.folds import draw_folds
from sweepkit.tasks import Task
from sweepkit.training.choosing import choose_features
from sweepkit.training.rows import Rows
from sweepkit.training.settings import build

CONF = Path(__file__).parents[2] / "conf"
TARGET = "median_house_value"


@pytest.fixture(scope="module")
def choose_on():
    """Choose features for a table as `features=auto` does, all rows in training."""
    register()

    def choose(table, *overrides, target=TARGET):
        cfg = compose("train", overrides=["features=auto", "threads=2", *overrides])
        schema = infer_schema(
            table, target=target, overrides={}, task=Task(cfg.task.name)
        )
        train, y = schema.conform(table), schema.target_values(table)
        folds = draw_folds(build(cfg, "evaluation.splitter"), train, y)
        kept = {"schema": schema, "train": train, "train_target": y, "folds": folds}
        return choose_features(cfg, OnlyTraining(**kept))

    with initialize_config_dir(str(CONF)), execution_whitelist(list(TRUSTED)):
        yield choose
    GlobalHydra.instance().clear()


class OnlyTraining(Rows):
    """Rows that refuse to show anything of the holdout, or of the whole table."""

    __slots__ = ("seen",)

    def __init__(self, **kept):
        object.__setattr__(self, "seen", kept)

    def __getattribute__(self, name):
        if name in {"schema", "train", "train_target", "folds"}:
            return object.__getattribute__(self, "seen")[name]
        raise AssertionError(f"choosing features has read rows.{name}")


@pytest.fixture(scope="module")
def houses():
    """Los Angeles, where rows lie as close as in the whole table of 20,640."""
    table = load_california_housing()
    near = table["latitude"].between(33.6, 34.3) & table["longitude"].between(
        -119, -118
    )
    return table[near].sample(2000, random_state=0, ignore_index=True)


def test_the_neighbours_win_where_places_matter(choose_on, houses):
    """Prices depend on the street; the probe must see it in 2,000 rows.

    The rows given raise if the holdout is touched, here and in all tests below.
    """
    choice = choose_on(houses)

    assert choice.name in {"california_lag", "california_knn"}
    assert list(choice.scores) == [
        *("none", "ratios", "california", "california_lag", "california_knn")
    ]
    assert choice.scores[choice.name] < choice.scores["california"]


def test_the_guard_would_notice_a_look_at_the_holdout(houses):
    """Rows that let everything through would prove nothing."""
    rows = OnlyTraining(train=houses)

    for name in ("holdout", "holdout_target", "table", "coordinates", "sliced"):
        with pytest.raises(AssertionError, match=rf"read rows\.{name}"):
            getattr(rows, name)


def test_the_cheap_set_stays_where_coordinates_mean_nothing(choose_on, houses):
    """Every column that does not help costs time in every tree."""
    rng = np.random.default_rng(3)
    income = houses["median_income"]
    table = houses.assign(
        latitude=rng.uniform(33, 41, len(houses)),
        longitude=rng.uniform(-123, -115, len(houses)),
        **{TARGET: 20_000 * income + rng.normal(0, 20_000, len(houses))},
    ).drop(columns=["total_rooms", "households", "ocean_proximity"])

    choice = choose_on(table)

    assert choice.name == "none"
    assert len(choice.scores) > 1


def test_classes_are_chosen_for_by_their_own_metric(choose_on, houses):
    """The metric of classes is better when it is larger."""
    dear = np.where(houses[TARGET] > houses[TARGET].median(), "yes", "no")
    table = houses.drop(columns=TARGET).assign(dear=dear.astype(str))

    choice = choose_on(
        table.head(1500), "task=binary", "evaluation.metric=roc_auc", target="dear"
    )

    assert choice.name in {"california", "california_lag", "california_knn"}
    assert choice.scores[choice.name] > choice.scores["none"] > 0.8


def test_a_table_without_positions_needs_no_probe(choose_on, houses):
    """One candidate is no choice, and costs nothing."""
    choice = choose_on(houses[["median_income", "housing_median_age", TARGET]])

    assert choice.name == "none"
    assert choice.scores == {}


def test_a_named_set_is_not_chosen_again(choose_on, houses):
    """`features.chosen=geo` is what a sweep records and `reproduce` repeats."""
    choice = choose_on(houses, "features.chosen=geo")

    assert choice.name == "geo"
    assert choice.scores == {}


def test_the_same_rows_give_the_same_choice(choose_on, houses):
    """Workers of a sweep choose each for itself, and must agree."""
    table = houses.head(400)

    first, second = choose_on(table), choose_on(table, "threads=1")

    assert first == second


def test_no_more_rows_are_probed_than_a_choice_needs(choose_on, houses, monkeypatch):
    """A table of a million rows would take minutes; with fewer the probe is worse."""
    monkeypatch.setattr("sweepkit.training.probing._MOST_ROWS", 300)

    few = choose_on(houses)

    monkeypatch.setattr("sweepkit.training.probing._MOST_ROWS", 900)
    assert few.scores["none"] > choose_on(houses).scores["none"]
