"""Plain forms of the transformers that turn texts into numbers."""

from typing import Any

import numpy as np

from sweepkit.errors import DataError
from sweepkit.features.categories import name_blank
from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Cell, Floats
from sweepkit.models.predictor.steps import STEPS, Step

Cells = list[list[Cell]]


@STEPS.add("sweepkit.features.categories", "NamedBlanks")
def _name_blanks(fitted: Any) -> list[Step]:
    del fitted

    def run(columns: Cells) -> Cells:
        return [[name_blank(cell) for cell in column] for column in columns]

    return [Step(run, takes="cells")]


@STEPS.add("sklearn.preprocessing", "OneHotEncoder")
def _one_hot(fitted: Any) -> list[Step]:
    if fitted.sparse_output or fitted.drop is not None:
        raise NotPlain("OneHotEncoder is sparse, or drops a category")
    lookups = _find_positions(fitted)
    width = sum(fitted._n_features_outs)

    def run(columns: Cells) -> Floats:
        block = np.zeros((len(columns[0]), width))
        for column, (positions, unknown) in zip(columns, lookups, strict=True):
            for row, cell in enumerate(column):
                position = positions.get(cell, unknown)
                if position is None:
                    raise DataError("A row has a category the model never saw.")
                if position >= 0:
                    block[row, position] = 1.0
        return block

    return [Step(run, takes="cells")]


@STEPS.add("sweepkit.features.target_means", "TargetMeans")
def _target_means(fitted: Any) -> list[Step]:
    encoder = fitted.encoder_
    unknown = np.atleast_1d(encoder.target_mean_)
    tables: list[tuple[dict[Any, int], Floats]] = []
    for i, known in enumerate(encoder.categories_):
        means = encoder.encodings_[i * len(unknown) : (i + 1) * len(unknown)]
        positions = {category: row for row, category in enumerate(known)}
        # The last row is for categories that nobody has seen.
        tables.append((positions, np.vstack([np.stack(means, axis=1), unknown])))

    def run(columns: Cells) -> Floats:
        return np.hstack(
            [
                means[[positions.get(cell, -1) for cell in column]]
                for column, (positions, means) in zip(columns, tables, strict=True)
            ]
        )

    return [Step(run, takes="cells")]


@STEPS.add("sweepkit.features.text", "TextParts")
def _texts(fitted: Any) -> list[Step]:
    # Loaded already with what was fitted; other models need no tools for texts.
    from sweepkit.features.text import Condenser

    condensers = [
        Condenser(rarity, directions)
        for rarity, directions in zip(fitted.rarities_, fitted.directions_, strict=True)
    ]

    def run(columns: Cells) -> Floats:
        return np.hstack(
            [
                condenser.describe([None if c is None else str(c) for c in column])
                for column, condenser in zip(columns, condensers, strict=True)
            ]
        )

    return [Step(run, takes="cells")]


def _find_positions(fitted: Any) -> list[tuple[dict[Any, int], int | None]]:
    """Return for each column where its categories' ones go, and an unknown one's.

    A position of -1 means that the row gets no one; None, that it is refused.
    """
    lookups: list[tuple[dict[Any, int], int | None]] = []
    start = 0
    for known, rare, width in zip(
        fitted.categories_,
        _rare_categories(fitted),
        fitted._n_features_outs,
        strict=True,
    ):
        if not all(isinstance(category, str) for category in known):
            raise NotPlain("OneHotEncoder knows categories that are no texts")
        common = [category for category in known if category not in rare]
        positions = {category: start + i for i, category in enumerate(common)}
        # Rare categories share the last column.
        last = start + width - 1
        positions.update(dict.fromkeys(rare, last))
        lookups.append((positions, _unknown(fitted.handle_unknown, rare, last)))
        start += width
    return lookups


def _rare_categories(fitted: Any) -> list[set[str]]:
    if not fitted._infrequent_enabled:
        return [set() for _ in fitted.categories_]
    return [set(() if rare is None else rare) for rare in fitted.infrequent_categories_]


def _unknown(handling: str, rare: set[str], last: int) -> int | None:
    if handling == "error":
        return None
    if handling == "ignore":
        return -1
    return last if rare else -1
