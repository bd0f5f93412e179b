import zipfile
from importlib.metadata import version
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMRegressor
from mlflow.models import Model
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from sweepkit.errors import ConfigError, DiskError, IntegrityError, StoreError
from sweepkit.tracking import open_store, start_run
from sweepkit.tracking.dataset import Table
from sweepkit.tracking.model import ModelCard, load_pipeline, save_pipeline


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    rows = 60
    table = pd.DataFrame(
        {
            "income": rng.normal(size=rows),
            "rooms": rng.integers(1, 9, rows),
            "sold": rng.random(rows) > 0.5,
            "town": rng.choice(["a", "b"], rows),
            "day": pd.date_range("2020-01-01", periods=rows),
        }
    )
    table.loc[3, "income"] = np.nan
    return table


def fit(table, estimator, inputs="passthrough"):
    """Return a small fitted pipeline over numbers, a boolean and a category."""
    encoder = OneHotEncoder(sparse_output=False, handle_unknown="ignore")
    columns = ColumnTransformer(
        [("n", inputs, ["income", "rooms", "sold"]), ("c", encoder, ["town"])]
    )
    return make_pipeline(columns, estimator).fit(table, table["rooms"] * 1.5)


def fit_with_function(table):
    """Return a pipeline that holds a type which no list of ours names."""
    function = FunctionTransformer(np.nan_to_num)
    return fit(table, Ridge(), make_pipeline(function, SimpleImputer()))


@pytest.fixture
def boosting(table):
    return fit(table, LGBMRegressor(n_estimators=5, min_child_samples=2, verbosity=-1))


def card(table, **changes):
    """Return a card for the table unless a test says otherwise."""
    plain = {"name": "boosting", "inputs": table, "target": "price"}
    return ModelCard(**plain | {"requirements": ["lightgbm"]} | changes)


def test_the_logged_model_predicts_what_the_pipeline_does(make_store, table, boosting):
    """To the bit: what was judged is what will be served."""
    with start_run(make_store(), "run") as run:
        model = run.log_model(boosting, card(table))

    served = mlflow.pyfunc.load_model(model.uri)
    rows = table.astype({"rooms": "float64"})
    assert np.array_equal(served.predict(rows), boosting.predict(table))
    assert np.array_equal(
        load_pipeline(model.uri).predict(table), boosting.predict(table)
    )


def test_the_signature_is_explicit(make_store, table, boosting):
    """An inferred one makes integers longs, which then refuse blanks."""
    with start_run(make_store(), "run") as run:
        model = run.log_model(boosting, card(table))

    signature = mlflow.models.get_model_info(model.uri).signature
    assert [(c.name, c.type.name, c.required) for c in signature.inputs] == [
        ("income", "double", False),
        ("rooms", "double", True),
        ("sold", "boolean", True),
        ("town", "string", True),
        ("day", "datetime", True),
    ]
    assert [(c.name, c.type.name) for c in signature.outputs] == [("price", "double")]


def test_the_example_is_accepted_by_the_model_itself(make_store, table, boosting):
    """It is what a person copies into their first request."""
    with start_run(make_store(), "run") as run:
        model = run.log_model(boosting, card(table))

    served = mlflow.pyfunc.load_model(model.uri)
    assert len(served.predict(served.input_example)) == 5


def test_requirements_are_exact_and_not_inferred(make_store, table, boosting):
    """To infer them takes six seconds, and pins what merely was imported."""
    with start_run(make_store(), "run") as run:
        model = run.log_model(boosting, card(table))

    folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=model.uri))
    lines = (folder / "requirements.txt").read_text().split()
    names = ["mlflow", "numpy", "pandas", "scikit-learn", "skops", "lightgbm"]
    names.append("sweepkit")
    assert sorted(lines) == sorted(f"{name}=={version(name)}" for name in names)


def test_the_model_shows_the_runs_scores_and_its_run(make_store, table, boosting):
    """MLflow's page of models is then a leaderboard."""
    store = make_store()
    with start_run(store, "run") as run:
        run.log_metrics({"cv_rmse": [3.0, 2.0], "holdout_rmse": 1.0})
        model = run.log_model(boosting, card(table, metadata={"seed": 42}))

    client = open_store(store).client
    logged = client.get_logged_model(model.model_id)
    assert logged.name == "boosting"
    assert logged.status == "READY"
    assert logged.source_run_id == run.run_id
    assert {m.key: m.value for m in logged.metrics} == {
        "cv_rmse": 2.0,
        "holdout_rmse": 1.0,
    }
    assert len(client.get_metric_history(run.run_id, "cv_rmse")) == 2
    (output,) = client.get_run(run.run_id).outputs.model_outputs
    assert output.model_id == model.model_id
    info = mlflow.models.get_model_info(model.uri)
    assert info.metadata == {"seed": 42}
    assert info.run_id == run.run_id


def test_the_models_scores_name_the_table_they_come_from(make_store, table, boosting):
    """MLflow's page of models then compares models of one table only."""
    store = make_store()
    houses = Table(
        name="houses", source="h.csv", fingerprint="f" * 64, columns=[], n_rows=60
    )
    with start_run(store, "run") as run:
        run.log_dataset(houses)
        run.log_metrics({"cv_rmse": [3.0, 2.0], "holdout_rmse": 1.0})
        model = run.log_model(boosting, card(table))

    client = open_store(store).client
    (entry,) = client.get_run(run.run_id).inputs.dataset_inputs
    logged = client.get_logged_model(model.model_id)
    assert len(logged.metrics) == 2
    for metric in logged.metrics:
        known = (metric.dataset_name, metric.dataset_digest)
        assert known == (entry.dataset.name, entry.dataset.digest)


def test_a_type_nobody_trusts_is_refused_before_logging(make_store, table):
    """A model that cannot be loaded again must not reach the registry."""
    store = make_store()
    scaled = fit_with_function(table)

    with (
        pytest.raises(ConfigError, match=r"numpy\.nan_to_num.*`model\.trusted_types`"),
        start_run(store, "run") as run,
    ):
        run.log_model(scaled, card(table))

    opened = open_store(store)
    assert not opened.client.search_logged_models([opened.experiment_id])


def test_a_type_named_in_the_config_is_trusted(make_store, table):
    """A new estimator needs a line of YAML and no code."""
    scaled = fit_with_function(table)
    trusted = ["numpy.nan_to_num"]

    with start_run(make_store(), "run") as run:
        model = run.log_model(scaled, card(table, trusted_types=trusted))

    assert load_pipeline(model.uri, trusted)
    with pytest.raises(ConfigError, match=r"numpy\.nan_to_num"):
        load_pipeline(model.uri)


def test_a_class_of_a_script_is_refused_in_words(make_store, table):
    """skops can only restore what can be imported by name."""

    class Local(Ridge):
        pass

    inputs = SimpleImputer()
    with (
        pytest.raises(ConfigError, match=r"importable by name|trusted_types"),
        start_run(make_store(), "run") as run,
    ):
        run.log_model(fit(table, Local(), inputs), card(table))


def test_a_pickled_model_is_never_loaded(tmp_path, table, boosting):
    """A pickle runs whatever its author wanted."""
    mlflow.sklearn.save_model(
        boosting,
        str(tmp_path / "model"),
        serialization_format="cloudpickle",
        pip_requirements=[],
    )

    with pytest.raises(IntegrityError, match="saved by skops but as cloudpickle"):
        load_pipeline(str(tmp_path / "model"))


def test_a_models_own_list_of_trusted_types_counts_for_nothing(tmp_path, table):
    """Whoever crafts a file writes that list too."""
    scaled = fit_with_function(table)
    folder = tmp_path / "model"
    save_pipeline(scaled, card(table, trusted_types=["numpy.nan_to_num"]), folder)

    listed = Model.load(str(folder)).flavors["sklearn"]["skops_trusted_types"]
    assert "numpy.nan_to_num" in listed
    with pytest.raises(ConfigError, match=r"numpy\.nan_to_num"):
        load_pipeline(str(folder))


def test_a_model_the_store_does_not_have_is_a_store_error(make_store):
    """The id in the message is what to look for."""
    open_store(make_store())

    with pytest.raises(StoreError, match="m-nonesuch"):
        load_pipeline("models:/m-nonesuch")


def test_a_model_that_finds_no_room_is_a_disk_error(
    make_store, table, boosting, tmp_path
):
    """Exit code 5 tells a script to free space."""
    (tmp_path / "artifacts").write_text("a file in the folder's place")

    with (
        pytest.raises(DiskError, match="artifacts"),
        start_run(make_store(), "run") as run,
    ):
        run.log_model(boosting, card(table))


def test_a_model_is_data_and_carries_no_code(tmp_path, table, boosting):
    """Whoever loads a model must not run what somebody put into its folder."""
    folder = tmp_path / "model"
    save_pipeline(boosting, card(table), folder)

    assert not [path.name for path in folder.rglob("*.py")]
    assert "code" not in Model.load(str(folder)).flavors["python_function"]


def test_the_file_holds_no_pickle(tmp_path, table, boosting):
    """skops writes arrays and names; a pickle in it would be code."""
    save_pipeline(boosting, card(table), tmp_path / "model")

    with zipfile.ZipFile(tmp_path / "model" / "model.skops") as file:
        assert not [name for name in file.namelist() if "pickle" in name]
