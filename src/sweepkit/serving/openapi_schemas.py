"""JSON schemas of what a model's server takes."""

from __future__ import annotations

import sys
from collections.abc import Collection

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.serving.dates import write_moment
from sweepkit.serving.openapi_answers import (
    Node,
    build_detail,
    build_error,
    build_predictions,
    refer,
)
from sweepkit.serving.openapi_classes import build_classes
from sweepkit.serving.openapi_parameters import build_params

_LARGEST = sys.float_info.max
# ISO 8601, as far as a pattern can say it, so without leap days; a zone may follow.
_DAY = (
    "(1[7-9]|2[01])[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
    "|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
)
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
_ZONE = "(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])"
_BASES: dict[str, Node] = {
    "double": {"type": "number", "minimum": -_LARGEST, "maximum": _LARGEST},
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "datetime": {"type": "string", "pattern": f"^{_DAY}(T{_TIME}{_ZONE}?)?$"},
}
_MOST_CATEGORIES = 20


def build_schemas(profile: TableProfile, offered: Collection[str]) -> dict[str, Node]:
    """Return the schemas of the document by name.

    Args:
        profile: The columns the model takes.
        offered: Parameters it can answer beside predictions.
    """
    return {
        "Row": _build_row(profile),
        "Columns": _build_columns(profile),
        "Request": _build_request(profile, offered),
        "Predictions": build_predictions(profile, offered),
        **build_classes(profile),
        "Error": build_error(),
        "Detail": build_detail(),
    }


def _describe_cell(column: ColumnProfile) -> Node:
    """Return the schema of a column's cells, with what they were in training."""
    schema = dict(_BASES[column.kind])
    if not column.required:
        schema["type"] = [schema["type"], "null"]
    if column.kind == "string" and column.categories:
        schema["examples"] = list(column.categories)[:_MOST_CATEGORIES]
    notes = [_describe_range(column)] if column.quantiles else []
    if column.kind == "datetime":
        notes.append("A zone is turned into UTC; a date without time will do.")
    if not column.required:
        notes.append("May be null or left out.")
    if notes:
        schema["description"] = " ".join(notes)
    return schema


def _describe_range(column: ColumnProfile) -> str:
    low, high = column.quantiles[0], column.quantiles[-1]
    if column.kind == "datetime":
        return f"In training from {write_moment(low)} to {write_moment(high)}."
    return f"In training from {low:g} to {high:g}."


def _build_row(profile: TableProfile) -> Node:
    return {
        "type": "object",
        "required": [column.name for column in profile.columns if column.required],
        "properties": {
            column.name: _describe_cell(column) for column in profile.columns
        },
    }


def _build_columns(profile: TableProfile) -> Node:
    return {
        **_build_row(profile),
        "properties": {c.name: _list_of(_describe_cell(c)) for c in profile.columns},
        "description": "Cells column by column, of all the same number.",
    }


def _build_request(profile: TableProfile, offered: Collection[str]) -> Node:
    """Return the four layouts; the server also takes columns in another order."""
    n_columns = len(profile.columns)
    cells = [_describe_cell(column) for column in profile.columns]
    split = {
        "type": "object",
        "required": ["columns", "data"],
        "additionalProperties": False,
        "properties": {
            "columns": {"const": [column.name for column in profile.columns]},
            "data": _list_of(
                {
                    "type": "array",
                    "prefixItems": cells,
                    "minItems": n_columns,
                    "maxItems": n_columns,
                }
            ),
            "index": {"type": "array", "description": "Says nothing."},
        },
    }
    records = _list_of(refer("Row"))
    inputs = {"anyOf": [refer("Columns"), records, refer("Row")]}
    layouts = {
        "dataframe_split": split,
        "dataframe_records": records,
        "instances": records,
        "inputs": inputs,
    }
    params = build_params(offered)
    return {
        "oneOf": [_build_layout(name, s, params) for name, s in layouts.items()],
    }


def _build_layout(name: str, table: Node, params: Node) -> Node:
    return {
        "title": name,
        "type": "object",
        "required": [name],
        "additionalProperties": False,
        "properties": {name: table, "params": params},
    }


def _list_of(items: Node) -> Node:
    return {"type": "array", "minItems": 1, "items": items}
