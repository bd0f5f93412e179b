"""What the OpenAPI document says of classes."""

from __future__ import annotations

from sweepkit.data.column_profile import TableProfile
from sweepkit.serving.labels import write_label
from sweepkit.serving.openapi_answers import Node
from sweepkit.tasks import HALF


def build_classes(profile: TableProfile) -> dict[str, Node]:
    """Return the schemas of labels and probabilities; none for a number."""
    if not profile.classes:
        return {}
    return {
        "Label": _build_label(profile),
        "Probabilities": _build_probabilities(profile),
    }


def _build_label(profile: TableProfile) -> Node:
    """Return the schema of one class's label."""
    return {"enum": list(profile.classes), "description": _describe_classes(profile)}


def _build_probabilities(profile: TableProfile) -> Node:
    """Return the schema of one row's probabilities: an object by label as text."""
    texts = [write_label(label) for label in profile.classes]
    share = {"type": "number", "minimum": 0, "maximum": 1}
    return {
        "type": "object",
        "required": texts,
        "additionalProperties": False,
        "properties": dict.fromkeys(texts, share),
        "description": "Of each class, in the order of the labels; they add up to 1.",
    }


def _describe_classes(profile: TableProfile) -> str:
    if len(profile.classes) != 2:
        return "The class with the largest probability."
    threshold = HALF if profile.threshold is None else profile.threshold
    no, yes = map(write_label, profile.classes)
    return f"{yes} from a probability of {threshold:g} on, else {no}."
