"""Whether to prune within a fold, by boosting rounds: what it would save and cost.

    python bench/rounds.py [--seeds 3] [--trials 60] [--rows 4400] [--trees 300]

Every trial of a search is run to its end once, its curve of the first fold kept. Then
the median rule is replayed on these curves: after each fold, as the pruner `median`
does, and besides at points within the first fold. Saved is fit time; the cost is how
much worse the best trial is that is left. A curve's points are compared with those of
other trials at the same share of their trees, as trials differ in their number.
"""

import argparse
import statistics
import time

import lightgbm
import numpy as np
from pruning import read_folds
from sklearn.metrics import root_mean_squared_error

POINTS = (0.2, 0.4, 0.6, 0.8)
N_STARTUP = 5  # as conf/hydra/sweeper/pruner/median.yaml has it


def draw(rng, trees):
    """Return settings within conf/search_space/gradient_boosting.yaml."""
    return {
        "learning_rate": float(np.exp(rng.uniform(np.log(0.02), np.log(0.12)))),
        "n_estimators": int(rng.uniform(0.3, 1.8) * trees),
        "num_leaves": int(np.exp(rng.uniform(np.log(16), np.log(96)))),
        "min_child_samples": int(np.exp(rng.uniform(np.log(5), np.log(60)))),
        "colsample_bytree": float(rng.uniform(0.3, 1.0)),
        "subsample": float(rng.uniform(0.5, 1.0)),
        "reg_lambda": float(np.exp(rng.uniform(np.log(0.01), np.log(30)))),
    }


def fit(defaults, settings, fold):
    """Return the fitted model's curve at POINTS, its score, and seconds of fitting."""
    train, target, test, actual = fold
    model = lightgbm.LGBMRegressor(**(defaults | settings))
    start = time.process_time()
    model.fit(train, target)
    seconds = time.process_time() - start
    rounds = [max(1, int(share * settings["n_estimators"])) for share in POINTS]
    curve = [
        root_mean_squared_error(actual, model.predict(test, num_iteration=n))
        for n in rounds
    ]
    return curve, root_mean_squared_error(actual, model.predict(test)), seconds


def run_trials(defaults, folds, n_trials, trees, seed):
    """Run all trials to their end."""
    rng = np.random.default_rng(seed)
    trials = []
    for _ in range(n_trials):
        settings = draw(rng, trees)
        done = [fit(defaults, settings, fold) for fold in folds]
        scores, seconds = [d[1] for d in done], [d[2] for d in done]
        trials.append((done[0][0], np.cumsum(scores) / range(1, 6), seconds))
    return trials


def replay(trials, within):
    """Return seconds spent and the best score, with or without points in the fold."""
    seen = {}
    spent, best, n_complete = 0.0, np.inf, 0
    for curve, means, seconds in trials:
        steps = [("fold", i, means[i], seconds[i]) for i in range(5)]
        if within:
            parts = np.diff([0.0, *POINTS, 1.0])
            first = [
                ("rounds", i, value, seconds[0] * part)
                for i, (value, part) in enumerate(zip(curve, parts, strict=False))
            ]
            steps = [*first, ("fold", 0, means[0], seconds[0] * parts[-1]), *steps[1:]]
        for kind, i, value, cost in steps:
            spent += cost
            others = seen.setdefault((kind, i), [])
            others.append(value)
            last = (kind, i) == ("fold", 4)
            if not last and n_complete >= N_STARTUP and value > np.median(others[:-1]):
                break
        else:
            n_complete += 1
            best = min(best, means[4])
    return spent, best


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--rows", type=int, default=4400)
    parser.add_argument("--trees", type=int, default=300)
    given = parser.parse_args()
    folds, defaults = read_folds(given.rows)
    defaults |= {"n_jobs": 1}
    rows = []
    for seed in range(given.seeds):
        trials = run_trials(defaults, folds, given.trials, given.trees, seed)
        whole = sum(sum(seconds) for _, _, seconds in trials)
        best = min(means[4] for _, means, _ in trials)
        row = []
        for within in (False, True):
            spent, found = replay(trials, within)
            row += [1 - spent / whole, found / best - 1]
        rows.append(row)
        print(f"seed {seed}: " + "  ".join(f"{value:7.2%}" for value in row))
    print("columns: saved and loss by folds; saved and loss by folds and rounds")
    medians = [statistics.median(column) for column in zip(*rows, strict=True)]
    print("median: " + "  ".join(f"{value:7.2%}" for value in medians))


if __name__ == "__main__":
    main()
