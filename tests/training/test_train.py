"""One trial from table to registered version, in this process."""

import json
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from sweepkit.data.column_profile import TableProfile
from sweepkit.errors import (
    ConfigError,
    DataError,
    FitError,
    StoreError,
    SweepkitError,
)
from sweepkit.training.rows import read_rows

MODELS = ["random_forest", "gradient_boosting", "hist_gradient_boosting"]
MODELS += ["linear", "dummy"]
SMALL = {
    "random_forest": ["model.estimator.n_estimators=10"],
    "gradient_boosting": ["model.estimator.n_estimators=10"],
    "hist_gradient_boosting": ["model.estimator.max_iter=10"],
}
NAME = "houses_predictor"


def champion(client) -> str:
    return str(client.get_model_version_by_alias(NAME, "champion").version)


def test_the_objective_is_the_mean_over_the_folds(bench):
    """A sweep optimizes what the record shows."""
    objective = bench.train()

    history = bench.client.get_metric_history(bench.last_run().info.run_id, "cv_rmse")
    by_step = {point.step: point.value for point in history}
    folds = [by_step[step] for step in range(3)]
    assert objective == pytest.approx(np.mean(folds), rel=1e-12)
    assert by_step[3] == objective, "tables of runs show the last point: the mean"


def test_a_run_carries_all_that_it_takes_to_understand_it(bench):
    """Config, data, code, environment, scores, figures, model: nothing by memory."""
    bench.train()

    run = bench.last_run()
    assert run.info.status == "FINISHED"
    assert run.data.params["model.estimator.alpha"] == "1.0"
    assert run.data.params["seed"] == "42"
    assert {"config.hash", "data.fingerprint", "holdout.fingerprint"} <= set(
        run.data.tags
    )
    scores = {"cv_rmse_sd", "holdout_rmse", "holdout_r2", "holdout_mae", "holdout_mape"}
    assert scores | {"floor_rmse"} <= set(run.data.metrics)
    (table,) = run.inputs.dataset_inputs
    assert table.dataset.name == "houses"
    assert bench.artifacts() >= {
        "config.yaml",
        "schema.json",
        "environment.txt",
        "evaluation_report.json",
        "report.html",
        "figures",
    }


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_saved_and_served_equal(bench, model):
    """What MLflow serves must be what was judged, to the last digit."""
    # The dummy is the floor itself, which the gate would refuse.
    bench.train(f"model={model}", *SMALL.get(model, []), "registry.gate=off")

    table = pd.read_csv(bench.folder / "houses.csv")
    rows = table[["size", "town", "garden", "sold_on"]].assign(
        sold_on=pd.to_datetime(table["sold_on"])
    )
    served = mlflow.pyfunc.load_model(f"models:/{NAME}@champion")
    predicted = served.predict(rows)
    report = json.loads((bench.output / "evaluation_report.json").read_text())
    split = np.arange(len(table))
    rng = np.random.RandomState(42).permutation(split)
    holdout = np.sort(rng[:24])
    rmse = np.sqrt(np.mean((predicted - table["price"])[holdout] ** 2))
    assert rmse == pytest.approx(report["scores"]["holdout_rmse"], rel=1e-12)


def test_a_new_model_is_one_yaml_file(bench):
    """Any scikit-learn-compatible estimator joins without a line of code."""
    folder = bench.folder / "own" / "model"
    folder.mkdir(parents=True)
    (folder / "bagged_trees.yaml").write_text(
        "estimator:\n"
        "  _target_: sklearn.ensemble.ExtraTreesRegressor\n"
        "  n_estimators: 10\n"
        "  random_state: ${seed}\n"
        "inputs: {missing: median}\n"
        "requirements: [scikit-learn]\n"
        "trusted_types: [sklearn.tree._tree.Tree]\n"
    )

    bench.train(f"hydra.searchpath=[file://{folder.parent}]", "model=bagged_trees")

    version = bench.client.get_model_version(NAME, "1")
    assert version.tags["model"] == "bagged_trees"
    assert len(mlflow.sklearn.load_model(f"models:/{NAME}/1")[-1].estimator_) == 10


@pytest.mark.parametrize("model", ["random_forest", "gradient_boosting"])
def test_the_same_seed_gives_the_same_bits(bench, model):
    """Whatever the number of threads: a figure that wobbles convinces nobody."""
    command = [f"model={model}", *SMALL[model], "registry.publish=false"]
    metrics = []
    for threads in (1, 2, 2, 4):
        bench.train(*command, f"threads={threads}")
        metrics.append(bench.last_run().data.metrics)

    assert all(later == metrics[0] for later in metrics[1:])


def test_the_holdout_does_not_touch_the_objective(bench, rewrite_table):
    """No selection may see it: not through a fold, an imputer or an encoder."""
    before = bench.train()
    table = pd.read_csv(bench.folder / "houses.csv")
    holdout = np.random.RandomState(42).permutation(len(table))[:24]
    price, size = table["price"].copy(), table["size"].copy()
    price.iloc[holdout] *= 100
    size.iloc[holdout] = 1e6
    rewrite_table(price=price, size=size)

    assert bench.train() == before


def test_on_fold_is_called_after_each_fold_and_may_end_the_trial(bench):
    """The seam by which a sweep prunes, without training knowing of sweeps."""
    seen = []

    def stop_at_second(step, scores):
        seen.append((step, scores["rmse"]))
        if step == 1:
            raise ConfigError("enough")

    with pytest.raises(ConfigError):
        bench.train(on_fold=stop_at_second)

    assert [step for step, _ in seen] == [0, 1]
    assert bench.last_run().info.status == "FAILED"


@pytest.mark.parametrize(
    "evaluation",
    [
        pytest.param(["evaluation=repeated_kfold"], id="repeated"),
        pytest.param(["evaluation=single_split"], id="single split"),
        pytest.param(
            ["evaluation=group_kfold", "evaluation.group=house_id"], id="groups"
        ),
        pytest.param(
            ["evaluation=time_series", "evaluation.time=sold_on"], id="over time"
        ),
    ],
)
def test_every_way_to_evaluate_runs(bench, evaluation):
    """Folds and holdout follow the same rule, so that neither flatters."""
    assert bench.train(*evaluation, "registry.publish=false") > 0


POOR = "model.estimator.alpha=300"


def test_only_a_better_model_becomes_champion(bench):
    """A worse one is registered, and stays in the row behind."""
    bench.train(POOR)
    bench.train("model=dummy")
    assert champion(bench.client) == "1"

    bench.train()

    assert champion(bench.client) == "3"
    assert bench.client.get_model_version(NAME, "2").tags["promoted"] == "False"


def test_a_gain_that_may_be_chance_changes_nothing(bench, capsys):
    """On 24 rows a slightly lower error proves nothing, and it says so."""
    bench.train()
    capsys.readouterr()
    bench.train("model.estimator.alpha=0.5")

    assert champion(bench.client) == "1"
    assert "the champion stays: holdout_rmse improved by" in capsys.readouterr().out


def test_a_run_keeps_what_later_candidates_are_compared_with(bench):
    """Pairs of errors on the same rows need the rows, not only their mean."""
    bench.train()

    run_id = bench.last_run().info.run_id
    file = bench.client.download_artifacts(run_id, "holdout_predictions.parquet")
    kept = pd.read_parquet(file)
    rmse = np.sqrt(np.mean((kept["predicted"] - kept["actual"]) ** 2))
    assert rmse == pytest.approx(bench.last_run().data.metrics["holdout_rmse"])
    price = pd.read_csv(bench.folder / "houses.csv")["price"]
    np.testing.assert_array_equal(price[kept["row"]], kept["actual"])
    assert "training_rows.parquet" in bench.artifacts()


def test_the_decision_is_kept_with_its_numbers(bench):
    """Why it went live is asked long afterwards."""
    bench.train(POOR)
    bench.train()

    run_id = bench.last_run().info.run_id
    file = Path(bench.client.download_artifacts(run_id, "gate.json"))
    decision = json.loads(file.read_text())
    assert decision["promote"] is True
    assert decision["numbers"]["comparison"]["n_rows"] == 24
    assert decision["numbers"]["limits"]["size_mb"] > 0
    tags = bench.client.get_model_version(NAME, "2").tags
    assert tags["decision"] == decision["reason"]


def test_a_grown_table_lets_a_better_model_through(bench):
    """The champion is asked again, about rows it has not learned from."""
    bench.train(POOR)
    table = pd.read_csv(bench.folder / "houses.csv")
    parts = [table.assign(size=table["size"] + n / 8) for n in range(6)]
    for n, part in enumerate(parts):
        part["price"] += 3 * n / 8
    grown = pd.concat(parts).assign(house_id=np.arange(6 * len(table)))
    grown.to_csv(bench.folder / "houses.csv", index=False)
    bench.train()

    assert champion(bench.client) == "2"
    reason = bench.client.get_model_version(NAME, "2").tags["decision"]
    assert "scored again" in reason
    assert "left out, as it has learned from them" in reason


def test_a_champion_that_cannot_be_asked_stays(bench):
    """It needs a column that the table no longer has."""
    bench.train(POOR)
    table = pd.read_csv(bench.folder / "houses.csv").drop(columns="town")
    table.to_csv(bench.folder / "houses.csv", index=False)
    bench.train()
    assert champion(bench.client) == "1"
    reason = bench.client.get_model_version(NAME, "2").tags["decision"]
    assert "'town'" in reason

    bench.train("registry.gate=off")
    assert champion(bench.client) == "3"


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("registry.max_latency_ms=0.001", "registry.max_latency_ms"),
        ("registry.max_size_mb=0.0001", "registry.max_size_mb"),
    ],
)
def test_a_model_beyond_a_limit_does_not_go_live(bench, override, said):
    """Also when there is none to compare it with."""
    bench.train(override)

    version = bench.client.get_model_version(NAME, "1")
    assert version.tags["promoted"] == "False"
    assert said in version.tags["decision"]


def test_the_model_carries_its_training_rows_profile(bench):
    """The server checks requests against it and measures drift from it."""
    bench.train()

    (file,) = bench.folder.rglob("profile.json")
    profile = TableProfile.from_dict(json.loads(file.read_text()))
    assert [column.name for column in profile.columns] == [
        "size",
        "town",
        "garden",
        "sold_on",
    ]
    assert (profile.target, profile.n_rows) == ("price", 96)


def test_publishing_can_be_left_out(bench):
    """A look at a model is no reason for a version."""
    bench.train("registry.publish=false")

    assert bench.client.search_registered_models() == []


def test_without_tracking_nothing_is_left_but_the_output_folder(bench, capsys):
    """For a quick look: no database, no version, and it says so."""
    for file in bench.folder.glob("mlflow.db*"):
        file.unlink()

    bench.train("tracking=off")

    assert not list(bench.folder.glob("mlflow.db*"))
    assert (bench.output / "report.html").exists()
    assert "tracking=off" in capsys.readouterr().out


def test_a_failing_fit_ends_its_run_failed_with_the_cause_kept(bench):
    """Whoever looks in the morning finds why, not only that."""
    with pytest.raises(FitError, match=r"Ridge cannot be fitted.*alpha"):
        bench.train("model.estimator.alpha=-1")

    assert bench.last_run().info.status == "FAILED"
    assert "traceback.txt" in bench.artifacts()


@pytest.mark.parametrize(
    ("overrides", "kind", "said"),
    [
        (["data.target=prise"], DataError, "Did you mean 'price'"),
        (["data.path=hauses.csv"], DataError, "Did you mean 'houses.csv'"),
        (["data.target=town", "task=regression"], DataError, "predicts numbers"),
        (["+data.roles.size=nmeric"], DataError, "Did you mean 'numeric'"),
        (["evaluation.n_splits=500"], DataError, "n_splits"),
        (["evaluation.holdout.fraction=1.5"], DataError, "holdout.fraction"),
        (["evaluation.metric=rsme"], ConfigError, "known metrics are rmse"),
        (["model.estimator._target_=sklearn.nope"], ConfigError, "sklearn.nope"),
        (["+model.estimator.alfa=3"], ConfigError, "unexpected keyword argument"),
        (["evaluation.splitter.shuffle=3"], ConfigError, "evaluation.splitter cannot"),
        (
            ["model.estimator._target_=xgb.Reg"],
            ConfigError,
            "'xgb.Reg', which `TRUSTED",
        ),
        (["data.target_unit=${data.unit}"], ConfigError, "`data.target_unit`"),
        (["data.ignored=[siez]"], DataError, "Did you mean 'size'"),
        (["model.inputs.missing=mean"], ConfigError, "`keep` or `median`"),
        (["features=geo"], DataError, "features=none"),
        (["data.latitude=lat"], DataError, "data.latitude"),
        (["evaluation=group_kfold", "evaluation.group=nope"], DataError, "group"),
        (["evaluation=group_kfold"], ConfigError, "evaluation.group must be given"),
        (["registry.model_name=a/b"], ConfigError, "registry.model_name"),
        (["registry.gate=never"], ConfigError, "registry.gate"),
        (["registry.confidence=95"], ConfigError, "registry.confidence"),
        (["registry.max_slice_loss=-1"], ConfigError, "registry.max_slice_loss"),
        (["registry.signature=same"], ConfigError, "registry.signature"),
        (["tracking.uri=ftp://h"], ConfigError, "tracking.uri"),
        (["tracking.uri=http://127.0.0.1:9"], StoreError, "tracking=local"),
    ],
    ids=lambda value: str(value[0])[:50] if isinstance(value, list) else "",
)
def test_refusals_name_what_to_change(bench, overrides, kind, said):
    """One sentence that says what was found, what is needed and where."""
    with pytest.raises(kind) as refusal:
        bench.train(*overrides)

    assert said in str(refusal.value)
    assert "full_key" not in str(refusal.value)
    assert "?." not in str(refusal.value)
    assert isinstance(refusal.value, SweepkitError)
    assert refusal.value.exit_code in (2, 4)


def test_a_refused_setting_leaves_no_run_behind(bench):
    """A typo is not an experiment; it must not litter the list of runs."""
    for override in ("data.target=prise", "registry.gate=never", "features=geo"):
        with pytest.raises(SweepkitError):
            bench.train(override)

    experiments = [e.experiment_id for e in bench.client.search_experiments()]
    assert bench.client.search_runs(experiments) == []


def test_a_password_in_the_environment_reaches_no_file(bench, monkeypatch):
    """Configs are saved, tagged and shown; a secret in them is everybody's."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:hunter2@127.0.0.1:9")

    with pytest.raises(StoreError) as refusal:
        bench.train("tracking=server")

    assert "hunter2" not in str(refusal.value)


def test_a_missing_server_address_names_its_variable(bench, monkeypatch):
    """OmegaConf's own words name neither the key nor what to do."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)

    with pytest.raises(ConfigError, match=r"tracking\.uri .*MLFLOW_TRACKING_URI.*Set"):
        bench.train("tracking=server")


def test_a_column_no_key_can_name_is_ignored_all_the_same(bench, rewrite_table):
    """Also by the reader: a cell that is no number would stop it."""
    sizes = pd.read_csv(bench.folder / "houses.csv")["size"].astype("object")
    sizes[7] = "n.a. (see note)"
    rewrite_table(**{"größe (m²)": sizes})

    with pytest.raises(DataError) as refusal:
        bench.train()
    typed = 'data.ignored=["größe (m²)"]'
    assert f"'{typed}'" in str(refusal.value)

    assert bench.train(typed) > 0


def held_out(bench, *overrides) -> str:
    return read_rows(bench.compose(*overrides)).holdout_fingerprint


@pytest.mark.parametrize(
    "override",
    [
        "+data.roles.house_id=categorical",
        "+data.roles.size=categorical",
        "data.ignored=[town]",
        "evaluation.n_splits=4",
        "seed=7",
    ],
)
def test_equal_holdout_rows_have_equal_fingerprints(bench, override):
    """A column read in another way must not keep the gate from comparing."""
    assert held_out(bench, override) == held_out(bench)


def test_other_holdout_rows_have_other_fingerprints(bench, rewrite_table):
    """The gate must not compare what was judged on different rows."""
    overrides = (
        [],
        ["evaluation.holdout.seed=43"],
        ["evaluation.holdout.fraction=0.3"],
        ["evaluation=time_series", "evaluation.time=sold_on"],
        ["data.target=size", "data.path=filled.csv"],
    )
    table = pd.read_csv(bench.folder / "houses.csv")
    table.fillna({"size": 100.0}).to_csv(bench.folder / "filled.csv", index=False)
    prints = [held_out(bench, *some) for some in overrides]
    rewrite_table(price=table["price"] + 1)
    prints.append(held_out(bench))

    assert len(set(prints)) == len(prints)


def test_pages_of_run_and_version_explain_themselves(bench):
    """Whoever opens MLflow reads scores beside the floor, and few tags."""
    bench.train()

    note = bench.last_run().data.tags["mlflow.note.content"]
    version = bench.client.get_model_version(NAME, "1")
    assert note == version.description
    assert note.startswith("linear on houses, target price\n\n| metric |")
    assert "floor: median" in note
    assert "| RMSE" in note
    assert "holdout_rmse" in version.tags
    assert not [k for k in version.tags if k.startswith("floor_") or k.endswith("_sd")]


def test_an_empty_log_is_no_artifact(bench):
    """Hydra makes `train.log` before anything is said."""
    out = bench.folder / "out1"
    out.mkdir()
    (out / "train.log").touch()
    bench.train()

    assert "report.html" in bench.artifacts()
    assert "train.log" not in bench.artifacts()


def test_a_password_in_a_data_path_is_refused(bench):
    """The path would be recorded with the run."""
    with pytest.raises(ConfigError, match=r"data\.path.*oc\.env"):
        bench.train("data.path=https://me:hunter2@host/a.csv")


def test_an_unnamed_type_is_refused_before_it_is_stored(bench):
    """Loading such a model would be refused anyway, a night later."""
    with pytest.raises(ConfigError, match=r"model\.trusted_types"):
        bench.train(
            "model.estimator._target_=sklearn.neighbors.KNeighborsRegressor",
            "~model.estimator.alpha",
        )


def test_the_summary_compares_with_the_floor_and_links(bench, capsys):
    """The last thing on the screen answers: is it good, where is it."""
    bench.train()

    out = capsys.readouterr().out
    for words in ("floor: median", "holdout", "report.html", "workflowType", NAME):
        assert words in out


def test_progress_is_silent_without_a_terminal(bench, capsys):
    """A log file full of control characters helps nobody."""
    bench.train()

    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if not line.startswith("Warning: ")] == []
