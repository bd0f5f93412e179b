"""The OpenAPI document is true: its examples are answered, its promises are kept."""

import json

import jsonschema_rs
import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode, checks

from sweepkit.data.column_profile import TableProfile
from sweepkit.serving.app import build_app
from sweepkit.serving.champion import Champion, Explainer, Slot
from sweepkit.serving.openapi import describe
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules
from sweepkit.serving.settings import ServerSettings

# The server also takes what the document leaves out, such as columns in another order,
# and no schema can say that columns are of the same length.
LENIENT = [checks.negative_data_rejection, checks.positive_data_acceptance]
PATHS = "/invocations /ping /health /version /ready /model /usage /metrics /reload"
JSON = "application/json"


def build(profile):
    champion = Champion(
        name="houses",
        version="7",
        profile=profile,
        predict=lambda rows: np.full(len(rows), 452_600.0),
        intervals=lambda rows, share: np.tile([452_600.0 - share, 5e5], (len(rows), 1)),
        contributions=Explainer(
            run=lambda rows: np.tile([6e3, -5e2, 2e5], (len(rows), 1)),
            names=("median_income", "km_to_coast"),
        ),
    )
    settings = ServerSettings(allowed_hosts=("*",), access_log="off")
    return build_app(
        Slot(champion), settings, wants_check=lambda: None, version_text="3.17.2"
    )


@pytest.fixture(scope="module")
def api(profile):
    return schemathesis.openapi.from_asgi("/openapi.json", build(profile))


READS = PATHS.removeprefix("/invocations ").removesuffix(" /reload").split()
OPERATIONS = [
    *[("GET", path, GenerationMode.POSITIVE, 2) for path in READS],
    ("POST", "/reload", GenerationMode.POSITIVE, 2),
    ("POST", "/invocations", GenerationMode.POSITIVE, 60),
    ("POST", "/invocations", GenerationMode.NEGATIVE, 60),
]


def walk(strategy, n_examples, check):
    """Call `check` with examples of a strategy."""
    relaxed = settings(
        max_examples=n_examples, deadline=None, suppress_health_check=list(HealthCheck)
    )
    relaxed(given(strategy)(check))()


@pytest.mark.parametrize(
    ("method", "path", "mode", "n_examples"),
    OPERATIONS,
    ids=[f"{mode.value} {method} {path}" for method, path, mode, _ in OPERATIONS],
)
def test_every_answer_is_as_described(api, method, path, mode, n_examples):
    """Statuses, content types and bodies, for good and bad requests to every path."""
    cases = api[path][method.lower()].as_strategy(generation_mode=mode)

    def check(case):
        case.call_and_validate(excluded_checks=LENIENT)

    walk(cases, n_examples, check)


def test_what_the_document_allows_is_answered(api):
    """A client generated from the document need not guess."""
    cases = api["/invocations"]["post"].as_strategy()

    def check(case):
        assume(case.media_type == JSON)
        columns = case.body.get("inputs")
        assume(not isinstance(columns, dict) or not has_lists(columns))
        # The one thing it cannot say: body and URL must not contradict each other.
        params, query = case.body.get("params") or {}, case.query or {}
        assume(all(params[name] == query[name] for name in {*params} & {*query}))
        answer = case.call()
        assert answer.status_code == 200, answer.text

    walk(cases, 100, check)


def has_lists(columns):
    return any(isinstance(cells, list) for cells in columns.values())


@pytest.fixture(params=["profile", "small_profile"])
def any_profile(request) -> TableProfile:
    return request.getfixturevalue(request.param)


def validator(document, name):
    reference = {"$ref": f"#/components/schemas/{name}"}
    return jsonschema_rs.Draft202012Validator({**document, **reference})


def test_every_path_is_described(any_profile):
    """What is not in the document does not exist for its readers."""
    document = describe(any_profile, "houses", "7")
    assert {*PATHS.split(), "/openapi.json"} == set(document["paths"])
    json.dumps(document, allow_nan=False)


def test_the_examples_are_answered(any_profile):
    """Somebody's first request is one of them."""
    document = describe(any_profile, "houses", "7")
    reader = compile_reader(any_profile, Rules())
    content = document["paths"]["/invocations"]["post"]["requestBody"]["content"]
    examples = content[JSON]["examples"]
    assert set(examples) == {
        "dataframe_split",
        "dataframe_records",
        "instances",
        "inputs",
    }
    rows = []
    for example in examples.values():
        validator(document, "Request").validate(example["value"])
        body = json.dumps(example["value"]).encode()
        rows.append(reader.read(body, JSON).rows)
    csv = content["text/csv"]["examples"]["rows"]["value"]
    rows.append(reader.read(csv.encode(), "text/csv").rows)
    assert all(other == rows[0] for other in rows)


def test_an_error_is_as_described(small_profile):
    """A client's generated class must be able to hold it."""
    document = describe(small_profile, "houses", "7")
    body = json.dumps({"inputs": {"size": "large", "town": "a", "new": 1}}).encode()
    with pytest.raises(RequestRefused) as caught:
        compile_reader(small_profile, Rules()).read(body, JSON)
    error = json.loads(caught.value.to_json())
    assert len(error["details"]) == 2
    validator(document, "Error").validate(error)


@pytest.mark.parametrize(
    "body",
    [
        {"inputs": []},
        {"inputs": {"size": "1", "town": "a", "new": True}},
        {"inputs": {"size": 1, "town": "a"}},
        {"inputs": {"size": None, "town": "a", "new": True}},
        {"inputs": {"size": 1, "town": "a", "new": True}, "instances": []},
        {"inputs": {"size": 1, "town": "a", "new": True}, "params": {"interval": 0.9}},
        {"dataframe_split": {"columns": ["size"], "data": [[1]]}},
        {},
    ],
    ids=json.dumps,
)
def test_what_is_refused_is_no_request_of_the_document(small_profile, body):
    """A client that validates first learns of a mistake without asking."""
    document = describe(small_profile, "houses", "7")
    assert not validator(document, "Request").is_valid(body)
    with pytest.raises(RequestRefused):
        compile_reader(small_profile, Rules()).read(json.dumps(body).encode(), JSON)


def test_contributions_are_described_where_the_model_has_them(small_profile):
    """In full: a client's generated class has a field for each key."""
    with_some = describe(small_profile, "houses", "7", offered=("contributions",))
    body = {"inputs": {"size": 1, "town": "a", "new": True}}
    asking = validator(with_some, "Request")
    assert asking.is_valid(body | {"params": {"contributions": True}})
    assert not asking.is_valid(body | {"params": {"contributions": 1}})
    row = {"base": 1.5, "contributions": {"size": 2.0, "town": -0.5}}
    answers = validator(with_some, "Predictions")
    assert answers.is_valid({"predictions": [3.0], "contributions": [row]})
    assert not answers.is_valid({"predictions": [3.0], "contributions": [{"base": 1}]})
    without = validator(describe(small_profile, "houses", "7"), "Predictions")
    assert not without.is_valid({"predictions": [3.0], "contributions": [row]})


def test_an_interval_is_described_where_the_model_has_one(small_profile):
    """Only then can it be asked for."""
    with_one = describe(small_profile, "houses", "7", offered=("interval",))
    body = {"inputs": {"size": 1, "town": "a", "new": True}}
    asking = validator(with_one, "Request")
    assert asking.is_valid(body | {"params": {"interval": 0.9}})
    assert not asking.is_valid(body | {"params": {"interval": 1}})
    answer = {"predictions": [1.0], "intervals": [[0.5, 2.0]]}
    assert validator(with_one, "Predictions").is_valid(answer)
    without = describe(small_profile, "houses", "7")
    assert not validator(without, "Predictions").is_valid(answer)
