"""What the OpenAPI document says of parameters, in a body or in the URL."""

from __future__ import annotations

from collections.abc import Collection

from sweepkit.serving.openapi_answers import Node
from sweepkit.serving.params import CONTRIBUTIONS, FORMS, INTERVAL, LABELS, RETURN

_PARAMETERS: dict[str, Node] = {
    INTERVAL: {
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "description": "Share of rows whose prediction interval or, of classes, "
        "prediction set should hold the truth; adds these.",
    },
    RETURN: {
        "enum": list(FORMS),
        "default": LABELS,
        "description": "What stands for a row: the label of its class, or an object "
        "with the probability of each class.",
    },
    CONTRIBUTIONS: {
        "type": "boolean",
        "default": False,
        "description": "Whether to add what each feature adds to the prediction.",
    },
}


def list_parameters(offered: Collection[str]) -> list[Node]:
    """Return them as parts of a URL's query."""
    return [
        {
            "name": name,
            "in": "query",
            "schema": _PARAMETERS[name],
            "description": "As in `params`, for bodies that have no place for it.",
        }
        for name in offered
    ]


def build_params(offered: Collection[str]) -> Node:
    """Return the schema of a body's `params`."""
    return {
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {name: _PARAMETERS[name] for name in offered},
    }
