"""Boosting that stops when rows it does not learn from no longer gain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from sweepkit.errors import ConfigError
from sweepkit.models.class_weights import weigh_rows
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.outputs import last_step
from sweepkit.models.pipeline import explaining, innermost_estimator

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stopped:
    """A model that was watched while it was boosted.

    Attributes:
        model: Fitted, with all rounds it has run.
        curve: Loss on the rows it was watched on, after each round, (n_rounds,); empty
            if there was nothing to watch.
    """

    model: Any
    curve: Floats


def check_stoppable(model: Any) -> None:
    """Refuse early stopping of what does not count rounds as LightGBM does.

    Raises:
        ConfigError: If the estimator is another one, or drops trees as it goes.
    """
    estimator = innermost_estimator(model)
    is_lightgbm = type(estimator).__module__.startswith("lightgbm.")
    if not is_lightgbm or estimator.get_params().get("boosting_type") == "dart":
        raise ConfigError(
            f"model.early_stopping is set, and {type(estimator).__name__} cannot stop "
            f"early: only LightGBM can, other than as `dart`. Set "
            f"`model.early_stopping=null`."
        )


def fit_watched(
    model: Any,
    rows: Floats,
    target: Floats,
    test: Floats,
    actual: Floats,
    patience: int,
) -> Stopped:
    """Fit a copy of a model until its loss on other rows has stopped falling.

    The loss is the one LightGBM minimizes, whatever metric the folds are judged by: it
    is smooth where ranks and shares of right answers jump.

    Args:
        model: Unfitted last step: a LightGBM estimator, or a wrapper of one.
        rows: Features to fit on, (n_rows, n_features).
        target: Shape (n_rows,); codes of classes.
        test: Features to watch, (n_test, n_features).
        actual: Shape (n_test,).
        patience: Rounds without improvement after which it stops.
    """
    fresh = clone(model)
    with explaining(innermost_estimator(fresh)):
        if not _can_be_watched(fresh, target, actual):
            return Stopped(fresh.fit(rows, target), np.empty(0))
        watch = _Watch(patience)
        fresh.fit(
            rows, target, callbacks=[watch], **_watched(fresh, target, test, actual)
        )
    return Stopped(fresh, np.asarray(watch.curve))


class _Watch:
    """A callback of LightGBM that stops as its own does, and keeps every tree.

    LightGBM's own drops the trees after the best round, and the folds' common number
    of rounds may lie there.
    """

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.curve: list[float] = []
        self._best = 0

    def __call__(self, env: Any) -> None:
        from lightgbm import EarlyStopException

        _, _, value, higher_is_better, *_ = env.evaluation_result_list[0]
        self.curve.append(-value if higher_is_better else value)
        last = len(self.curve) - 1
        if self.curve[last] < self.curve[self._best]:
            self._best = last
        if last - self._best >= self.patience:
            raise EarlyStopException(last, env.evaluation_result_list)


def agree_on_rounds(curves: Sequence[Floats]) -> int | None:
    """Return the number of rounds with the least loss in the mean over folds.

    One number for all folds is one setting chosen by cross-validation, as any other;
    a best round for each would flatter every fold by the luck of its own rows. A fold
    that stopped sooner is taken to stay where it was.

    Returns:
        From 1 up; None if no fold was watched.
    """
    watched = [curve for curve in curves if len(curve)]
    if not watched:
        return None
    longest = max(map(len, watched))
    curves = [np.pad(curve, (0, longest - len(curve)), "edge") for curve in watched]
    return int(np.argmin(np.mean(curves, axis=0))) + 1


def use_rounds(fitted: Any, rounds: int) -> Any:
    """Let a watched model predict with its first rounds only, and return it."""
    booster = getattr(innermost_estimator(fitted), "booster_", None)
    if booster is not None:  # of one class only there is none
        booster.best_iteration = min(rounds, booster.current_iteration())
    return fitted


def set_rounds(model: Any, rounds: int) -> Any:
    """Let an unfitted model run so many rounds, and return it."""
    innermost_estimator(model).set_params(n_estimators=rounds)
    return model


def _can_be_watched(model: Any, target: Floats, actual: Floats) -> bool:
    if not isinstance(last_step(model), LabelClassifier):
        return True
    return len(np.unique(target)) > 1 and bool(np.isin(actual, target).any())


def _watched(
    model: Any, target: Floats, test: Floats, actual: Floats
) -> dict[str, Any]:
    last = last_step(model)
    if not isinstance(last, LabelClassifier):
        return {"eval_X": test, "eval_y": actual}
    # Of a class that it has not seen LightGBM has no loss.
    known = np.isin(actual, target)
    codes = actual[known].astype(np.int64)
    watched: dict[str, Any] = {"eval_X": test[known], "eval_y": codes}
    if last.class_weight is not None:
        weights = weigh_rows(codes, last.class_weight, last.classes)
        watched["eval_sample_weight"] = [weights]
    return watched
