"""Candidates before the gate, against a champion in a real store."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from sweepkit.data.fingerprint import fingerprint
from sweepkit.data.holdout import split_holdout
from sweepkit.data.schema import infer_schema
from sweepkit.evaluation.metrics import find_metric
from sweepkit.features.preprocess import Inputs
from sweepkit.models.pipeline import build_pipeline
from sweepkit.registry.deciding import decide
from sweepkit.registry.evidence import (
    LEARNED,
    PREDICTIONS,
    Evidence,
    Predictions,
    hash_rows,
    save_learned,
)
from sweepkit.registry.gate import Gate, Scorecard
from sweepkit.registry.limits import Limits
from sweepkit.registry.publish import publish
from sweepkit.tracking import open_store, start_run
from sweepkit.tracking.columns import read_columns
from sweepkit.tracking.model import ModelCard

NAME = "houses"
GOOD, POOR = 1.0, 3_000.0  # strengths of Ridge's penalty


def make_table(n=600):
    rng = np.random.default_rng(0)
    size, rooms = rng.normal(100, 20, n), rng.integers(1, 9, n).astype(float)
    town = rng.choice(["a", "b", "c"], n)
    price = 3 * size + 20 * rooms + 40 * (town == "a") + rng.normal(0, 15, n)
    return pd.DataFrame({"size": size, "rooms": rooms, "town": town, "price": price})


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
    alpha=GOOD, *, table=None, seed=1, metric="rmse", ignored=(), target="price"
) -> Offer:
    table = make_table() if table is None else table
    roles = dict.fromkeys(ignored, "ignored")
    schema = infer_schema(table, target=target, overrides=roles)
    split = split_holdout(table, fraction=0.5, seed=seed)
    train, holdout = schema.conform(split.train), schema.conform(split.holdout)
    actual = schema.target_values(split.holdout)
    train_target = schema.target_values(split.train)
    pipeline = build_pipeline(
        Ridge(alpha=alpha),
        schema,
        steps={},
        inputs=Inputs(missing="median", scale=True),
        clip_predictions=False,
    ).fit(train, train_target)
    predicted = pipeline.predict(holdout)
    rows = holdout.index.to_numpy()
    identity = pd.DataFrame({"row": rows, target: actual})
    kind = find_metric(metric)
    return Offer(
        Scorecard(
            metric=f"holdout_{metric}",
            value=float(kind.score(actual, predicted)),
            direction=kind.direction,
            holdout=fingerprint(identity, ordered=False),
        ),
        Evidence(
            rows=rows,
            actual=actual,
            predicted=predicted,
            inputs=holdout,
            raw=table.loc[rows],
            target=target,
            columns=read_columns(train),
            table=fingerprint(table, ordered=False),
            floor=float(
                kind.score(actual, np.full_like(actual, np.median(train_target)))
            ),
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

    @property
    def store(self):
        return open_store(self.settings)

    def crown(self, offer: Offer, *, without: tuple[str, ...] = ()) -> str:
        """Make an offer the champion, with all that its run keeps; return its run."""
        with start_run(self.settings, "run") as run:
            files = [
                Predictions(
                    offer.evidence.rows, offer.evidence.actual, offer.evidence.predicted
                ).save(self.folder),
                save_learned(hash_rows(offer.train, offer.train_target), self.folder),
            ]
            for file in files:
                if file.name not in without:
                    run.log_artifact(file)
            run.log_text(json.dumps(offer.schema.to_dict()), "schema.json")
            card = ModelCard(
                name="ridge", inputs=offer.train, target=offer.evidence.target
            )
            model = run.log_model(offer.pipeline, card)
        publish(
            self.store,
            run_id=run.run_id,
            model_id=model.model_id,
            model_name=NAME,
            scorecard=offer.card,
            gate=Gate(mode="off"),
            tags={"data.fingerprint": offer.evidence.table},
        )
        return run.run_id

    def decide(self, offer: Offer, gate: Gate | None = None):
        store = self.store
        with store.guard():
            return decide(store, NAME, "1", offer.card, offer.evidence, gate or Gate())

    def spoil_model(self):
        """Overwrite what the champion's model consists of."""
        (file,) = (self.folder / "artifacts").rglob("model.skops")
        file.write_bytes(b"spoilt")


@pytest.fixture
def bench(make_store, tmp_path):
    return Bench(make_store(), tmp_path)


def test_a_better_model_is_promoted_with_all_its_numbers(bench):
    """They are read a year later, without the run at hand."""
    bench.crown(make_offer(POOR))
    candidate = make_offer(GOOD)
    decision = bench.decide(candidate)

    assert decision.promote
    assert "holdout_rmse improved by" in decision.reason
    assert "95% interval" in decision.reason
    numbers = json.loads(json.dumps(decision.to_dict(), allow_nan=False))["numbers"]
    assert numbers["candidate"] == candidate.card.value
    assert numbers["champion_version"] == "1"
    assert numbers["rows_left_out"] == 0
    assert numbers["comparison"]["n_rows"] == 300
    assert numbers["comparison"]["low"] > 0
    assert numbers["limits"]["floor"] > numbers["candidate"]
    assert numbers["limits"]["worst_slice"]["column"] == "town"
    assert numbers["rules"]["min_gain"] == 0


def test_a_model_that_is_better_by_luck_only_is_not(bench):
    """A better score on these rows need not be one on the next."""
    bench.crown(make_offer(1.5))
    champion = make_offer(1.5)
    noise = np.random.default_rng(1).normal(0, 1.0, 300)
    lucky = champion.evidence.predicted + noise
    error = champion.evidence.actual - champion.evidence.predicted
    lucky = lucky + 0.004 * error  # so that it is better by a hair
    value = float(find_metric("rmse").score(champion.evidence.actual, lucky))
    assert value < champion.card.value
    candidate = replace(
        champion,
        card=replace(champion.card, value=value),
        evidence=replace(champion.evidence, predicted=lucky),
    )

    decision = bench.decide(candidate)

    assert not decision.promote
    assert "may be chance" in decision.reason


def test_predictions_kept_with_the_run_spare_loading_the_champion(bench):
    """And a champion whose file is lost can still be compared."""
    bench.crown(make_offer(POOR))
    bench.spoil_model()

    decision = bench.decide(make_offer(GOOD))

    assert decision.promote
    assert decision.numbers["scored_again"] == ""


def test_lost_predictions_are_made_again_and_are_the_same(bench):
    """Whatever was cleaned away, the verdict stays."""
    kept, lost = make_offer(POOR), make_offer(GOOD)
    bench.crown(kept, without=(PREDICTIONS, LEARNED))
    decision = bench.decide(lost)

    expected = float(
        find_metric("rmse").score(kept.evidence.actual, kept.evidence.predicted)
    )
    assert decision.numbers["champion"] == pytest.approx(expected, rel=1e-12)
    assert "was scored again" in decision.reason
    assert "nobody knows which" in decision.reason


def test_on_another_holdout_the_champion_answers_only_what_it_has_not_seen(bench):
    """It knows the answers to its own training rows by heart."""
    champion, candidate = make_offer(POOR, seed=1), make_offer(GOOD, seed=2)
    bench.crown(champion)
    decision = bench.decide(candidate)

    seen = np.isin(candidate.evidence.rows, champion.train.index)
    assert decision.numbers["rows_left_out"] == seen.sum() > 100
    assert decision.numbers["comparison"]["n_rows"] == 300 - seen.sum()
    assert "left out" in decision.reason
    assert decision.promote


def test_new_rows_do_not_keep_a_better_model_out(bench):
    """The usual reason to train again is a table that has grown."""
    bench.crown(make_offer(POOR, table=make_table().head(300)))
    decision = bench.decide(make_offer(GOOD))

    assert decision.promote
    assert 0 < decision.numbers["rows_left_out"] < 200


def test_a_champion_that_needs_a_lost_column_stays_and_the_gate_says_why(bench):
    """Nobody can say which of the two is better."""
    bench.crown(make_offer(POOR))
    candidate = make_offer(GOOD, table=make_table().drop(columns="rooms"))
    decision = bench.decide(candidate)

    assert not decision.promote
    assert "'rooms'" in decision.reason
    assert "`registry.gate=off`" in decision.reason


def test_a_column_the_candidate_ignores_is_still_there_for_the_champion(bench):
    """The table has it, so the two can be compared."""
    bench.crown(make_offer(POOR), without=(PREDICTIONS,))

    assert bench.decide(make_offer(GOOD, ignored=("rooms",))).promote


def test_a_champion_that_cannot_be_loaded_stays_and_the_gate_says_why(bench):
    """Its file is not what was published: nothing of it is run."""
    bench.crown(make_offer(POOR), without=(PREDICTIONS,))
    bench.spoil_model()
    decision = bench.decide(make_offer(GOOD))

    assert not decision.promote
    assert "cannot be compared" in decision.reason
    assert "`registry.gate=off`" in decision.reason
    assert decision.numbers["candidate"] > 0


@pytest.mark.parametrize("name", ["schema.json", LEARNED])
def test_a_damaged_file_of_the_champions_run_is_named(bench, name):
    """Somebody edited the artifacts; the verdict must not be made of them."""
    bench.crown(make_offer(POOR), without=(PREDICTIONS,))
    (file,) = (bench.folder / "artifacts").rglob(name)
    file.write_bytes(b"{}")
    decision = bench.decide(make_offer(GOOD))

    assert not decision.promote
    assert name in decision.reason


def test_a_gate_that_is_off_asks_nobody_and_is_recorded(bench):
    """The way out for whoever knows better."""
    bench.crown(make_offer(POOR), without=(PREDICTIONS,))
    bench.spoil_model()
    decision = bench.decide(make_offer(GOOD), Gate(mode="off"))

    assert decision.promote
    assert decision.numbers["rules"]["mode"] == "off"
    assert decision.numbers["champion_version"] == "1"


def test_another_target_is_no_better_model(bench):
    """Under one name callers would suddenly get something else."""
    bench.crown(make_offer(POOR))
    decision = bench.decide(make_offer(GOOD, target="size"))

    assert not decision.promote
    assert "predicts 'price'" in decision.reason
    assert "registry.model_name" in decision.reason


def test_a_metric_that_changed_is_asked_of_both(bench):
    """The rows are there, so the champion's score by it can be computed."""
    bench.crown(make_offer(POOR, metric="rmse"))
    decision = bench.decide(make_offer(GOOD, metric="r2"))

    assert decision.promote
    assert decision.numbers["metric"] == "holdout_r2"


def test_callers_need_not_send_what_they_do_not_know(bench):
    """They would be refused from one reload to the next."""
    bench.crown(make_offer(POOR, ignored=("rooms",)))
    decision = bench.decide(make_offer(GOOD))

    assert not decision.promote
    assert "column 'rooms' is new and required" in decision.reason
    assert bench.decide(make_offer(GOOD), Gate(limits=Limits(signature="any"))).promote


def test_no_town_pays_for_the_gain_of_the_others(bench):
    """A better mean may hide that one category got much worse."""
    bench.crown(make_offer(POOR))
    offer = make_offer(GOOD)
    inputs, predicted = offer.evidence.inputs, offer.evidence.predicted.copy()
    predicted[(inputs["town"] == "c").to_numpy()] += 90
    worse_off = replace(offer, evidence=replace(offer.evidence, predicted=predicted))
    decision = bench.decide(worse_off)

    assert not decision.promote
    assert "worse where town is c" in decision.reason
    assert "registry.max_slice_loss" in decision.reason
    lenient = Gate(limits=Limits(max_slice_loss=None))
    assert bench.decide(worse_off, lenient).promote


def test_the_first_candidate_must_beat_the_floor(bench):
    """A constant guess is no model, even where there is none yet."""
    offer = make_offer(1e9)
    store = bench.store
    with store.guard():
        decision = decide(
            store,
            NAME,
            None,
            replace(offer.card, value=offer.evidence.floor),
            offer.evidence,
            Gate(),
        )

    assert not decision.promote
    assert "median" in decision.reason
    assert decision.numbers["champion_version"] is None
