"""What a model's server answers, for its OpenAPI document."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sweepkit.data.column_profile import TableProfile
from sweepkit.serving.openapi_extras import Node as Node
from sweepkit.serving.openapi_extras import list_extras
from sweepkit.serving.refusal import MOST_DETAILS

JSON = "application/json"
TEXT: Node = {"type": "string"}
OBJECT: Node = {"type": "object"}
# Any path may answer these, and says so in the same shape.
_ALWAYS = {
    "401": "The token lacks or is wrong.",
    "421": "The Host header names no host served here.",
}
NO_MODEL = {"503": "No model is loaded yet, or too many requests wait."}
BODY_REFUSALS = {
    "400": "The body is no table, or one the model cannot take; `details` says where.",
    "403": "Pages of another origin may not call.",
    "408": "The body came too slowly.",
    "413": "Too many bytes or rows; send them in several requests.",
    "415": "The content type, charset or packing is not read here.",
    "504": "The prediction took too long; send fewer rows.",
    **NO_MODEL,
}


def refer(name: str) -> Node:
    """Return a reference to one of the document's schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def describe_answer(description: str, schema: Node | None, kind: str = JSON) -> Node:
    """Return an answer of one content type."""
    # MLflow calls some answers JSON that are none: those have no schema.
    content: Node = {} if schema is None else {"schema": schema}
    return {"description": description, "content": {kind: content}}


def list_errors(errors: Mapping[str, str]) -> Node:
    """Return answers in the shape of errors: these and those of every path."""
    every = {**errors, **_ALWAYS}
    return {
        status: describe_answer(description, refer("Error"))
        for status, description in sorted(every.items())
    }


def build_predictions(profile: TableProfile, offered: Collection[str]) -> Node:
    """Return the schema of a good answer.

    Args:
        profile: Names the target and its unit.
        offered: Parameters the model can answer beside predictions.
    """
    unit = f", in {profile.target_unit}" if profile.target_unit else ""
    predictions = {
        **_describe_items(profile),
        "description": f"{profile.target} of each row{unit}.",
    }
    return {
        "type": "object",
        "required": ["predictions"],
        "additionalProperties": False,
        "properties": {"predictions": predictions, **list_extras(profile, offered)},
    }


def _describe_items(profile: TableProfile) -> Node:
    if not profile.classes:
        return {"type": "array", "items": {"type": "number"}}
    kinds = ("Label", "Probabilities")
    return {"anyOf": [{"type": "array", "items": refer(kind)} for kind in kinds]}


def build_error() -> Node:
    """Return the schema of every refusal: `RequestRefused.to_json`."""
    return {
        "type": "object",
        "required": ["error_code", "message", "details", "more"],
        "additionalProperties": False,
        "properties": {
            "error_code": {**TEXT, "description": "The reason as a word."},
            "message": {**TEXT, "description": "The reason as a sentence."},
            "details": {
                "type": "array",
                "items": refer("Detail"),
                "maxItems": MOST_DETAILS,
            },
            "more": {
                "type": "integer",
                "minimum": 0,
                "description": "Faults that `details` leaves out.",
            },
        },
    }


def build_detail() -> Node:
    """Return the schema of one fault: `refusal.Detail`."""
    return {
        "type": "object",
        "required": ["row", "column", "found", "needed"],
        "additionalProperties": False,
        "properties": {
            "row": {
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "Counted from 0; null for all rows.",
            },
            "column": {"type": ["string", "null"]},
            "found": TEXT,
            "needed": TEXT,
        },
    }
