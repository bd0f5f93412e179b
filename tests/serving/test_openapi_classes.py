"""The OpenAPI document of a champion of classes is true, too."""

import json
from functools import partial

import jsonschema_rs
import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks

from sweepkit.models.prediction_sets import ClassSets
from sweepkit.serving.app import build_app
from sweepkit.serving.champion import Champion, Explainer, Slot
from sweepkit.serving.openapi import describe
from sweepkit.serving.params import KNOWN
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules
from sweepkit.serving.settings import ServerSettings

LENIENT = [checks.negative_data_rejection, checks.positive_data_acceptance]
JSON = "application/json"
OFFERED = ("return",)


def relax(n_examples):
    return settings(
        max_examples=n_examples, deadline=None, suppress_health_check=list(HealthCheck)
    )


@pytest.fixture(scope="module")
def app(as_classes, spread_sizes):
    champion = Champion(
        name="kinds",
        version="7",
        profile=as_classes((False, True), 0.3),
        predict=spread_sizes,
        sets=ClassSets(np.linspace(0.1, 0.9, 99)).sets,
        contributions=Explainer(
            run=lambda rows: np.tile([0.5, -0.25, 0.1], (len(rows), 1)),
            names=("size", "town"),
            unit="log-odds",
            codes=(1,),
        ),
    )
    chosen = ServerSettings(allowed_hosts=("*",), access_log="off")
    return build_app(Slot(champion), chosen, version_text="3.17.2")


@pytest.fixture(scope="module")
def operation(app):
    api = schemathesis.openapi.from_asgi("/openapi.json", app)
    return api["/invocations"]["post"]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_described(operation, mode):
    """Labels or probabilities, and refusals, for good and bad requests."""
    cases = operation.as_strategy(generation_mode=mode)

    @relax(60)
    @given(cases)
    def check(case):
        case.call_and_validate(excluded_checks=LENIENT)

    check()


def test_what_the_document_allows_is_answered(operation):
    """Labels and probabilities alike."""

    @relax(60)
    @given(operation.as_strategy())
    def check(case):
        assume(case.media_type == JSON)
        columns = case.body.get("inputs")
        assume(not isinstance(columns, dict) or not has_lists(columns))
        # The one thing it cannot say: body and URL must not contradict each other.
        params, query = case.body.get("params") or {}, case.query or {}
        assume(all(params[name] == query[name] for name in {*params} & {*query}))
        answer = case.call()
        assert answer.status_code == 200, answer.text

    check()


def has_lists(columns):
    return any(isinstance(cells, list) for cells in columns.values())


# The client that sends them writes no others.
numbers = st.floats(allow_nan=False, allow_infinity=False)
odd = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=8) | st.just("labels"),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(KNOWN) | st.text(max_size=6), inner, max_size=2
        )
    ),
    max_leaves=5,
)


def test_no_parameter_whatever_it_is_ends_in_500(operation):
    """Neither in the body nor in the URL."""
    row = {"size": 1.0, "town": "a", "new": True}

    @relax(150)
    @given(
        odd,
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
        | st.sampled_from(["return=", "return=labels&return=x", "return=%ff"]),
    )
    def check(params, query):
        case = operation.Case(
            body={"inputs": row, "params": params}, media_type=JSON, query={}
        )
        for values in ({}, *({name: query} for name in KNOWN), {query: "labels"}):
            case.query = values
            answer = case.call()
            assert answer.status_code in (200, 400), answer.text

    check()


def validator(document, name):
    reference = {"$ref": f"#/components/schemas/{name}"}
    return jsonschema_rs.Draft202012Validator({**document, **reference})


def test_labels_and_probabilities_are_described(as_classes, labels):
    """A client's generated classes must hold the one and the other."""
    document = describe(as_classes(labels), "kinds", "7", OFFERED)
    answers = validator(document, "Predictions")
    texts = [x if isinstance(x, str) else json.dumps(x) for x in labels]
    shares = dict.fromkeys(texts, 0.1)
    assert answers.is_valid({"predictions": list(labels)})
    assert answers.is_valid({"predictions": [shares]})
    assert not answers.is_valid({"predictions": [labels[0], shares]})
    assert not answers.is_valid({"predictions": ["another"]})
    assert not answers.is_valid({"predictions": [{texts[0]: 0.1}]})
    assert not answers.is_valid({"predictions": [1.5]})
    json.dumps(document, allow_nan=False)


def test_prediction_sets_are_described(as_classes, labels):
    """They hold labels as the training table has them, one at least."""
    document = describe(as_classes(labels), "kinds", "7", ("interval", *OFFERED))
    answers = validator(document, "Predictions")
    good = {"predictions": [labels[0]], "prediction_sets": [list(labels)]}
    assert answers.is_valid(good)
    assert not answers.is_valid(good | {"prediction_sets": [[]]})
    assert not answers.is_valid(good | {"prediction_sets": [["another"]]})
    assert not answers.is_valid(good | {"intervals": [[0.0, 1.0]]})


def test_the_threshold_is_said_in_words(as_classes):
    """Of two classes the larger probability does not always decide."""
    label = partial(describe, name="kinds", version="7", offered=OFFERED)
    told = label(as_classes(("no", "yes"), 0.2))["components"]["schemas"]["Label"]
    assert told["description"] == "yes from a probability of 0.2 on, else no."


def test_the_example_of_probabilities_is_answered(as_classes):
    """It is the first thing somebody tries who wants them."""
    profile = as_classes(("no", "yes"))
    document = describe(profile, "kinds", "7", OFFERED)
    post = document["paths"]["/invocations"]["post"]
    value = post["requestBody"]["content"][JSON]["examples"]["probabilities"]["value"]
    validator(document, "Request").validate(value)
    batch = compile_reader(profile, Rules(), OFFERED).read(
        json.dumps(value).encode(), JSON
    )
    assert batch.params == {"return": "probabilities"}


def test_a_model_of_a_number_offers_no_classes(small_profile):
    """What is refused must not be in the document."""
    document = json.dumps(describe(small_profile, "houses", "7"))
    assert "probabilities" not in document and "Label" not in document
