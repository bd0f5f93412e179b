from urllib.parse import parse_qs, urlsplit

import pytest

from sweepkit.tracking.links import (
    compare_url,
    model_url,
    run_url,
    runs_url,
    ui_address,
    version_url,
)

MODE = "?workflowType=machine_learning"


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        pytest.param("sqlite:////a/mlflow.db", "http://127.0.0.1:5000", id="file"),
        pytest.param("http://h:8080/", "http://h:8080", id="server"),
        pytest.param("https://u:p@h/mlflow/", "https://h/mlflow", id="no secrets"),
        pytest.param("postgresql://u:p@h/db", "http://127.0.0.1:5000", id="database"),
    ],
)
def test_links_lead_to_where_the_store_is_shown(uri, address):
    """A link is printed, so it must hold no password."""
    assert ui_address(uri) == address


def test_a_run_opens_among_experiments_not_in_genai_mode():
    """A fresh browser would show an empty GenAI page."""
    url = run_url("sqlite:////a.db", "3", "abc")

    assert url == f"http://127.0.0.1:5000/#/experiments/3/runs/abc{MODE}"


@pytest.mark.parametrize(
    ("best_first", "ascending"), [("minimize", "true"), ("maximize", "false")]
)
def test_the_list_of_trials_is_flat_and_begins_with_the_best(best_first, ascending):
    """The plain list shows one collapsed row without metrics."""
    url = runs_url(
        "http://h", "3", metric="cv_rmse", best_first=best_first, parent="abc"
    )
    query = parse_qs(urlsplit(urlsplit(url).fragment).query)

    assert query["orderByKey"] == ["metrics.`cv_rmse`"]
    assert query["orderByAsc"] == [ascending]
    assert query["searchFilter"] == ["tags.`mlflow.parentRunId` = 'abc'"]


def test_models_and_versions_have_pages():
    """What was registered is one click away."""
    assert (
        model_url("http://h", "3", "m-1")
        == f"http://h/#/experiments/3/models/m-1{MODE}"
    )
    version = version_url("http://h", "a b", "2")
    assert version == f"http://h/#/models/a%20b/versions/2{MODE}"


def test_runs_stand_side_by_side():
    """MLflow's page of comparison takes JSON in its address."""
    url = compare_url("http://h", "3", ["abc", "def"])

    page = urlsplit(urlsplit(url).fragment)
    query = parse_qs(page.query)
    assert page.path == "/compare-runs"
    assert query["runs"] == ['["abc","def"]']
    assert query["experiments"] == ['["3"]']
