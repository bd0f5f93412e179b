"""Calls to copy and paste, for the columns of one model."""

from __future__ import annotations

import json
from pprint import pformat
from shlex import quote
from typing import Any
from urllib.parse import urlsplit

from sweepkit.data.column_profile import TableProfile
from sweepkit.serving.example_rows import (
    Row,
    ask_probabilities,
    list_example_rows,
    to_csv,
    to_records,
    to_split,
)
from sweepkit.serving.labels import write_label

_MOST_ROWS = 3
_MOST_CLASSES = 10
_WIDTH = 88


def write_examples(profile: TableProfile, name: str, address: str) -> str:
    """Return ready calls of a model's server, each under a line that says what it is.

    Args:
        profile: The columns the model takes.
        name: Registered name of the model.
        address: Where its server is, such as `http://127.0.0.1:5001`.
    """
    rows = list_example_rows(profile)
    one, few = to_split(rows[:1]), rows[:_MOST_ROWS]
    url = f"{address.rstrip('/')}/invocations"
    parts = [
        f"# {name}: predicts {profile.target}{_describe_target(profile)}.\n"
        f"# A server with a token also needs:\n"
        f'#   -H "Authorization: Bearer $SWEEPKIT_SERVING_TOKEN"',
        f"# One row, columns in any order\n{_call_json(url, one)}",
        *_list_of_classes(profile, url, one),
        f"# Rows as records\n{_call_json(url, to_records(few))}",
        f"# CSV\n{_call(url, 'text/csv', to_csv(few))}",
        f"# Python\n{_write_python(url, to_split(few))}",
    ]
    if urlsplit(address).scheme == "http":  # all that MLflow's client speaks
        parts.append(f"# Python with MLflow's client\n{_write_mlflow(address, few)}")
    return "\n\n".join(parts) + "\n"


def _describe_target(profile: TableProfile) -> str:
    """Return the target's unit, or the classes it is one of."""
    texts = [write_label(label) for label in profile.classes]
    if not texts:
        return f" in {profile.target_unit}" if profile.target_unit else ""
    shown, n_more = texts[:_MOST_CLASSES], len(texts) - _MOST_CLASSES
    if n_more > 0:
        return f", {', '.join(shown)} or one of {n_more} more"
    return f", {', '.join(shown[:-1])} or {shown[-1]}"


def _list_of_classes(profile: TableProfile, url: str, body: Row) -> list[str]:
    if not profile.classes:
        return []
    call = _call_json(url, ask_probabilities(body))
    return [f"# The same row, with the probability of each class\n{call}"]


def _call_json(url: str, body: Row) -> str:
    return _call(url, "application/json", json.dumps(body, ensure_ascii=False))


def _call(url: str, content_type: str, body: str) -> str:
    return (
        f"curl {quote(url)} -H 'Content-Type: {content_type}' \\\n"
        f"  --data-binary {quote(body)}"
    )


def _write_python(url: str, body: Row) -> str:
    return (
        f"import requests\n\n"
        f"body = {_literal(body)}\n"
        f"answer = requests.post({url!r}, json=body, timeout=10)\n"
        f"answer.raise_for_status()\n"
        f'print(answer.json()["predictions"])'
    )


def _write_mlflow(address: str, rows: list[Row]) -> str:
    place = urlsplit(address)
    return (
        f"import pandas as pd\n"
        f"from mlflow.pyfunc.scoring_server.client import ScoringServerClient\n\n"
        f"rows = pd.DataFrame({_literal(rows)})\n"
        f"client = ScoringServerClient({place.hostname!r}, {place.port or 80})\n"
        f"print(client.invoke(rows).get_predictions())"
    )


def _literal(value: Any) -> str:
    return pformat(value, width=_WIDTH, sort_dicts=False)
