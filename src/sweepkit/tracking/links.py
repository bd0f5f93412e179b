"""Addresses of pages in MLflow's user interface, to print at the end of a command."""

import json
from collections.abc import Sequence
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

# Where `mlflow ui` and `mlflow server` listen unless told otherwise.
LOCAL_UI = "http://127.0.0.1:5000"
# Without it a fresh browser opens MLflow in its GenAI mode, which hides the runs.
_MODE = {"workflowType": "machine_learning"}


def ui_address(uri: str) -> str:
    """Return the address of the user interface that shows a store, without secrets."""
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https"):
        return LOCAL_UI
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))


def run_url(uri: str, experiment_id: str, run_id: str) -> str:
    """Return the page of one run."""
    return _page(uri, f"experiments/{experiment_id}/runs/{run_id}", _MODE)


def runs_url(
    uri: str, experiment_id: str, *, metric: str, best_first: str, parent: str = ""
) -> str:
    """Return the list of runs, flat and sorted, which the plain list is not.

    Args:
        uri: Tracking URI of the store.
        experiment_id: Experiment whose runs are listed.
        metric: Logged metric to sort by, such as `holdout_rmse`.
        best_first: `minimize` or `maximize`; decides which end comes first.
        parent: Run id of a sweep whose trials alone are to be shown.
    """
    query = {
        **_MODE,
        "orderByKey": f"metrics.`{metric}`",
        "orderByAsc": "true" if best_first == "minimize" else "false",
    }
    if parent:
        query["searchFilter"] = f"tags.`mlflow.parentRunId` = '{parent}'"
    return _page(uri, f"experiments/{experiment_id}/runs", query)


def compare_url(uri: str, experiment_id: str, run_ids: Sequence[str]) -> str:
    """Return the page that shows runs side by side: settings, scores, charts."""
    chosen = {
        "runs": json.dumps(list(run_ids), separators=(",", ":")),
        "experiments": json.dumps([experiment_id]),
    }
    return _page(uri, "compare-runs", chosen | _MODE)


def model_url(uri: str, experiment_id: str, model_id: str) -> str:
    """Return the page of one logged model."""
    return _page(uri, f"experiments/{experiment_id}/models/{model_id}", _MODE)


def version_url(uri: str, model_name: str, version: str) -> str:
    """Return the page of one registered model version."""
    return _page(uri, f"models/{quote(model_name, safe='')}/versions/{version}", _MODE)


def _page(uri: str, path: str, query: dict[str, str]) -> str:
    address = f"{ui_address(uri)}/#/{path}"
    return f"{address}?{urlencode(query, quote_via=quote)}" if query else address
