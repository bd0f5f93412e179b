"""What fills which columns of the matrix of features, one transformer each."""

import pickle
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from sweepkit.data.column_profile import ColumnProfile
from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Array, Floats, Rows
from sweepkit.models.predictor.steps import Source, Step, build_steps

NUMBERS = ("double", "boolean")


# Raised for what has no pickle, such as an object with a function of its own.
_NO_PICKLE = (pickle.PicklingError, AttributeError, TypeError)


class Work(NamedTuple):
    """What makes one block of another.

    Attributes:
        run: From block to block, or of the first in a chain from rows, and all their
            numbers as an array. It leaves what it is given as it is.
        key: Equal for what does the same; whoever has done it need not do it again.
    """

    run: Callable[..., Any]
    key: Hashable


class Part(NamedTuple):
    """One transformer of the ColumnTransformer.

    Attributes:
        chain: What it does, beginning with what reads its columns.
        where: Its columns in the matrix.
    """

    chain: tuple[Work, ...]
    where: slice


def build_parts(
    features: Any, columns: Sequence[ColumnProfile], start: int, *, shares: bool
) -> list[Part]:
    """Return the parts of a fitted ColumnTransformer.

    Args:
        features: Fitted on a DataFrame.
        columns: What the cells of a row are.
        start: Column of the whole matrix at which its own begins.
        shares: Whether there are others, which may do some of the same work.

    Raises:
        NotPlain: If a transformer or a setting has no plain form.
    """
    if features.sparse_output_ or features.transformer_weights:
        raise NotPlain("ColumnTransformer is sparse, or weighs its parts")
    places = features.output_indices_
    return [
        _build_part(
            fitted,
            names,
            slice(start + places[part].start, start + places[part].stop),
            columns,
            shares,
        )
        for part, fitted, chosen in features.transformers_
        if (names := _names(features, chosen)) and not _drops(fitted)
    ]


def write_constants(values: Sequence[float], start: int) -> Part:
    """Return what writes the same numbers into every row, from a column on."""
    array = np.array(values, dtype=np.float64)
    work = Work(lambda *_: array, object())
    return Part((work,), slice(start, start + len(array)))


def _drops(fitted: Any) -> bool:
    return isinstance(fitted, str) and fitted == "drop"


def _names(features: Any, chosen: Any) -> list[str]:
    """Return the names of a part's columns, which may be given as positions."""
    if isinstance(chosen, str | slice):
        raise NotPlain(f"ColumnTransformer selects columns by {chosen!r}")
    known = features.feature_names_in_
    return [name if isinstance(name, str) else str(known[name]) for name in chosen]


def _build_part(
    fitted: Any,
    names: list[str],
    where: slice,
    columns: Sequence[ColumnProfile],
    shares: bool,
) -> Part:
    steps = _list_steps(fitted, shares)
    takes = steps[0][0].takes if steps else "numbers"
    position = {column.name: i for i, column in enumerate(columns)}
    missing = [name for name in names if name not in position]
    if missing:
        raise NotPlain(f"the model's own columns lack {missing}")
    positions = [position[name] for name in names]
    _check_kinds(takes, [columns[i] for i in positions])
    if takes == "numbers":
        numbers = [column.name for column in columns if column.kind in NUMBERS]
        read = _numbers([numbers.index(name) for name in names])
    else:
        read = _cells(positions)
    first = Work(read, (takes == "numbers", *positions))
    return Part((first, *(Work(step.run, key) for step, key in steps)), where)


def _list_steps(fitted: Any, shares: bool) -> list[tuple[Step, Hashable]]:
    """Return a transformer's steps, each with what tells it from others."""
    if type(fitted).__module__ == "sklearn.pipeline":
        return [pair for _, one in fitted.steps for pair in _list_steps(one, shares)]
    key: Hashable = object()
    if shares:
        with suppress(*_NO_PICKLE):
            key = pickle.dumps(fitted)
    return [(step, (key, i)) for i, step in enumerate(build_steps(fitted))]


def _check_kinds(takes: Source, columns: Sequence[ColumnProfile]) -> None:
    kinds = {"numbers": NUMBERS, "dates": ("datetime",)}.get(takes)
    for column in columns:
        if kinds and column.kind not in kinds:
            raise NotPlain(f"{column.name} is a {column.kind}, needed are {takes}")


def _cells(positions: list[int]) -> Callable[[Rows, Floats], Any]:
    return lambda rows, _: [[row[i] for row in rows] for i in positions]


def _numbers(positions: list[int]) -> Callable[[Rows, Floats], Array]:
    first, last = positions[0], positions[-1]
    if positions == list(range(first, last + 1)):
        return lambda _, numbers: numbers[:, first : last + 1]
    chosen = np.asarray(positions, dtype=np.intp)
    return lambda _, numbers: numbers.take(chosen, axis=1)
