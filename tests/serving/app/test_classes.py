"""A champion of classes answers labels, or the probabilities of each if asked."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

PROBABILITIES = {"params": {"return": "probabilities"}}
CSV = {"content-type": "text/csv"}
TABLE = b"size,town,new\n0,a,true\n1,b,false\n"


@pytest.fixture
def serve(make_client, as_classes, spread_sizes):
    """Makes a client of a champion of these labels."""

    def make(labels=("no", "yes"), threshold=None, predict=None, **settings):
        return make_client(
            profile=as_classes(labels, threshold),
            predict=predict or partial(spread_sizes, n_classes=len(labels)),
            **settings,
        )

    return make


def test_labels_are_answered_as_the_training_table_had_them(serve, rows, labels):
    """A program compares them with its own: 3 is not "3" and true is not "True"."""
    sizes = list(range(len(labels)))
    reply = serve(labels).post("/invocations", rows(*sizes, *sizes[::-1]))
    assert reply.status == 200
    found = reply.json["predictions"]
    assert found == [*labels, *labels[::-1]]
    assert list(map(type, found)) == [type(labels[0])] * len(found)


def test_probabilities_are_exact_and_in_the_order_of_labels(
    serve, rows, labels, spread_sizes
):
    """Whoever sets a threshold of one's own needs every bit of them."""
    client, sizes = serve(labels), (0.3, 1.9)
    reply = client.post("/invocations", rows(*sizes) | PROBABILITIES)
    found = reply.json["predictions"]
    wanted = spread_sizes([[size] for size in sizes], len(labels)).tolist()
    assert [list(one.values()) for one in found] == wanted
    assert list(found[0]) == [
        label if isinstance(label, str) else json.dumps(label) for label in labels
    ]


def test_labels_may_be_asked_for_by_name(serve, rows):
    """They are what comes unless something else is asked for."""
    body = rows(0, 1)
    named = serve().post("/invocations", body | {"params": {"return": "labels"}})
    assert named.json == serve().post("/invocations", body).json


@pytest.mark.parametrize(
    ("threshold", "label"), [(None, "no"), (0.2, "yes"), (0.9, "no")]
)
def test_of_two_classes_the_threshold_decides(serve, rows, threshold, label):
    """It was chosen in training; the probabilities do not know of it."""
    client = serve(threshold=threshold)
    body = rows(0.2)
    assert client.post("/invocations", body).json["predictions"] == [label]
    (shares,) = client.post("/invocations", body | PROBABILITIES).json["predictions"]
    assert 0.2 < shares["yes"] < 0.5


@pytest.mark.parametrize(
    "value", ["Labels", "", None, True, 1, ["labels"], {}, float("nan")], ids=repr
)
def test_another_word_is_refused_and_the_two_are_named(serve, rows, value):
    """A typing error must not get labels where somebody wanted probabilities."""
    reply = serve().post("/invocations", rows(1) | {"params": {"return": value}})
    assert reply.status == 400
    (detail,) = reply.json["details"]
    assert detail["needed"] == "labels or probabilities"


@pytest.mark.parametrize("value", ["labels", "probabilities"])
def test_a_number_has_no_classes(client, rows, value):
    """And whoever asks learns why instead of getting numbers."""
    body = rows(1) | {"params": {"return": value}}
    for reply in (
        client.post("/invocations", body),
        client.post(f"/invocations?return={value}", rows(1)),
    ):
        assert reply.status == 400
        assert "predicts a number" in reply.json["message"]


def test_requests_that_want_different_things_are_scored_in_one_call(
    serve, rows, spread_sizes
):
    """A class is decided after predicting: company costs nobody anything."""
    calls = []

    def predict(table):
        calls.append(len(table))
        return spread_sizes(table)

    client = serve(predict=predict)
    client.post("/invocations", rows(1))  # whatever is measured once has been
    bodies = [rows(0), rows(1, 0) | PROBABILITIES, rows(1)]

    async def ask_all():
        asks = [
            client.ask("POST", "/invocations", json.dumps(body).encode())
            for body in bodies
        ]
        return await asyncio.gather(*asks)

    service = client.app.state.find_service()
    service.measure_here()
    calls.clear()
    first, both, last = [reply.json["predictions"] for reply in asyncio.run(ask_all())]
    assert (first, last) == (["no"], ["yes"])
    assert [max(one, key=one.get) for one in both] == ["yes", "no"]
    assert calls == [4]


def test_a_body_without_params_is_asked_by_the_url(serve):
    """CSV and Parquet have no place for them."""
    ask = partial(serve().ask, "POST", body=TABLE, headers=CSV)
    labels = asyncio.run(ask("/invocations"))
    shares = asyncio.run(ask("/invocations?return=probabilities&x=1&%zz"))
    assert labels.json == {"predictions": ["no", "yes"]}
    assert [one["no"] > 0.5 for one in shares.json["predictions"]] == [True, False]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("return=all", "labels or probabilities"),
        ("return=", "labels or probabilities"),
        ("return=labels&return=labels", "more than once"),
        ("return=labels", "other parameters than the body"),
        ("interval=0.9", "no prediction intervals"),
        ("interval=x", "no prediction intervals"),
    ],
)
def test_a_wrong_url_is_refused(serve, rows, query, found):
    """As a wrong `params` is; two that contradict each other as well."""
    reply = serve().post(f"/invocations?{query}", rows(1) | PROBABILITIES)
    assert (reply.status, found in reply.json["message"]) == (400, True)


@pytest.mark.parametrize(
    "predict",
    [
        lambda rows: np.ones(len(rows)),
        lambda rows: np.full((len(rows), 3), 1 / 3),
        lambda rows: np.full((len(rows), 2), np.nan),
        lambda rows: np.full((len(rows), 2), None),
        lambda rows: np.ones((len(rows), 2, 2)),
        lambda _: 0.5,
    ],
    ids=["numbers", "a class more", "NaN", "objects", "a cube", "one"],
)
@pytest.mark.parametrize("params", [{}, PROBABILITIES], ids=["labels", "all"])
def test_what_are_no_probabilities_is_never_answered(serve, rows, predict, params):
    """A class can be picked from anything, and would look like an answer."""
    reply = serve(predict=predict).post("/invocations", rows(1) | params)
    assert (reply.status, reply.json["error_code"]) == (400, "BAD_REQUEST")


class Noting(ThreadPoolExecutor):
    """Notes what it was given to do."""

    def __init__(self):
        super().__init__(1)
        self.given = []

    def submit(self, task, *arguments):
        self.given.append(task)
        return super().submit(task, *arguments)


def test_a_large_answer_is_written_beside_the_event_loop(serve):
    """A million numbers would keep everybody else waiting."""
    labels = tuple(f"class {i}" for i in range(100))
    client = serve(labels)
    client.app.state.reading = noting = Noting()
    body = "\n".join(["size,town,new", *(f"{i % 100},a,true" for i in range(300))])
    ask = partial(client.ask, "POST", headers=CSV)
    small = asyncio.run(ask("/invocations?return=probabilities", TABLE))
    assert small.status == 200 and not noting.given
    large = asyncio.run(ask("/invocations?return=probabilities", body.encode()))
    assert len(noting.given) == 1
    found = [max(one, key=one.get) for one in large.json["predictions"]]
    assert found == [labels[i % 100] for i in range(300)]


def test_an_answer_too_large_is_refused(serve):
    """Ten thousand rows of a thousand classes would take a quarter of a gigabyte."""
    labels = tuple(f"class {i}" for i in range(1_001))
    body = b"size,town,new\n" + b"1,a,true\n" * 1_000
    ask = partial(serve(labels).ask, "POST", body=body, headers=CSV)
    refused = asyncio.run(ask("/invocations?return=probabilities"))
    assert refused.status == 413
    assert "1001000 probabilities" in refused.json["message"]
    assert asyncio.run(ask("/invocations")).status == 200


def test_model_tells_task_classes_shares_and_threshold(serve):
    """The page, and people, explain an answer by them."""
    told = serve(threshold=0.3).get("/model").json["profile"]
    assert told["task"] == "binary"
    assert told["classes"] == ["no", "yes"]
    assert (told["class_shares"], told["threshold"]) == ([0.5, 0.5], 0.3)


def test_classes_told_are_counted_and_compared_with_training(serve, rows):
    """A model that says yes to everybody has met other people than it learned from."""
    client = serve()
    client.post("/invocations", rows(*[1.0] * 150))
    assert client.get("/usage").json["drift"]["predictions"] is None
    client.post("/invocations", rows(*[1.0] * 130, *[0.0] * 20) | PROBABILITIES)
    told = client.get("/usage").json["drift"]["predictions"]
    assert (told["rows"], told["level"]) == (300, "drifted")
    assert told["classes"] == [
        {"label": "no", "training": 0.5, "now": 0.0667},
        {"label": "yes", "training": 0.5, "now": 0.9333},
    ]
    text = client.get("/metrics").body.decode()
    assert 'sweepkit_predicted_classes_total{label="yes"} 280.0' in text
    assert f'sweepkit_prediction_drift_psi{{target="kind"}} {told["psi"]}' in text


def test_classes_like_those_of_training_are_steady(serve, rows):
    """Half and half, as it was."""
    client = serve()
    client.post("/invocations", rows(*[0.0, 1.0] * 150))
    assert client.get("/usage").json["drift"]["predictions"]["level"] == "steady"


def test_a_model_that_does_not_tell_shares_is_compared_with_nothing(
    make_client, as_classes, rows, spread_sizes
):
    """One of another program may carry labels alone."""
    profile = replace(as_classes(("no", "yes")), class_shares=())
    client = make_client(profile=profile, predict=spread_sizes)
    client.post("/invocations", rows(*[1.0] * 300))
    assert client.get("/usage").json["drift"]["predictions"] is None


def test_a_number_has_no_drift_of_classes(client, rows):
    """What is not measured must not be shown as zero."""
    client.post("/invocations", rows(*[1.0] * 300))
    assert client.get("/usage").json["drift"]["predictions"] is None
    text = client.get("/metrics").body.decode()
    assert "sweepkit_prediction_drift_psi{" not in text
