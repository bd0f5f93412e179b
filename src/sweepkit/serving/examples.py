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
    list_example_rows,
    to_csv,
    to_records,
    to_split,
)

_MOST_ROWS = 3
_WIDTH = 88


def write_examples(profile: TableProfile, name: str, address: str) -> str:
    """Return ready calls of a model's server, each under a line that says what it is.

    Args:
        profile: The columns the model takes.
        name: Registered name of the model.
        address: Where its server is, such as `http://127.0.0.1:5001`.
    """
    rows = list_example_rows(profile)
    few = rows[:_MOST_ROWS]
    url = f"{address.rstrip('/')}/invocations"
    unit = f" in {profile.target_unit}" if profile.target_unit else ""
    parts = [
        f"# {name}: predicts {profile.target}{unit}.\n"
        f"# A server with a token also needs:\n"
        f'#   -H "Authorization: Bearer $SWEEPKIT_SERVING_TOKEN"',
        f"# One row, columns in any order\n{_call_json(url, to_split(rows[:1]))}",
        f"# Rows as records\n{_call_json(url, to_records(few))}",
        f"# CSV\n{_call(url, 'text/csv', to_csv(few))}",
        f"# Python\n{_write_python(url, to_split(few))}",
    ]
    if urlsplit(address).scheme == "http":  # all that MLflow's client speaks
        parts.append(f"# Python with MLflow's client\n{_write_mlflow(address, few)}")
    return "\n\n".join(parts) + "\n"


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
