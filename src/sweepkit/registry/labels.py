"""Codes of one model's classes as codes of another's: what counts is the label."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sweepkit.errors import RegistryError
from sweepkit.evaluation.predicted import Predicted
from sweepkit.registry.manifest import MAX_TAG_CHARS
from sweepkit.tasks import Label, Task

TASK, CLASSES = "task", "classes"
Floats = NDArray[np.float64]
_SHOWN = 5
_NAME_IT = "Give the candidate a name of its own with `registry.model_name=...`."


def check_same_task(champion: Sequence[Label], candidate: Sequence[Label]) -> None:
    """Refuse to compare models that answer different questions.

    A champion may lack a label that has come up since; one that it alone knows is
    missed by its callers.

    Args:
        champion: Its labels; empty if it predicts numbers.
        candidate: Its labels likewise.

    Raises:
        RegistryError: If the two have other tasks, or the champion other labels.
    """
    if _kind(champion) != _kind(candidate):
        raise RegistryError(
            f"It predicts {_kind(champion)}, the candidate {_kind(candidate)}. "
            f"{_NAME_IT}"
        )
    known = set(map(_key, candidate))
    lost = [label for label in champion if _key(label) not in known]
    if lost:
        shown = ", ".join(map(repr, lost[:_SHOWN]))
        more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
        raise RegistryError(
            f"It knows {shown}{more} as classes, which the candidate does not. "
            f"{_NAME_IT}"
        )


def translate(codes: Floats, own: Sequence[Label], others: Sequence[Label]) -> Floats:
    """Return codes of one list of labels as those of another; -1 where it lacks one."""
    if _keys(own) == _keys(others) or not own:
        return codes
    places = {_key(label): code for code, label in enumerate(others)}
    table = np.array([places.get(_key(label), -1) for label in own], dtype=np.float64)
    return table[codes.astype(np.intp)]


def relabel(
    predicted: Predicted, own: Sequence[Label], others: Sequence[Label]
) -> Predicted:
    """Return predictions in terms of another list of labels, which holds all of them.

    A label that the model does not know has the probability 0.

    Args:
        predicted: In terms of `own`.
        own: The model's labels.
        others: What is wanted.
    """
    if predicted.probabilities is None or _keys(own) == _keys(others):
        return predicted
    places = translate(np.arange(len(own), dtype=np.float64), own, others)
    shares = np.zeros((len(predicted), len(others)))
    shares[:, places.astype(np.intp)] = predicted.probabilities
    return Predicted(translate(predicted.values, own, others), shares)


def write_classes(task: Task, classes: Sequence[Label]) -> dict[str, str]:
    """Return the tags that tell a version's labels; of a regression there are none."""
    if not classes:
        return {}
    text = json.dumps(list(classes), ensure_ascii=False)
    known = {CLASSES: text} if len(text) <= MAX_TAG_CHARS else {}
    return {TASK: str(task), **known}


def read_classes(tags: Mapping[str, str]) -> list[Label]:
    """Return the labels that `write_classes` told; none if somebody else wrote them."""
    try:
        found = json.loads(tags.get(CLASSES, "[]"))
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _kind(classes: Sequence[Label]) -> str:
    if not classes:
        return "a number"
    return "one of two classes" if len(classes) == 2 else "one of several classes"


def _keys(labels: Sequence[Label]) -> list[tuple[type, Label]]:
    return [_key(label) for label in labels]


def _key(label: Label) -> tuple[type, Label]:
    # To Python, True is 1.
    return type(label), label
