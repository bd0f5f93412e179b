"""No feature option finds anything where there is nothing to find.

A permuted target has nothing to do with its rows. Whoever predicts it better than a
constant has seen what it must not see: test rows while fitting, or a row's own target.
Whoever predicts it much worse trusts features that are good in training only.
"""

from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.utils import execution_whitelist, instantiate
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import TargetEncoder

from sweepkit.config import register
from sweepkit.data.example import load_california_housing
from sweepkit.features.preprocess import InputColumns, Inputs, build_preprocessor
from sweepkit.models.pipeline import fit_transformer
from sweepkit.tasks import Task

CONF = Path(__file__).parents[2] / "conf"
N_ROWS = 1500
OPTIONS = sorted(path.stem for path in (CONF / "features").glob("*.yaml"))
TARGET = "median_house_value"
# Encodings of columns that the embedded table has none of.
KINDS = {
    "a category of 400 values": {"categorical": ["agent"]},
    "one-hot columns": {"categorical": ["ocean_proximity"]},
    "dates": {"dates": ["sold_on"]},
    "texts": {"texts": ["advert"]},
}


@pytest.fixture(scope="module")
def houses():
    """The embedded table with an agent, a date and an advert that matter."""
    table = load_california_housing().sample(N_ROWS, random_state=0, ignore_index=True)
    rng = np.random.default_rng(0)
    agent, day = rng.integers(0, 400, N_ROWS), rng.integers(0, 3650, N_ROWS)
    shines = rng.random(N_ROWS) < 0.5
    worth = table[TARGET] / table[TARGET].std() + 1.5 * rng.normal(size=400)[agent]
    words = np.where(shines, "sunny garden with a view of", "close to work and near")
    return table.assign(
        agent=[f"agent {i}" for i in agent],
        sold_on=np.datetime64("2015-01-01", "ns") + day.astype("m8[D]"),
        advert=[f"{text} street {i}" for i, text in enumerate(words)],
        worth=worth + day / 1000 + 2.0 * shines,
    )


@pytest.fixture(scope="module")
def choose_steps():
    """Build the steps of a file in conf/features."""

    def build(option):
        GlobalHydra.instance().clear()
        register()
        with initialize_config_dir(str(CONF)):
            cfg = compose("train", overrides=[f"features={option}", "threads=1"])
        GlobalHydra.instance().clear()
        with execution_whitelist(["sweepkit.*"]):
            return instantiate(cfg.features.steps, _convert_="all")

    return build


@pytest.fixture(scope="module", params=[*OPTIONS, *KINDS])
def option(request, houses, choose_steps):
    """Every way to features: the columns it encodes and the steps it adds."""
    name = request.param
    if name in KINDS:
        kinds = {"numeric": [], "categorical": [], "dates": [], **KINDS[name]}
        return InputColumns(**kinds), {}, Inputs(text_components=8)
    numeric = houses.drop(columns=[TARGET, "worth"]).select_dtypes("number")
    columns = InputColumns(
        numeric=list(numeric), categorical=["ocean_proximity"], dates=[]
    )
    return columns, choose_steps(name), Inputs()


def judge(features, table, target, task):
    """Cross-validate a small model and a constant.

    Returns the model's loss (RMSE, or log loss) over the constant's, and its ROC AUC
    in a task of two classes.
    """
    losses, areas = [], []
    strata = target > np.median(target)
    for train, test in StratifiedKFold(3, shuffle=True, random_state=1).split(
        strata, strata
    ):
        pipeline = make_pipeline(features)
        fitted = fit_transformer(pipeline, table.iloc[train], target[train])
        model = small_model(task).fit(fitted, target[train])
        ahead, actual = pipeline.transform(table.iloc[test]), target[test]
        if task is Task.BINARY:
            predicted = model.predict_proba(ahead)[:, 1]
            floor = np.full(len(test), target[train].mean())
            losses.append(log_loss(actual, predicted) / log_loss(actual, floor))
            areas.append(roc_auc_score(actual, predicted))
        else:
            error = np.sqrt(np.mean((model.predict(ahead) - actual) ** 2))
            losses.append(
                error / np.sqrt(np.mean((target[train].mean() - actual) ** 2))
            )
    return np.mean(losses), np.mean(areas) if areas else None


def small_model(task):
    kind = LGBMClassifier if task is Task.BINARY else LGBMRegressor
    return kind(
        n_estimators=30,
        num_leaves=6,
        min_child_samples=40,
        learning_rate=0.1,
        random_state=0,
        n_jobs=1,
        verbosity=-1,
    )


def target_of(houses, task, *, permuted):
    worth = houses["worth"].to_numpy()
    target = (worth > np.median(worth)).astype(float) if task is Task.BINARY else worth
    return np.random.default_rng(5).permutation(target) if permuted else target


@pytest.mark.parametrize("task", [Task.REGRESSION, Task.BINARY], ids=str)
class TestEveryOption:
    """The files of conf/features, and the encodings of each kind of column."""

    def test_finds_nothing_in_a_permuted_target(self, option, houses, task):
        """Scores must be a constant's.

        Without knowledge predictions correlate with 1,500 targets by 0 +- 0.026, which
        takes 0.0003 off a loss of 1; 0.99 would need a correlation of 0.14, more than
        five standard deviations. The ROC AUC is 0.5 +- 0.015; five of them are allowed.
        To the other side the model may lose what thirty small trees overfit.
        """
        columns, steps, inputs = option
        features = build_preprocessor(columns, steps, inputs, task)
        target = target_of(houses, task, permuted=True)

        loss, area = judge(features, houses, target, task)

        assert 0.99 < loss < 1.05
        assert area is None or abs(area - 0.5) < 0.075

    def test_finds_what_there_is(self, option, houses, task):
        """A test that only dead features pass would be no test."""
        columns, steps, inputs = option
        features = build_preprocessor(columns, steps, inputs, task)
        target = target_of(houses, task, permuted=False)

        loss, area = judge(features, houses, target, task)

        assert loss < 0.985
        assert area is None or area > 0.55


class Leaking(TargetEncoder):
    """Encodes training rows by means that hold their own target."""

    def fit_transform(self, X, y):
        return self.fit(X, y).transform(X)


@pytest.mark.parametrize("task", [Task.REGRESSION, Task.BINARY], ids=str)
class TestALeakIsSeen:
    """Target means made wrongly, which the tests above must not let pass."""

    def test_of_a_rows_own_target(self, houses, task):
        """The model trusts the means far too much and loses on rows to come."""
        columns = InputColumns(numeric=[], categorical=["agent"], dates=[])
        features = build_preprocessor(columns, {}, Inputs(), task)
        kind = "binary" if task is Task.BINARY else "continuous"
        features.transformers[1][1].steps[-1] = ("means", Leaking(target_type=kind))
        target = target_of(houses, task, permuted=True)

        loss, _ = judge(features, houses, target, task)

        assert loss > 1.05

    def test_of_test_rows(self, houses, task):
        """Means made once, before the folds, know what they are judged on."""
        target = target_of(houses, task, permuted=True)
        table = houses.assign(mean=Leaking().fit_transform(houses[["agent"]], target))
        columns = InputColumns(numeric=["mean"], categorical=[], dates=[])

        loss, _ = judge(
            build_preprocessor(columns, {}, Inputs(), task), table, target, task
        )

        assert loss < 0.99
