"""Folds whose features are computed once, then kept for the next trials of a sweep."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sweepkit.models.blend_config import feature_inputs
from sweepkit.models.pipeline import fit_transformer
from sweepkit.training.rows import Rows
from sweepkit.training.settings import Settings

Kept = TypeVar("Kept")
_KEPT_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class PreparedFold:
    """One fold as plain arrays.

    Attributes:
        train: Features to fit on, shape (n_train, n_features).
        train_target: Shape (n_train,).
        test: Features to predict from, shape (n_test, n_features).
        test_target: Shape (n_test,).
        features: The transformer that made them, fitted on the fold's training rows.
    """

    train: NDArray[np.float64]
    train_target: NDArray[np.float64]
    test: NDArray[np.float64]
    test_target: NDArray[np.float64]
    features: Any


class LazyFold:
    """A fold that is prepared when it is first asked for.

    The first fit of a sweep need not wait for the features of five folds, and a trial
    that is pruned after one never needs the others.

    Args:
        prepare: Computes the features.
        keep: Whether they are kept for whoever asks next.
    """

    def __init__(self, prepare: Callable[[], PreparedFold], *, keep: bool) -> None:
        self._prepare = prepare
        self._keep = keep

    @property
    def prepared(self) -> PreparedFold:
        """The fold; features are computed by the first who asks.

        Raises:
            FitError: If a feature step refuses the rows.
        """
        return self._kept if self._keep else self._prepare()

    @cached_property
    def _kept(self) -> PreparedFold:
        return self._prepare()


class Shelf:
    """Keeps the results of costly calls as long as their settings stay the same.

    Trials of one worker differ in the estimator's settings; table, split and features
    are the same for nearly all of them.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def fetch(self, settings: Any, make: Callable[[], Kept]) -> Kept:
        """Return what `make` returned for equal settings, or call it."""
        key = json.dumps(settings, sort_keys=True, default=str)
        if key not in self._kept:
            while len(self._kept) >= _KEPT_AT_ONCE:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = make()
        kept: Kept = self._kept[key]
        return kept


def features_key(settings: Settings) -> list[Any]:
    """Return the settings on which prepared folds depend."""
    tables = [settings[key] for key in ("data", "task", "evaluation", "features")]
    return [*tables, feature_inputs(settings["model"])]


def prepare_folds(
    rows: Rows, features: Pipeline, *, keep: bool = True
) -> list[LazyFold]:
    """Return every fold, its features computed from its own training rows only.

    Args:
        rows: The task's rows.
        features: Unfitted steps from raw rows to features; each fold fits a copy.
        keep: Whether a fold's features are kept for the next trial.
    """
    return [
        LazyFold(partial(_prepare, rows, features, *fold), keep=keep)
        for fold in rows.folds
    ]


def _prepare(
    rows: Rows, steps: Pipeline, train: NDArray[np.intp], test: NDArray[np.intp]
) -> PreparedFold:
    features = clone(steps)
    target = rows.train_target
    return PreparedFold(
        train=fit_transformer(features, rows.train.iloc[train], target[train]),
        train_target=target[train],
        test=features.transform(rows.train.iloc[test]),
        test_target=target[test],
        features=features,
    )
