"""What a pruner saves and costs, over more searches than anybody has time to run.

    python bench/pruning.py --pruners none --curves outputs/curves.jsonl
    python bench/simulated_pruning.py outputs/curves.jsonl [--searches 100]

Two searches that differ by luck alone differ by half a percent in their best value, so
five real ones cannot show a loss of 0.1 %. Here real trials are the pattern: Gaussian
processes learn a trial's mean score and its time from its settings; how hard each fold
is, and the noise of a fold, are as they were. The sampler and the pruners are the real
ones. `other seeds` prunes nothing and shows what luck does.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import optuna
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from sweepkit.sweep.paired import PairedPruner

# As conf/search_space/gradient_boosting.yaml has them: range, whole number, log scale.
SPACE = {
    "learning_rate": (0.02, 0.12, False, True),
    "num_leaves": (16, 96, True, True),
    "min_child_samples": (5, 60, True, True),
    "colsample_bytree": (0.3, 1.0, False, False),
    "subsample": (0.5, 1.0, False, False),
    "reg_lambda": (0.01, 30.0, False, True),
}
DEFAULTS = (0.04, 48, 10, 0.4, 0.8, 5.0)
PRUNERS = {
    "other seeds": optuna.pruners.NopPruner,
    "median": lambda: optuna.pruners.MedianPruner(5, n_min_trials=2),
    "hyperband": optuna.pruners.HyperbandPruner,
    "paired": PairedPruner,
    "paired, z=1.25": lambda: PairedPruner(z=1.25),
    "paired, best only": lambda: PairedPruner(best_share=0.0),
}


class Pattern:
    """Trials that look like those of a file of curves."""

    def __init__(self, lines):
        trials = [trial for line in lines for trial in json.loads(line)["trials"]]
        scores = np.array([trial["scores"] for trial in trials])
        self.points = np.array([place(trial["params"]) for trial in trials])
        off = scores - scores.mean(axis=1, keepdims=True)
        self.folds = off.mean(axis=0)
        n_folds = scores.shape[1]
        self.noise = (off - self.folds).std() * math.sqrt(n_folds / (n_folds - 1))
        self.mean = self._learn(scores.mean(axis=1))
        self.log_seconds = self._learn(np.log([trial["seconds"] for trial in trials]))

    def _learn(self, values):
        kernel = ConstantKernel() * RBF(np.full(len(SPACE), 2.0)) + WhiteKernel(0.1)
        middle, spread = self.points.mean(axis=0), self.points.std(axis=0)
        model = GaussianProcessRegressor(kernel, normalize_y=True, random_state=0)
        model.fit((self.points - middle) / spread, values)
        return lambda point: model.predict([(point - middle) / spread])[0]

    def draw(self, params, seed):
        """Return scores per fold and seconds per fold; the same for the same words."""
        point = place(params)
        bits = np.round(point, 6).view(np.uint64)
        noise = np.random.default_rng([seed, *map(int, bits)])
        n_folds = len(self.folds)
        scores = self.mean(point) + self.folds + noise.normal(0, self.noise, n_folds)
        return scores, math.exp(self.log_seconds(point)) / n_folds


def place(params):
    return np.array(
        [math.log(params[k]) if s[3] else params[k] for k, s in SPACE.items()]
    )


def search(pattern, pruner, seed, n_trials):
    """Return the best value, seconds spent, and trials pruned."""
    sampler = optuna.samplers.TPESampler(
        n_startup_trials=10, multivariate=True, constant_liar=True, seed=seed
    )
    study = optuna.create_study(sampler=sampler, pruner=pruner)
    study.enqueue_trial(dict(zip(SPACE, DEFAULTS, strict=True)))
    spent, best, n_pruned = 0.0, math.inf, 0
    for _ in range(n_trials):
        trial = study.ask()
        params = {name: suggest(trial, name) for name in SPACE}
        scores, seconds = pattern.draw(params, 0)
        for step in range(len(scores)):
            trial.report(float(scores[: step + 1].mean()), step)
            spent += seconds
            if step + 1 < len(scores) and trial.should_prune():
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                n_pruned += 1
                break
        else:
            study.tell(trial, float(scores.mean()))
            best = min(best, float(scores.mean()))
    return best, spent, n_pruned


def suggest(trial, name):
    low, high, is_whole, is_log = SPACE[name]
    ask = trial.suggest_int if is_whole else trial.suggest_float
    return ask(name, low, high, log=is_log)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("curves", type=Path)
    parser.add_argument("--searches", type=int, default=100)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--pruners", nargs="+", default=list(PRUNERS))
    given = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    pattern = Pattern(given.curves.read_text().splitlines())
    seeds = range(given.searches)
    nop = optuna.pruners.NopPruner
    none = [search(pattern, nop(), seed, given.trials) for seed in seeds]
    print(
        f"{'pruner':20}{'saved':>8}{'loss':>9}{'mean loss':>11}{'+-':>8}{'pruned':>8}"
    )
    for name in given.pruners:
        shift = len(seeds) if name == "other seeds" else 0
        runs = [
            search(pattern, PRUNERS[name](), s + shift, given.trials) for s in seeds
        ]
        both = list(zip(runs, none, strict=True))
        saved = np.median([1 - one[1] / other[1] for one, other in both])
        loss = np.array([one[0] / other[0] - 1 for one, other in both])
        error = loss.std() / math.sqrt(len(loss))
        print(
            f"{name:20}{saved:8.1%}{np.median(loss):9.3%}{loss.mean():11.3%}"
            f"{error:8.3%}{np.median([one[2] for one in runs]):8g}",
            flush=True,
        )


if __name__ == "__main__":
    main()
