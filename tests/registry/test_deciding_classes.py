"""Classifiers before the gate, against a champion in a real store."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from sweepkit.data.fingerprint import fingerprint
from sweepkit.data.holdout import split_holdout
from sweepkit.data.schema import infer_schema
from sweepkit.errors import ConfigError
from sweepkit.evaluation.metrics import find_metric
from sweepkit.features.preprocess import Inputs
from sweepkit.models.outputs import ask
from sweepkit.models.pipeline import build_pipeline
from sweepkit.registry.deciding import decide
from sweepkit.registry.evidence import (
    PREDICTIONS,
    Evidence,
    Predictions,
    hash_rows,
    save_learned,
)
from sweepkit.registry.facts import find_facts
from sweepkit.registry.gate import Gate, Scorecard
from sweepkit.registry.labels import read_classes
from sweepkit.registry.publish import publish
from sweepkit.tasks import Task
from sweepkit.tracking import open_store, start_run
from sweepkit.tracking.columns import read_columns
from sweepkit.tracking.model import ModelCard

NAME = "flowers"
GOOD, POOR = 1.0, 1e-5  # how little LogisticRegression's coefficients are held back
TWO, THREE, FOUR = ("no", "yes"), ("a", "b", "c"), ("a", "b", "c", "d")


def make_table(labels=TWO, n=800):
    rng = np.random.default_rng(0)
    size, weight = rng.normal(size=(2, n))
    town = rng.choice(["x", "y"], n)
    pulls = np.column_stack(
        [size * np.cos(k) + weight * np.sin(k) for k in range(len(labels))]
    )
    codes = np.argmax(3 * pulls + rng.gumbel(size=pulls.shape), axis=1)
    return pd.DataFrame(
        {
            "size": size,
            "weight": weight,
            "town": town,
            "age": rng.integers(20, 80, n).astype(float),
            "kind": np.array(labels, dtype=object)[codes],
        }
    )


@dataclass
class Offer:
    """A trained candidate, as training hands it to the registry."""

    card: Scorecard
    evidence: Evidence
    pipeline: object
    train: pd.DataFrame
    train_target: np.ndarray
    schema: object


def make_offer(
    strength=GOOD, *, labels=TWO, table=None, metric="log_loss", seed=1, positive=None
) -> Offer:
    table = make_table(labels) if table is None else table
    schema = infer_schema(
        table, target="kind", overrides={"age": "ignored"}, positive=positive
    )
    split = split_holdout(table, fraction=0.5, seed=seed)
    train, holdout = schema.conform(split.train), schema.conform(split.holdout)
    actual = schema.target_values(split.holdout)
    train_target = schema.target_values(split.train)
    numbers = schema.task is Task.REGRESSION
    pipeline = build_pipeline(
        Ridge() if numbers else LogisticRegression(C=strength),
        schema,
        steps={},
        inputs=Inputs(missing="median", scale=True),
        clip_predictions=False,
    ).fit(train, train_target)
    said, rows, kind = ask(pipeline, holdout), holdout.index, find_metric(metric)
    identity = pd.DataFrame({"row": rows, "kind": split.holdout["kind"]})
    return Offer(
        Scorecard(
            metric=f"holdout_{metric}",
            value=kind.judge(actual, said),
            direction=kind.direction,
            holdout=fingerprint(identity, ordered=False),
        ),
        Evidence(
            rows=rows.to_numpy(),
            actual=actual,
            predicted=said.values,
            task=schema.task,
            classes=schema.classes,
            probabilities=said.probabilities,
            inputs=holdout,
            raw=table.loc[rows],
            target="kind",
            columns=read_columns(train),
            table=fingerprint(table, ordered=False),
        ),
        pipeline,
        train,
        train_target,
        schema,
    )


@dataclass
class Bench:
    """A store with a champion in it."""

    settings: object
    folder: Path

    def crown(self, offer: Offer, *, without: tuple[str, ...] = ()) -> str:
        """Make an offer the champion, with all that its run keeps; return its model."""
        known = offer.evidence
        with start_run(self.settings, "run") as run:
            kept = Predictions(
                *(known.rows, known.actual, known.predicted, known.task),
                known.classes,
                known.probabilities,
            )
            if PREDICTIONS not in without:
                run.log_artifact(kept.save(self.folder))
            keys = hash_rows(offer.train, offer.train_target)
            run.log_artifact(save_learned(keys, self.folder))
            run.log_text(json.dumps(offer.schema.to_dict()), "schema.json")
            card = ModelCard(
                name="linear",
                inputs=offer.train,
                target="kind",
                task=known.task,
                classes=known.classes,
            )
            model = run.log_model(offer.pipeline, card)
        publish(
            open_store(self.settings),
            run_id=run.run_id,
            model_id=model.model_id,
            model_name=NAME,
            scorecard=offer.card,
            gate=Gate(mode="off"),
            evidence=known,
            tags={"data.fingerprint": known.table},
        )
        return model.uri

    def decide(self, offer: Offer, gate: Gate | None = None):
        store = open_store(self.settings)
        with store.guard():
            return decide(store, NAME, "1", offer.card, offer.evidence, gate or Gate())


@pytest.fixture
def bench(make_store, tmp_path):
    return Bench(make_store(), tmp_path)


@pytest.mark.parametrize("without", [(), (PREDICTIONS,)], ids=["kept", "asked again"])
@pytest.mark.parametrize("metric", ["log_loss", "accuracy"])
@pytest.mark.parametrize("labels", [TWO, THREE])
def test_a_better_classifier_is_promoted(bench, labels, metric, without):
    """By any score of classes, whichever way it goes."""
    bench.crown(make_offer(POOR, labels=labels), without=without)
    candidate = make_offer(GOOD, labels=labels, metric=metric)
    decision = bench.decide(candidate)

    assert decision.promote, decision.reason
    assert decision.numbers["candidate"] == pytest.approx(candidate.card.value)
    assert decision.numbers["comparison"]["low"] > 0
    assert bool(decision.numbers["scored_again"]) == bool(without)


@pytest.mark.parametrize("without", [(), (PREDICTIONS,)], ids=["kept", "asked again"])
def test_another_positive_label_is_no_obstacle(bench, without):
    """Columns are matched by label: by position the champion would be all wrong."""
    bench.crown(make_offer(GOOD, positive="yes"), without=without)
    candidate = make_offer(GOOD, positive="no")
    assert candidate.evidence.classes == ("yes", "no")
    decision = bench.decide(candidate)

    assert not decision.promote  # it is the same model
    assert decision.numbers["champion"] == pytest.approx(
        decision.numbers["candidate"], rel=1e-3
    )


def test_rows_the_champion_has_learned_are_known_by_their_label(bench):
    """Codes of the candidate's classes are not those of the champion's."""
    table = make_table(TWO)
    bench.crown(make_offer(POOR, table=table, seed=1, positive="yes"))
    candidate = make_offer(GOOD, table=table, seed=2, positive="no")
    decision = bench.decide(candidate)

    seen = np.isin(
        candidate.evidence.rows, split_holdout(table, fraction=0.5, seed=1).train.index
    )
    assert decision.numbers["rows_left_out"] == seen.sum() > 100


def test_a_label_that_came_up_since_has_no_chance_with_the_champion(bench):
    """A table that has grown a class needs a new model, and gets it."""
    table = make_table(FOUR)
    bench.crown(make_offer(GOOD, table=table[table["kind"] != "d"]))
    decision = bench.decide(make_offer(GOOD, table=table))

    assert decision.promote
    assert decision.numbers["champion"] > 5  # log loss of what cannot be


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        pytest.param(("a", "b", "z"), "knows 'c' as classes", id="lost a label"),
        pytest.param(TWO, "one of several classes, the candidate one of two", id="two"),
        pytest.param((1.5, 2.25, 3.5), "a class, the candidate a number", id="numbers"),
    ],
)
def test_what_answers_another_question_cannot_be_compared(bench, labels, said):
    """Under one name callers would suddenly get something else."""
    bench.crown(make_offer(POOR, labels=THREE))
    table = make_table(labels)
    if not isinstance(labels[0], str):
        noise = np.random.default_rng(1).random(len(table))
        table = table.assign(kind=table["kind"].astype(float) + noise)
    metric = "log_loss" if isinstance(labels[0], str) else "rmse"
    decision = bench.decide(make_offer(table=table, metric=metric))

    assert not decision.promote
    assert "cannot be compared" in decision.reason
    assert said in decision.reason
    assert "registry.model_name" in decision.reason


def test_no_slice_pays_for_the_gain_of_the_others(bench):
    """Also one by a column that the model is not given, such as the age."""
    bench.crown(make_offer(POOR))
    offer = make_offer(GOOD)
    old = (offer.evidence.raw["age"] > 65).to_numpy()
    shares = offer.evidence.probabilities.copy()
    truth = offer.evidence.actual[old].astype(int)
    shares[old] = np.where(np.arange(2) == truth[:, None], 0.4, 0.6)
    spoilt = replace(offer.evidence, probabilities=shares)
    gate = Gate()

    assert bench.decide(replace(offer, evidence=spoilt), gate).promote
    sliced = replace(spoilt, slices=["town", "age"])
    decision = bench.decide(replace(offer, evidence=sliced), gate)
    assert not decision.promote
    assert "worse where age > 6" in decision.reason
    unknown = replace(spoilt, slices=["aeg"])
    with pytest.raises(ConfigError, match=r"evaluation\.slices names 'aeg'"):
        bench.decide(replace(offer, evidence=unknown), gate)


def test_the_first_classifier_must_beat_the_shares_of_the_classes(bench):
    """A constant guess is no model, even where there is none yet."""
    offer = make_offer(GOOD)
    evidence = replace(offer.evidence, floor=offer.card.value)
    store = open_store(bench.settings)
    with store.guard():
        decision = decide(store, NAME, None, offer.card, evidence, Gate())

    assert not decision.promote
    assert "of always answering with the shares of the classes" in decision.reason


def test_a_version_and_its_model_tell_their_labels(bench):
    """MLflow's own callers get labels; the registry shows which there are."""
    offer = make_offer(GOOD, labels=THREE)
    uri = bench.crown(offer)
    facts = find_facts(open_store(bench.settings), NAME, "1")

    assert read_classes(facts.tags) == list(THREE)
    assert facts.tags["task"] == "multiclass"
    model = mlflow.pyfunc.load_model(uri)
    (output,) = model.metadata.signature.outputs
    assert (output.name, output.type.name) == ("kind", "string")
    answers = model.predict(offer.evidence.inputs)
    codes = offer.evidence.predicted.astype(int)
    assert list(answers) == [THREE[code] for code in codes]
