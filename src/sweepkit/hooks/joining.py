"""Which of a sweep's trials are joined to one model, and what that model is."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from omegaconf import DictConfig

from sweepkit.errors import DataError
from sweepkit.evaluation.judgement import Scores
from sweepkit.evaluation.metrics import find_metric, score_all
from sweepkit.evaluation.selection import (
    MOST,
    cross_validated_gain,
    mix_counted,
    select_greedily,
)
from sweepkit.evaluation.selection_gain import Gain
from sweepkit.sweep.clock import Clock
from sweepkit.sweep.outcome import Outcome, SweepResult
from sweepkit.sweep.standing import rank
from sweepkit.tasks import HALF
from sweepkit.training.decision import fixed_threshold
from sweepkit.training.out_of_fold import load, read_array
from sweepkit.training.rows import Rows
from sweepkit.training.settings import Settings

log = logging.getLogger(__name__)

Floats = NDArray[np.float64]
# Each candidate costs time to weigh; and the next best trials of one model hardly
# differ, while another model errs elsewhere.
_MOST_CANDIDATES = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Trials that are better together than the best of them is alone.

    Attributes:
        members: The trials, best first.
        counts: What each counts for.
        gain: What joining gains on folds that the choice has not seen.
        folds: Scores of the joined predictions on each fold.
        out_of_fold: The joined predictions, as `out_of_fold.gather` makes them.
    """

    members: tuple[Outcome, ...]
    counts: tuple[int, ...]
    gain: Gain
    folds: tuple[Scores, ...]
    out_of_fold: Floats

    @property
    def words(self) -> str:
        """The members and their shares, such as `71 % trial 3, 29 % trial 0`."""
        pairs = zip(self.counts, self.members, strict=True)
        shares = ((count / sum(self.counts), one.number) for count, one in pairs)
        return ", ".join(f"{share:.0%} trial {number}" for share, number in shares)


def is_wanted(config: DictConfig) -> bool:
    """Tell whether trials are to be joined: if asked for, or under a time budget.

    Args:
        config: The configuration of the whole sweep.
    """
    if len(config.evaluation.objectives) > 1:
        return False  # a front has no one best mean
    wanted = config.ensemble
    return config.time_budget is not None if wanted is None else bool(wanted)


def join_trials(settings: Settings, rows: Rows, result: SweepResult) -> Joined | str:
    """Choose trials and their weights by their out-of-fold predictions.

    Only trials on the best one's features can join it. The holdout plays no part.

    Args:
        settings: Configuration of the best trial, resolved.
        rows: Its rows.
        result: What came of the sweep; its clock limits how many are fitted again.

    Returns:
        The trials, or why none are joined.
    """
    assert result.best is not None
    ranked = rank(result.outcomes, result.plan.directions)
    alike = [one for one in ranked if _shares_features(one, result.best)]
    candidates, said = _load(_pick_best_of_each(alike), len(rows.train))
    tests = [test for _, test in rows.folds]
    if len(candidates) < 2:
        return "no other trial has kept what its folds said on the same features"
    if len(tests) < 2:
        return "there is one fold only"
    metric = find_metric(settings["evaluation"]["metric"])
    has_classes = rows.schema.task.has_classes
    threshold = fixed_threshold(settings["task"]) if has_classes else None
    how: dict[str, Any] = {"threshold": threshold}
    select = partial(select_greedily, metric, rows.train_target, said, **how)
    most, counts = _select_affordable(select, candidates, result.clock)
    chosen = [i for i, count in enumerate(counts) if count]
    if most < 2:
        return "there is no time to fit two"
    gain = cross_validated_gain(
        metric, rows.train_target, said, tests, most=most, **how
    )
    if not gain.helps or len(chosen) < 2:
        return "the best trial alone is as good on folds that the choice did not see"
    joined = mix_counted(said, counts)
    return Joined(
        members=tuple(candidates[i] for i in chosen),
        counts=tuple(counts[i] for i in chosen),
        gain=gain,
        folds=_score(rows, joined, threshold),
        out_of_fold=joined,
    )


def _pick_best_of_each(ranked: Sequence[Outcome]) -> list[Outcome]:
    """Return the best trials of each model, as many of one as of another, in order."""
    models = [str(one.params.get("model", "")) for one in ranked]
    share = _MOST_CANDIDATES // max(1, len(set(models)))
    places = [models[:i].count(model) for i, model in enumerate(models)]
    return [one for one, place in zip(ranked, places, strict=True) if place < share]


def _shares_features(one: Outcome, best: Outcome) -> bool:
    """Tell whether two trials differ in their models alone."""
    return _beside_model(one.params) == _beside_model(best.params)


def _beside_model(params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in params.items()
        if key != "model" and not key.startswith("model.")
    }


def _load(ranked: Sequence[Outcome], n_rows: int) -> tuple[list[Outcome], list[Floats]]:
    """Return the trials whose predictions are still there, and these."""
    candidates, said = [], []
    for one in ranked:
        if not one.kept or not Path(one.kept).is_file():
            continue
        try:
            said.append(load(one.kept, n_rows))
        except DataError as error:
            log.warning("Trial %d cannot join an ensemble: %s", one.number, error)
            continue
        candidates.append(one)
    return candidates, said


def _select_affordable(
    select: Callable[..., tuple[int, ...]],
    candidates: Sequence[Outcome],
    clock: Clock | None,
) -> tuple[int, tuple[int, ...]]:
    """Return how many members there is time to fit again, and what each counts."""
    for most in range(min(MOST, len(candidates)), 1, -1):
        counts = select(most=most)
        pairs = zip(candidates, counts, strict=True)
        members = [one for one, count in pairs if count]
        if clock is None or clock.fit_s(members) <= clock.for_refit_s():
            return most, counts
    return 0, ()


def _score(rows: Rows, joined: Floats, threshold: float | None) -> tuple[Scores, ...]:
    limit = None if threshold in (None, HALF) else threshold
    scores = []
    for _, test in rows.folds:
        known = read_array(joined[test], limit)
        actual = rows.train_target[test][known.positions]
        scores.append(score_all(rows.schema.task, actual, known.predicted))
    return tuple(scores)
