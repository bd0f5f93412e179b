"""From a saved folder to a champion that answers as the pipeline does."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lightgbm import Booster, LGBMRegressor
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.errors import ConfigError, IntegrityError
from sweepkit.models.classify import LabelClassifier
from sweepkit.serving.loader import load_champion
from sweepkit.serving.model_profile import read_profile
from sweepkit.tasks import Task
from sweepkit.tracking.model import ModelCard, save_pipeline

FACTS = {"model_name": "prices", "version": "7", "manifest": {"MLmodel": "ab"}}
PROFILE = TableProfile(
    target="y",
    n_rows=60,
    columns=(
        ColumnProfile(name="a", kind="double", required=True, quantiles=(0.0,) * 11),
        ColumnProfile(name="b", kind="double", required=False, quantiles=(1.0,) * 11),
    ),
)


@pytest.fixture(scope="module")
def table():
    table = pd.DataFrame(
        np.random.default_rng(0).normal(size=(60, 2)), columns=["a", "b"]
    )
    table.loc[3, "b"] = np.nan
    return table


@pytest.fixture(scope="module")
def pipeline(table):
    columns = ColumnTransformer([("numbers", "passthrough", ["a", "b"])])
    trees = LGBMRegressor(n_estimators=3, min_child_samples=2, verbosity=-1)
    return make_pipeline(columns, trees).fit(table, table["a"])


@pytest.fixture
def save(pipeline, table, tmp_path):
    def save(profile=None):
        card = ModelCard(name="boosting", inputs=table, target="y", profile=profile)
        save_pipeline(pipeline, card, tmp_path / "7")
        return tmp_path / "7"

    return save


def test_a_champion_answers_as_its_pipeline_does(save, pipeline, table):
    """To the last bit, or the server would be another model."""
    champion = load_champion(save(PROFILE.to_dict()), FACTS).champion
    rows = [[a, None if np.isnan(b) else b] for a, b in table.to_numpy()]
    np.testing.assert_array_equal(champion.predict(rows), pipeline.predict(table))
    assert (champion.name, champion.version) == ("prices", "7")
    assert champion.profile == PROFILE


def test_loading_never_asks_lightgbm_for_threads(save, monkeypatch):
    """It crashes when another thread predicts with another number: mid-reload."""
    asked, predict = [], Booster.predict

    def note(booster, data, *words, **settings):
        asked.append(settings.get("num_threads"))
        return predict(booster, data, *words, **settings)

    monkeypatch.setattr(Booster, "predict", note)
    load_champion(save(PROFILE.to_dict()), FACTS)
    assert set(asked) == {1}


def test_a_champion_carries_the_registrys_facts_but_no_manifest(save):
    """They are shown to callers, whom the files do not concern."""
    checked = load_champion(save(PROFILE.to_dict()), FACTS)
    assert "manifest" not in checked.champion.facts
    later = checked.with_facts({**FACTS, "aliases": ["champion"]})
    assert later.champion.facts["aliases"] == ["champion"]
    assert "manifest" not in later.champion.facts


def test_scores_among_the_tags_become_metrics(save):
    """The page shows them as numbers; tags are text."""
    internal = {"mlflow.sweepkit.manifest": "{}"}
    facts = {**FACTS, "tags": {"holdout_rmse": "2.5", "model": "m", **internal}}
    told = load_champion(save(PROFILE.to_dict()), facts).champion.facts
    assert told["metrics"] == {"holdout_rmse": 2.5}
    assert told["tags"] == {"holdout_rmse": "2.5", "model": "m"}


def test_a_model_without_profile_is_read_by_its_signature(save):
    """Models that were registered before there were profiles serve as well."""
    profile = read_profile(save())
    assert [(c.name, c.kind, c.required) for c in profile.columns] == [
        ("a", "double", True),
        ("b", "double", False),
    ]
    assert profile.target == "y"


@pytest.mark.parametrize(
    "content",
    ["[]", "{", '{"columns": []}', '{"target": 1, "colour": 2}'],
    ids=["a list", "half of it", "too little", "something else"],
)
def test_a_profile_that_cannot_be_read_refuses_the_model(save, content):
    """It decides which requests are valid: guessing would be worse than refusing."""
    folder = save()
    (folder / "profile.json").write_text(content)
    with pytest.raises(IntegrityError):
        load_champion(folder, FACTS)


def test_a_model_of_strange_types_is_refused_unless_the_config_trusts_them(
    table, tmp_path
):
    """The model's own list of what to trust protects nobody."""
    function = FunctionTransformer(np.nan_to_num)
    columns = ColumnTransformer([("numbers", function, ["a", "b"])])
    model = make_pipeline(columns, Ridge()).fit(table, table["a"])
    strange = ["numpy.nan_to_num"]
    card = ModelCard(name="ridge", inputs=table, target="y", trusted_types=strange)
    save_pipeline(model, card, tmp_path / "8")
    with pytest.raises(ConfigError, match="nan_to_num"):
        load_champion(tmp_path / "8", FACTS)
    champion = load_champion(tmp_path / "8", FACTS, strange).champion
    np.testing.assert_array_equal(
        champion.predict([[1.0, None]]),
        model.predict(pd.DataFrame({"a": [1.0], "b": [np.nan]})),
    )


@pytest.fixture
def save_classes(table, tmp_path):
    """Saves a model of `no` and `yes`, from 0.3 on, with a profile changed as said."""

    def save(**changed):
        filled = table.fillna(0.0)
        columns = ColumnTransformer([("numbers", "passthrough", ["a", "b"])])
        last = LabelClassifier(LogisticRegression(), ["no", "yes"], threshold=0.3)
        model = make_pipeline(columns, last).fit(filled, filled["a"] > 0.5)
        labels = ("no", "yes")
        classes = {"task": "binary", "classes": labels, "class_shares": (0.6, 0.4)}
        profile = replace(PROFILE, **{**classes, "threshold": 0.3, **changed})
        card = ModelCard(
            name="logistic",
            inputs=filled,
            target="y",
            task=Task.BINARY,
            classes=labels,
            profile=profile.to_dict(),
        )
        save_pipeline(model, card, tmp_path / "9")
        return tmp_path / "9", model, filled

    return save


def test_a_champion_of_classes_gives_the_probabilities_of_its_pipeline(save_classes):
    """To the last bit, and it knows what they are called."""
    folder, model, filled = save_classes()
    champion = load_champion(folder, FACTS).champion
    found = champion.predict(filled.to_numpy().tolist())
    np.testing.assert_array_equal(found, model.predict_proba(filled))
    assert champion.profile.classes == ("no", "yes")
    assert champion.profile.threshold == 0.3


@pytest.mark.parametrize(
    "changed",
    [
        {"classes": ("yes", "no")},
        {"classes": ("no", "yes", "maybe"), "class_shares": (0.6, 0.4, 0.0)},
        {"task": "regression", "classes": (), "class_shares": ()},
        {"threshold": None},
        {"threshold": 0.31},
    ],
    ids=["turned", "one more", "none", "no threshold", "another threshold"],
)
def test_a_profile_with_other_classes_refuses_the_model(save_classes, changed):
    """Every answer would have the name of another class, and look like any other."""
    folder, _, _ = save_classes(**changed)
    with pytest.raises(IntegrityError, match=r"no, yes, from 0\.3"):
        load_champion(folder, FACTS)


def test_loading_a_champion_needs_no_mlflow(save):
    """Its import takes longer than the whole start may."""
    folder = save(PROFILE.to_dict())
    code = (
        "import json, pathlib, sys\n"
        "from sweepkit.serving.loader import load_champion, warm_up\n"
        "import sweepkit.serving.worker\n"
        "warm_up()\n"
        "load_champion(pathlib.Path(sys.argv[1]), json.loads(sys.argv[2]))\n"
        "sys.exit('mlflow' in sys.modules)"
    )
    words = [sys.executable, "-c", code, str(folder), json.dumps(FACTS)]
    assert subprocess.run(words, check=False, timeout=120).returncode == 0
