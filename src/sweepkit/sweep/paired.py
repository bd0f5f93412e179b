"""A pruner that compares folds with those of the best trials, fold by fold.

All trials of a sweep are judged on the same folds, so a fold that is hard for one is
hard for the others. In the difference on the same folds that cancels; what is left is
how much worse a trial is, and noise. After k of K folds the final mean difference is
expected to be the mean d so far, give or take

    s * sqrt(1 / k - 1 / K)

with s the standard deviation of a single fold's difference: the error of a mean of k
values drawn without replacement from K (Cochran, Sampling Techniques, 3rd ed., 2.5).
A trial is ended when d is more than z of these errors on the wrong side.

Compared with is the mean of the best tenth, fold by fold, and not the best trial alone:
that one is the best also because it was lucky, on the first folds as on any. And a
tenth is what `TPESampler` learns good settings from; it should know these whole.

Pairing folds is the idea of Optuna's `WilcoxonPruner`, whose ranks need more than five
folds. Trials that race, and are out when a paired test says so, are those of Hoeffding
races (Maron and Moore, 1993) and irace (Lopez-Ibanez et al., 2016). That earlier trials
tell of the noise lets a single fold decide.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from optuna.pruners import BasePruner
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from sweepkit.errors import ConfigError

if TYPE_CHECKING:
    from optuna.study import Study

Floats = NDArray[np.float64]
# The median of absolute deviations, times this, is a normal distribution's deviation.
_MAD_TO_SD = 1.4826
# Scores are taken apart from running means; what is so much apart is rounding.
_ROUNDING = 1e-9
# The most that are called the best; of so many `TPESampler` learns too.
_MOST_BEST = 25
_ENDED = (TrialState.COMPLETE, TrialState.PRUNED)


class PairedPruner(BasePruner):
    """Ends a trial that the folds to come will hardly bring among the best ones.

    It keeps nothing between calls: a resumed study decides as the first session did.
    Reported must be the running mean over folds, steps counting them from 0. A trial
    that left one out, as its score was not finite, is neither ended nor compared with.

    Args:
        z: Standard errors that a trial may be behind.
        best_share: Share of the ended trials that is compared with, at least the best.
        n_startup_trials: Complete trials before any is ended, 2 or more.

    Raises:
        ConfigError: If a setting is out of range.
    """

    def __init__(
        self, *, z: float = 1.75, best_share: float = 0.1, n_startup_trials: int = 5
    ) -> None:
        if z < 0 or n_startup_trials < 2 or not 0 <= best_share <= 1:
            raise ConfigError(
                f"hydra.sweeper.pruner has z={z}, best_share={best_share} and "
                f"n_startup_trials={n_startup_trials}; use z from 0 up, a share from "
                f"0 to 1, and 2 or more trials."
            )
        self._z = z
        self._best_share = best_share
        self._n_startup_trials = n_startup_trials

    def prune(self, study: "Study", trial: FrozenTrial) -> bool:
        """Tell whether a trial should end after what it has reported."""
        sign = 1.0 if study.direction == StudyDirection.MINIMIZE else -1.0
        ended = study.get_trials(deepcopy=False, states=_ENDED)
        mine = read_means(trial)
        longest = max((len(one.intermediate_values) for one in ended), default=0)
        # Nothing to judge, or nothing left to save: then a worker is waiting for work.
        if not mine or len(mine) >= longest:
            return False
        ranked = rank_reports(ended, sign)
        if len(ranked) < self._n_startup_trials:
            return False
        n_best = max(1, min(math.ceil(self._best_share * len(ended)), _MOST_BEST))
        folds = sign * take_apart([mine])[0]
        return is_behind(folds, sign * take_apart(ranked), n_best, self._z)


def is_behind(folds: Floats, ranked: Floats, n_best: int, z: float) -> bool:
    """Tell whether the folds to come will hardly make up for those that are done.

    Args:
        folds: Scores so far, lower is better, shape (k,).
        ranked: Scores of complete trials, best first, shape (n_trials, K).
        n_best: How many of them are compared with.
        z: Standard errors that may be missing.
    """
    done, total = len(folds), ranked.shape[1]
    if done >= total:
        return False
    best = ranked[:n_best].mean(axis=0)
    rounding = _ROUNDING * float(np.max(np.abs(best)))
    # Whoever leads the very best so far goes on, whatever the others did.
    if float(np.mean(folds - ranked[0, :done])) <= rounding:
        return False
    behind = float(np.mean(folds - best[:done]))
    error = pooled_noise(ranked, best) * math.sqrt(1 / done - 1 / total)
    return behind > max(z * error, rounding)


def pooled_noise(scores: Floats, best: Floats) -> float:
    """Return the standard deviation of a fold's difference to the best trials.

    A trial's mean difference is no noise and is taken off. The median over all folds
    of all trials is not moved by a few that went astray; differences that are all equal
    are of trials with the same settings, and would make the others look sure.

    Args:
        scores: Of complete trials, shape (n_trials, K); the best ones may be in.
        best: Mean scores of the best ones, shape (K,).
    """
    differences = scores - best
    off = np.abs(differences - differences.mean(axis=1, keepdims=True))
    off = off[off > _ROUNDING * np.max(np.abs(best))]
    if not off.size:
        return 0.0
    total = len(best)
    return float(_MAD_TO_SD * np.median(off) * math.sqrt(total / (total - 1)))


def rank_reports(ended: Sequence[FrozenTrial], sign: float) -> list[tuple[float, ...]]:
    """Return the running means of complete trials, best first.

    Those of another number of folds than the best one's are left out, and those without
    reports: another launcher than the pool has none.

    Args:
        ended: Trials in the order of their numbers.
        sign: 1 if low values are good, -1 if high ones are.
    """
    told = [
        (sign * one.value, means)
        for one in ended
        if one.state is TrialState.COMPLETE
        and one.value is not None
        and (means := read_means(one))
    ]
    told.sort(key=lambda pair: pair[0])
    return [means for _, means in told if len(means) == len(told[0][1])]


def read_means(trial: FrozenTrial) -> tuple[float, ...]:
    """Return a trial's running means; none if a fold in between is missing."""
    means = trial.intermediate_values
    steps = range(len(means))
    return tuple(means[k] for k in steps) if all(k in means for k in steps) else ()


def take_apart(means: Sequence[Sequence[float]]) -> Floats:
    """Return the score on each fold from running means over folds.

    Args:
        means: Shape (n_trials, k).
    """
    array = np.asarray(means, dtype=np.float64)
    sums = array * np.arange(1, array.shape[1] + 1)
    return np.diff(sums, prepend=0.0, axis=1)
