"""What a request may ask for beside predictions."""

import json
from dataclasses import replace
from functools import partial
from threading import Event

import numpy as np
import pytest

from sweepkit.serving.champion import Explainer
from sweepkit.serving.extra_limits import MOST_CELLS

INTERVAL = {"params": {"interval": 0.9}}
WHY = {"params": {"contributions": True}}
CSV = {"content-type": "text/csv"}
TABLE = b"size,town,new\n0,a,true\n1,b,false\n"


def explain_sizes(rows):
    """Return -1 for `age`, the size for `size`, and a base of 10."""
    return np.array([[-1.0, float(row[0]), 10.0] for row in rows])


def spread_sizes_out(rows, share):
    return np.array([[row[0] - share, row[0] + share] for row in rows])


EXPLAINER = Explainer(run=explain_sizes, names=("age", "size"))


@pytest.fixture
def serve(make_client, champion):
    """Makes a client of a champion that carries these."""

    def make(settings=None, **carried):
        client = make_client(**(settings or {}))
        client.slot.put(replace(champion, **carried))
        return client

    return make


@pytest.fixture
def serve_classes(make_client, champion, as_classes, spread_sizes):
    """The same of classes; a set holds the labels that `size` is near to."""

    def make(labels=("no", "yes"), threshold=None, settings=None, **carried):
        client = make_client(**(settings or {}))
        other = replace(
            champion,
            profile=as_classes(labels, threshold),
            predict=partial(spread_sizes, n_classes=len(labels)),
            sets=lambda found, share: found >= (1 - share) * 2,
            **carried,
        )
        client.slot.put(other)
        return client

    return make


def test_contributions_come_one_object_a_row_the_largest_first(serve, rows):
    """Who reads them by eye looks at the first; a program adds them up by name."""
    client = serve(contributions=EXPLAINER)

    told = client.post("/invocations", rows(0.5, 3) | WHY).json

    assert told["predictions"] == [1.0, 6.0]
    assert told["contributions"] == [
        {"base": 10.0, "contributions": {"age": -1.0, "size": 0.5}},
        {"base": 10.0, "contributions": {"size": 3.0, "age": -1.0}},
    ]
    assert list(told["contributions"][1]["contributions"]) == ["size", "age"]


def test_both_may_be_asked_for_at_once(serve, rows):
    """In one call, so that they belong to the same model."""
    client = serve(contributions=EXPLAINER, intervals=spread_sizes_out)

    body = rows(1) | {"params": {"interval": 0.5, "contributions": True}}
    told = client.post("/invocations", body).json

    assert list(told) == ["predictions", "intervals", "contributions"]
    assert told["intervals"] == [[0.5, 1.5]]


def test_the_url_asks_for_bodies_without_params(serve):
    """CSV has no place for them."""
    client = serve(contributions=EXPLAINER, intervals=spread_sizes_out)
    path = "/invocations?contributions=true&interval=0.25"

    import asyncio

    told = asyncio.run(client.ask("POST", path, TABLE, CSV)).json

    assert told["intervals"] == [[-0.25, 0.25], [0.75, 1.25]]
    assert [one["base"] for one in told["contributions"]] == [10.0, 10.0]


def test_what_is_not_wanted_is_not_computed(serve, rows):
    """`false` is what comes without it."""
    called = Event()
    explainer = replace(EXPLAINER, run=lambda _: called.set())
    client = serve(contributions=explainer)

    reply = client.post("/invocations", rows(1) | {"params": {"contributions": False}})

    assert reply.json == {"predictions": [2.0]}
    assert not called.is_set()


@pytest.mark.parametrize("value", [1, 0, "true", None, [], {}])
def test_a_wish_is_true_or_false(serve, rows, value):
    """A text in the body is a mistake of whoever builds it."""
    client = serve(contributions=EXPLAINER)

    reply = client.post("/invocations", rows(1) | {"params": {"contributions": value}})

    assert reply.status == 400
    assert reply.json["details"][0]["needed"] == "true or false"


def test_a_model_without_contributions_says_what_would_help(serve, rows):
    """An extra that is not installed is easily mended by who knows of it."""
    client = serve(unexplained='Not without shap: pip install "sweepkit[shap]".')

    reply = client.post("/invocations", rows(1) | WHY)

    assert reply.status == 400
    assert reply.json["message"].endswith(
        'leave `params.contributions` out. Not without shap: pip install "sweepkit['
        'shap]".'
    )


def test_what_would_take_longer_than_a_prediction_may_is_refused_at_once(serve, rows):
    """Rather than in the end, with nothing to show for the time."""
    slow = replace(EXPLAINER, row_s=4.0)
    client = serve({"predict_timeout_s": 10.0}, contributions=slow)

    reply = client.post("/invocations", rows(1, 2, 3) | WHY)

    assert reply.status == 413
    assert "about 12 seconds" in reply.json["message"]
    assert "at most 2 rows at a time" in reply.json["message"]
    assert client.post("/invocations", rows(1, 2) | WHY).status == 200


def test_more_than_an_answer_holds_is_refused(serve, rows):
    """A million numbers with their names take a hundred megabytes."""
    wide = replace(EXPLAINER, names=tuple(map(str, range(MOST_CELLS // 2))))

    reply = serve(contributions=wide).post("/invocations", rows(1, 2, 3) | WHY)

    assert (reply.status, reply.json["error_code"]) == (413, "CONTENT_TOO_LARGE")


@pytest.mark.parametrize(
    "run", [lambda rows: np.zeros((len(rows), 2)), lambda _: 1 / 0]
)
def test_contributions_that_fail_are_no_answer(serve, rows, run):
    """Of another shape they would stand beside the wrong names."""
    reply = serve(contributions=replace(EXPLAINER, run=run)).post(
        "/invocations", rows(1) | WHY
    )

    assert reply.status == 400
    assert "cannot score these rows" in reply.json["message"]


def test_intervals_of_another_shape_are_no_answer(serve, rows):
    """One number a row is a prediction, not an interval."""
    client = serve(intervals=lambda table, _: np.zeros(len(table)))

    assert client.post("/invocations", rows(1) | INTERVAL).status == 400


def test_requests_for_the_same_coverage_share_a_call(serve, rows):
    """As those for predictions do; and who tries every number fills no memory."""
    client = serve(intervals=spread_sizes_out)
    service = client.app.state.find_service()

    assert service.ask_ends(0.9) is service.ask_ends(0.9)
    assert service.ask_ends(0.9) is not service.ask_ends(0.8)
    for i in range(1, 1_000):
        service.ask_ends(i / 1_000)
    assert service.ask_ends.cache_info().currsize <= 64


def test_sets_name_labels_the_likeliest_first(serve_classes, rows):
    """Of the type the training table has them in."""
    client = serve_classes((0, 3, 7))

    told = client.post("/invocations", rows(1.8, 0.4) | INTERVAL).json

    assert told["predictions"] == [7, 0]
    assert told["prediction_sets"] == [[7, 3], [0, 3]]


def test_sets_come_beside_probabilities(serve_classes, rows):
    """The page asks for both in one call."""
    body = rows(2) | {"params": {"interval": 0.75, "return": "probabilities"}}

    told = serve_classes().post("/invocations", body).json

    assert told["prediction_sets"] == [["yes"]]
    assert set(told["predictions"][0]) == {"no", "yes"}


def test_asking_for_sets_counts_a_class_once(serve_classes, rows):
    """The metrics and the drift of classes are of what was told."""
    client = serve_classes(contributions=replace(EXPLAINER, codes=(1,)))
    body = rows(2, 0) | {"params": {"interval": 0.9, "contributions": True}}

    client.post("/invocations", body)

    assert client.app.state.find_service().labeller.told.total() == 2


def test_of_two_classes_the_second_is_explained(serve_classes, rows):
    """Whichever is the answer: what speaks against it speaks for the other."""
    client = serve_classes(contributions=replace(EXPLAINER, codes=(1,)))

    told = client.post("/invocations", rows(0, 1) | WHY).json

    assert told["predictions"] == ["no", "yes"]
    assert [one["label"] for one in told["contributions"]] == ["yes", "yes"]


def test_of_several_classes_the_rows_own_is_explained(serve_classes, rows):
    """Those of all of them would be a table for each row."""

    def run(table):
        return np.array([[[c, c, c] for c in (0.0, 1.0, 2.0)] for _ in table])

    explainer = replace(EXPLAINER, run=run, codes=(0, 1, 2))
    client = serve_classes(("fir", "oak", "elm"), contributions=explainer)

    told = client.post("/invocations", rows(2, 0) | WHY).json["contributions"]

    assert [(one["label"], one["base"]) for one in told] == [("elm", 2.0), ("fir", 0.0)]


def test_one_feature_in_several_columns_is_added_up(serve, rows):
    """Members of an ensemble may each have their own."""
    twice = replace(EXPLAINER, names=("size", "size"))

    told = serve(contributions=twice).post("/invocations", rows(3) | WHY).json

    assert told["contributions"] == [{"base": 10.0, "contributions": {"size": 2.0}}]


def test_the_server_tells_what_may_be_asked_for(serve, serve_classes):
    """The page and other clients need not try."""
    explainer = replace(EXPLAINER, unit="log-odds", codes=(1,), row_s=0.002)
    facts = serve_classes(contributions=explainer).get("/model").json["facts"]
    assert facts["prediction_sets"] and facts["contributions"]
    assert not facts["intervals"]
    assert (facts["contributions_unit"], facts["contributions_ms"]) == ("log-odds", 2.0)

    asked = serve(intervals=spread_sizes_out).get("/openapi.json").body
    names = [p["name"] for p in find_parameters(json.loads(asked))]
    assert names == ["interval"]


def find_parameters(document):
    return document["paths"]["/invocations"]["post"]["parameters"]
