"""What the OpenAPI document says of what is answered beside predictions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sweepkit.data.column_profile import TableProfile
from sweepkit.serving.params import CONTRIBUTIONS, INTERVAL

Node = dict[str, Any]

_NUMBER: Node = {"type": "number"}
_PAIR: Node = {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}


def list_extras(profile: TableProfile, offered: Collection[str]) -> dict[str, Node]:
    """Return the schemas of an answer's further keys by name.

    Args:
        profile: Tells whether there are classes.
        offered: Parameters the model can answer.
    """
    extras: dict[str, Node] = {}
    if INTERVAL in offered and profile.classes:
        extras["prediction_sets"] = _build_sets(profile)
    elif INTERVAL in offered:
        extras["intervals"] = {
            "type": "array",
            "items": _PAIR,
            "description": "Lower and upper bound of each row, where asked for.",
        }
    if CONTRIBUTIONS in offered:
        extras["contributions"] = {
            "type": "array",
            "items": _build_contributions(profile),
            "description": "What each feature adds to the prediction, where asked for.",
        }
    return extras


def _build_sets(profile: TableProfile) -> Node:
    members = {
        "type": "array",
        "items": {"enum": list(profile.classes)},
        "minItems": 1,
        "maxItems": len(profile.classes),
    }
    return {
        "type": "array",
        "items": members,
        "description": "Labels one of which is the true one, for the share of rows "
        "that was asked for; the most probable first.",
    }


def _build_contributions(profile: TableProfile) -> Node:
    properties: Node = {
        "base": {**_NUMBER, "description": "Before any feature is known."},
        "contributions": {
            "type": "object",
            "additionalProperties": _NUMBER,
            "description": "By feature, the largest size first. With the base they add "
            "up to the prediction, before it is clipped; of classes in the unit that "
            "/model tells.",
        },
    }
    if profile.classes:
        properties["label"] = {
            "enum": list(profile.classes),
            "description": "The class these speak for.",
        }
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }
