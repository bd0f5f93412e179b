"""Every file of every group composes, and typos are refused in words."""

from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.utils import execution_whitelist
from omegaconf import OmegaConf

from sweepkit.config import TRUSTED, register

CONF = Path(__file__).parents[2] / "conf"
# Files that must be given a value to be complete.
NEEDS = {
    "data/csv": ["data.path=a.csv", "data.target=y", "task=regression"],
    "data/parquet": ["data.path=a.parquet", "data.target=y", "task=regression"],
    "data/sql": ["data.url=sqlite:///a.db", "data.target=y", "task=regression"],
    "evaluation/group_kfold": ["evaluation.group=customer"],
    "evaluation/time_series": ["evaluation.time=sold_on"],
}
CHOICES = sorted(
    str(path.relative_to(CONF).with_suffix(""))
    for path in CONF.glob("*/*.yaml")
    if path.parent.name
    not in {"search_space", "portfolio", "hparams_search", "hydra", "serving"}
)
MODELS = sorted(path.stem for path in (CONF / "model").glob("*.yaml"))


@pytest.fixture(autouse=True)
def hydra_in_conf():
    register()
    with initialize_config_dir(str(CONF)), execution_whitelist(list(TRUSTED)):
        yield
    GlobalHydra.instance().clear()


def resolved(*overrides: str) -> dict:
    cfg = compose("train", overrides=list(overrides), return_hydra_config=True)
    HydraConfig.instance().set_config(cfg)
    return OmegaConf.to_container(
        OmegaConf.masked_copy(cfg, [key for key in cfg if key != "hydra"]),
        resolve=True,
        throw_on_missing=True,
    )


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_composes(choice, monkeypatch):
    """A file that nobody can choose is a trap for whoever does."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")
    group, name = choice.rsplit("/", 1)

    settings = resolved(f"{group}={name}", *NEEDS.get(choice, []))

    assert settings.get(group, settings)  # an experiment has no node of its own


@pytest.mark.parametrize("model", MODELS)
def test_search_space_entries_are_keys_of_their_model(model):
    """A sweep over a misspelt key would search nothing."""
    space = OmegaConf.load(CONF / "search_space" / f"{model}.yaml")

    cfg = compose("train", overrides=[f"model={model}"])

    for key in space:
        parent, _, leaf = str(key).rpartition(".")
        assert leaf in OmegaConf.select(cfg, parent), key


@pytest.mark.parametrize("path", sorted(CONF.rglob("*.yaml")), ids=lambda p: p.stem)
def test_every_file_says_what_it_is(path):
    """The first lines are the documentation people meet."""
    assert path.read_text().startswith(("# ", "# @package _global_\n#"))


def test_the_embedded_table_brings_its_features():
    """Other tables have no coordinates, so the default follows the data."""
    assert resolved()["features"]["steps"]
    assert not resolved("data=csv", *NEEDS["data/csv"])["features"]["steps"]
    assert not resolved("features=none")["features"]["steps"]


def test_names_follow_the_file():
    """Another table must not compete for the housing model's name."""
    settings = resolved(
        "data=csv", "data.path=/tmp/my.v2.csv", "data.target=y", "task=regression"
    )

    assert settings["registry"]["model_name"] == "my_predictor"
    assert settings["data"]["source"]["path"] == "/tmp/my.v2.csv"


@pytest.mark.parametrize(
    ("override", "said"),
    [
        pytest.param("modle=linear", "Did you mean: 'model'", id="key"),
        pytest.param("model=linaer", "gradient_boosting", id="choice"),
        pytest.param("model.estimator.num_leafs=3", "num_leaves", id="setting"),
        pytest.param("seed=abc", "Integer", id="number"),
        pytest.param("model.clip_predictions=perhaps", "bool", id="truth value"),
        pytest.param("data.path=my.csv", "'path' not in", id="path without data=csv"),
    ],
)
def test_typos_are_refused(override, said):
    """One message that names the key; nothing is silently ignored."""
    with pytest.raises(HydraException) as refusal:
        resolved(override)

    assert said in f"{refusal.value} {refusal.value.__cause__}"


@pytest.mark.parametrize(
    ("model", "regressor", "classifier"),
    [
        pytest.param("gradient_boosting", "LGBMRegressor", "LGBMClassifier"),
        pytest.param(
            "random_forest", "RandomForestRegressor", "RandomForestClassifier"
        ),
        pytest.param("linear", "make_ridge", "make_logistic"),
        pytest.param("dummy", "DummyRegressor", "DummyClassifier"),
    ],
)
def test_one_file_of_a_model_serves_every_task(model, regressor, classifier):
    """Somebody who changes the target need not look for another model."""
    for task, expected in (
        ("regression", regressor),
        ("binary", classifier),
        ("multiclass", classifier),
    ):
        settings = resolved(f"model={model}", f"task={task}")

        target = settings["model"]["estimator"]["_target_"]
        assert target.rpartition(".")[2] == expected


def test_folds_and_metric_follow_the_task(tmp_path):
    """Classes need folds with their share of each, and a metric that knows them."""
    table = tmp_path / "t.csv"
    rows = [f"{i},{'yes' if i % 3 else 'no'}" for i in range(30)]
    table.write_text("x,y\n" + "\n".join(rows) + "\n")

    settings = resolved("data=csv", f"data.path={table}", "data.target=y")

    assert settings["task"]["name"] == "binary"
    assert settings["evaluation"]["metric"] == "roc_auc"
    splitter = settings["evaluation"]["splitter"]["_target_"]
    assert splitter == "sklearn.model_selection.StratifiedKFold"


def test_a_file_may_replace_the_metric_of_an_inferred_task(tmp_path):
    """Merging asks for what it replaces, before the table's path is known."""
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text(
        "# @package _global_\nevaluation:\n  metric: f1\n"
    )
    table = tmp_path / "t.csv"
    rows = [f"{i},{'yes' if i % 3 else 'no'}" for i in range(30)]
    table.write_text("x,y\n" + "\n".join(rows) + "\n")

    settings = resolved(
        *("data=csv", f"data.path={table}", "data.target=y", "experiment=mine"),
        f"hydra.searchpath=[file://{tmp_path}]",
    )

    assert settings["evaluation"]["metric"] == "f1"
    assert settings["task"]["name"] == "binary"
