"""What becomes of a sweep whose trials are better together than alone."""

from dataclasses import replace

import mlflow
import numpy as np
import pandas as pd
import pytest
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf, open_dict, read_write

from sweepkit.sweep.clock import Clock
from sweepkit.sweep.costs import Costs
from sweepkit.training.rows import read_rows
from sweepkit.training.sweep_trial import run_sweep_trial

TOGETHER = ("ensemble=true",)
# Each is good where the other is not: a line, and a step.
LINE = ("model=linear",)
STEP = (
    "model=random_forest",
    "model.estimator.n_estimators=10",
    "model.estimator.max_depth=3",
)


@pytest.fixture
def curved(bench):
    """A table that a line and a few steps describe better together."""
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.normal(size=(200, 2)), columns=["a", "b"])
    table["y"] = table["a"] + 2.0 * (table["b"] > 0) + rng.normal(0, 0.3, 200)
    table.to_csv(bench.folder / "houses.csv", index=False)
    return bench


def run_trial(bench, outcome, number, words, **changes):
    """Cross-validate for real, so that what the folds said is kept."""
    cfg = bench.compose(*words)
    with read_write(cfg.hydra), open_dict(cfg.hydra):
        cfg.hydra.runtime.output_dir = str(bench.folder / f"trial{number}")
    HydraConfig.instance().set_config(cfg)
    job = OmegaConf.masked_copy(cfg, [key for key in cfg if key != "hydra"])
    found = run_sweep_trial(job, None)
    known = {
        "params": {"model": words[0].partition("=")[2]},
        "overrides": (*bench.words, *words),
        "folds": found.folds,
        "rounds": found.rounds,
        "kept": found.kept,
    }
    return outcome(number, float(found), **(known | changes))


def two_trials(bench, outcome):
    return [
        run_trial(bench, outcome, number, words)
        for number, words in enumerate((LINE, STEP))
    ]


def only_ensemble(bench):
    (run,) = bench.runs("ensemble")
    return run


def test_trials_that_are_better_together_become_one_version(curved, outcome, capsys):
    """The sum is registered, served and judged as any other model."""
    trials = two_trials(curved, outcome)
    curved.sweep(*trials, words=TOGETHER)

    run = only_ensemble(curved)
    assert curved.versions() == [run.info.run_id]
    assert run.data.tags["mlflow.parentRunId"] == curved.parent().info.run_id
    assert run.data.metrics["cv_rmse"] < min(one.values[0] for one in trials)
    assert run.info.status == "FINISHED"
    printed = capsys.readouterr().out
    assert "trial 0" in printed and "trial 1" in printed
    assert "the best alone" in printed


def test_the_version_is_the_weighted_mean_of_refitted_trials(curved, outcome):
    """What was chosen by cross-validation is what predicts."""
    curved.sweep(*two_trials(curved, outcome), words=TOGETHER)

    run_id = only_ensemble(curved).info.run_id
    file = curved.store.client.download_artifacts(run_id, "config.yaml")
    members = OmegaConf.load(file).model.estimator.members
    weights = np.array([member.weight for member in members.values()])
    model = mlflow.sklearn.load_model("models:/houses_predictor/1")
    rows = read_rows(OmegaConf.load(file)).holdout
    blend, features = model[-1].estimator_, model[0].transform(rows)
    pairs = zip(blend.members_, blend.slices_, strict=True)
    said = [member.predict(features[:, where]) for member, where in pairs]
    assert len(said) == 2
    expected = (weights / weights.sum()) @ np.array(said)
    np.testing.assert_allclose(model.predict(rows), expected, rtol=1e-9)


def test_the_same_ensemble_is_registered_once(curved, outcome):
    """A sweep that is resumed and finds nothing better has nothing to register."""
    trials = two_trials(curved, outcome)
    curved.sweep(*trials, words=TOGETHER)
    curved.sweep(words=TOGETHER, plan=curved.plan(*trials))

    assert len(curved.versions()) == 1
    assert len(curved.runs("ensemble")) == 1


def test_a_trial_that_others_do_not_help_is_registered_alone(curved, outcome, capsys):
    """An ensemble costs time with every prediction; it has to earn that."""
    twins = [run_trial(curved, outcome, number, LINE) for number in (0, 1)]
    curved.sweep(*twins, words=TOGETHER)

    assert curved.runs("ensemble") == []
    assert curved.versions() == [curved.runs("trial")[0].info.run_id]
    assert "ensemble" in capsys.readouterr().out


def test_without_being_asked_the_best_trial_is_registered(curved, outcome):
    """A plain sweep answers which settings are best."""
    curved.sweep(*two_trials(curved, outcome), words=())

    assert curved.runs("ensemble") == []
    assert len(curved.versions()) == 1


def test_trials_on_other_features_do_not_join(curved, outcome):
    """One model reads one set of features."""
    first = run_trial(curved, outcome, 0, LINE)
    params = {"model": "random_forest", "features.chosen": "other"}
    second = run_trial(curved, outcome, 1, STEP, params=params)
    curved.sweep(first, second, words=TOGETHER)

    assert curved.runs("ensemble") == []


def test_many_trials_of_one_model_leave_room_for_another(curved, outcome):
    """A search that has found its model brings near twins of it, dozens of them."""
    line, step = two_trials(curved, outcome)
    twins = [replace(line, number=number) for number in range(2, 50)]
    worse = replace(step, values=(max(line.values[0], step.values[0]) + 1.0,))
    curved.sweep(line, worse, *twins, words=TOGETHER)

    assert "trial 1" in only_ensemble(curved).data.tags["ensemble.members"]


def test_as_many_join_as_there_is_time_for(curved, outcome, tmp_path):
    """One slow trial among the candidates must not keep quick ones apart."""
    line, step = two_trials(curved, outcome)
    slow = replace(line, number=2, seconds=500.0)
    clock = Clock(60.0, Costs.read(tmp_path, "study"))
    curved.sweep(line, step, slow, words=TOGETHER, clock=clock)

    members = only_ensemble(curved).data.tags["ensemble.members"]
    assert "trial 0" in members and "trial 1" in members


def test_what_was_not_kept_does_not_join(curved, outcome, capsys):
    """Folders of trials may have been deleted since."""
    first, second = two_trials(curved, outcome)
    (curved.folder / "trial0" / "out_of_fold.npy").unlink()
    curved.sweep(first, second, words=TOGETHER)

    assert curved.runs("ensemble") == []
    assert "no other trial has kept" in " ".join(capsys.readouterr().out.split())


def test_a_clock_without_time_left_joins_nothing(curved, outcome, tmp_path):
    """Better one model in time than six too late."""
    trials = [
        run_trial(curved, outcome, number, words, seconds=60.0)
        for number, words in enumerate((LINE, STEP))
    ]
    clock = Clock(20.0, Costs.read(tmp_path, "study"))
    curved.sweep(*trials, words=TOGETHER, clock=clock)

    assert curved.runs("ensemble") == []
    assert clock.refitted_s > 0
    assert Costs.read(tmp_path, "study").known["study"]


def test_the_holdout_does_not_touch_the_choice(curved, outcome):
    """Neither weights nor anything before the verdict may see it."""
    curved.sweep(*two_trials(curved, outcome), words=TOGETHER)
    before = only_ensemble(curved).data
    table = pd.read_csv(curved.folder / "houses.csv")
    holdout = np.random.RandomState(42).permutation(len(table))[:40]
    table.loc[holdout, "y"] *= 100.0
    table.loc[holdout, "a"] = 1e6
    table.to_csv(curved.folder / "houses.csv", index=False)
    plan = curved.plan(name="the same sweep, another holdout")
    curved.sweep(*two_trials(curved, outcome), words=TOGETHER, plan=plan)

    (after,) = [r.data for r in curved.runs("ensemble") if r.data.tags != before.tags]
    assert after.tags["ensemble.members"] == before.tags["ensemble.members"]
    chosen = {name for name in before.metrics if name.startswith("cv_")}
    assert {n: after.metrics[n] for n in chosen} == {
        n: before.metrics[n] for n in chosen
    }
    assert after.metrics["holdout_rmse"] != before.metrics["holdout_rmse"]


def test_classes_are_joined_by_their_probabilities(curved, outcome):
    """The ensemble of classifiers is a classifier."""
    rng = np.random.default_rng(8)
    table = pd.DataFrame(rng.normal(size=(300, 2)), columns=["a", "b"])
    height = table["a"] + 2.0 * (table["b"] > 0) + rng.logistic(0, 0.7, 300)
    table["y"] = np.where(height > 1.0, "high", "low")
    table.to_csv(curved.folder / "houses.csv", index=False)
    words = ("task=binary", "evaluation.metric=log_loss")
    trials = [
        run_trial(curved, outcome, number, (*one, *words))
        for number, one in enumerate((LINE, STEP))
    ]
    plan = curved.plan(objectives=("cv_log_loss",))
    curved.sweep(*trials, words=(*TOGETHER, *words), plan=plan)

    model = mlflow.sklearn.load_model("models:/houses_predictor/1")
    shares = model.predict_proba(table[["a", "b"]])
    assert only_ensemble(curved).data.metrics["cv_log_loss"] < trials[0].values[0]
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
