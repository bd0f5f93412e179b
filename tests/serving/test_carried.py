"""What a saved model carries beside predictions arrives at its champion."""

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.compose import ColumnTransformer
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.evaluation.predicted import Predicted
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.clip import ClippedRegressor
from sweepkit.models.interval_asking import ask_intervals
from sweepkit.models.intervals import learn_intervals
from sweepkit.serving.loader import load_champion
from sweepkit.serving.service import offered_by
from sweepkit.tasks import Task
from sweepkit.tracking.model import ModelCard, save_pipeline

FACTS = {"model_name": "prices", "version": "7"}
COLUMNS = tuple(
    ColumnProfile(name=name, kind="double", required=True, quantiles=(0.0,) * 11)
    for name in "ab"
)
TREES = LGBMRegressor(n_estimators=5, min_child_samples=2, verbosity=-1)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    return pd.DataFrame(rng.normal(size=(300, 2)), columns=["a", "b"])


@pytest.fixture
def load(table, tmp_path):
    """Fit, teach from made-up residuals, save, load."""

    def load(last, task=Task.REGRESSION, classes=()):
        target = table["a"].to_numpy()
        if classes:
            target = (target > 0).astype(float)
        columns = ColumnTransformer([("numbers", "passthrough", ["a", "b"])])
        model = make_pipeline(columns, last).fit(table, target)
        noise = np.random.default_rng(1).normal(size=len(target))
        shares = model.predict_proba(table) if classes else None
        learn_intervals(
            model,
            table.to_numpy(),
            np.arange(len(target)),
            Predicted(target + noise * (not classes), shares),
            target,
            task=task,
            seed=0,
            threads=1,
        )
        profile = TableProfile(
            target="y", columns=COLUMNS, task=task.value, classes=classes
        )
        card = ModelCard(
            name="m",
            inputs=table,
            target="y",
            profile=profile.to_dict(),
            classes=classes,
        )
        save_pipeline(model, card, tmp_path / "7")
        return model, load_champion(tmp_path / "7", FACTS).champion

    return load


def test_intervals_and_contributions_of_a_number(load, table):
    """The very ends, and sums that are the very predictions."""
    model, champion = load(ClippedRegressor(TREES, clip=False))
    rows = table.to_numpy().tolist()

    assert offered_by(champion) == ("interval", "contributions")
    np.testing.assert_array_equal(
        champion.intervals(rows, 0.8), ask_intervals(model, table, 0.8)
    )
    parts = champion.contributions.run(rows)
    assert champion.contributions.names == ("a", "b")
    np.testing.assert_allclose(parts.sum(axis=1), model.predict(table))


def test_sets_and_contributions_of_classes(load, table):
    """In the unit that can be added up."""
    trees = LGBMClassifier(n_estimators=5, min_child_samples=2, verbosity=-1)
    last = LabelClassifier(trees, ["no", "yes"])
    model, champion = load(last, Task.BINARY, ("no", "yes"))
    rows = table.to_numpy().tolist()
    shares = champion.predict(rows)

    assert offered_by(champion) == ("interval", "return", "contributions")
    members = champion.sets(shares, 0.9)
    np.testing.assert_array_equal(members, model[-1].intervals_.sets(shares, 0.9))
    odds = champion.contributions.run(rows).sum(axis=1)
    np.testing.assert_allclose(odds, np.log(shares[:, 1] / shares[:, 0]))
    assert champion.contributions.codes == (1,)


def test_a_model_that_nothing_explains_says_why(load):
    """It serves all the same, and callers learn what would help."""
    last = LabelClassifier(GaussianNB(), ["no", "yes"])
    _, champion = load(last, Task.BINARY, ("no", "yes"))

    assert champion.contributions is None
    assert champion.unexplained
    assert "contributions" not in offered_by(champion)
