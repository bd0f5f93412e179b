"""What a pruner saves and costs: 60 trials of the default search by each, and by none.

    python bench/pruning.py [--seeds 0 1 2 3 4] [--trials 60] [--rows 5500]

Each search really runs, as a pruned trial changes what the sampler proposes next, with
early stopping as in earnest. A line has the best value, seconds of fitting and trials
that were pruned. Seconds are processor time, so that other programs do not count; rows
are fewer than in earnest, so that all of it takes minutes.
"""

import argparse
import itertools
import json
import statistics
import time
from pathlib import Path

import lightgbm
import numpy as np
import optuna
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.utils import execution_whitelist
from omegaconf import OmegaConf
from sklearn.metrics import root_mean_squared_error

from sweepkit.config import register
from sweepkit.models.rounds import agree_on_rounds, fit_watched, use_rounds
from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.queue import queue_defaults
from sweepkit.sweep.reading import read_space
from sweepkit.sweep.resume import open_memory
from sweepkit.sweep.sampling import build_pruner, build_sampler
from sweepkit.training.prepared import prepare_folds
from sweepkit.training.rows import read_rows
from sweepkit.training.trial import unfitted_model

ROOT = Path(__file__).parents[1]
PRUNERS = ("none", "median", "paired", "hyperband", "wilcoxon")
SAMPLER = {
    "_target_": "optuna.samplers.TPESampler",
    "n_startup_trials": 10,
    "multivariate": True,
    "constant_liar": True,
}
PREFIX = "model.estimator."
PATIENCE = 50


def read_folds(n_rows):
    """Return train and test arrays of every fold, thinned out, and the defaults."""
    register()
    trusted = execution_whitelist(["sweepkit.*", "sklearn.*", "lightgbm.*"])
    with trusted, initialize_config_dir(str(ROOT / "conf")):
        config = compose("train", ["model=gradient_boosting"], return_hydra_config=True)
        config.hydra.runtime.cwd = str(ROOT)
        HydraConfig.instance().set_config(config)
        rows = read_rows(config)
        steps = unfitted_model(config, rows)[:-1]
        folds = [lazy.prepared for lazy in prepare_folds(rows, steps)]
        defaults = OmegaConf.to_container(config.model.estimator, resolve=True)
    step = max(1, len(rows.train) // n_rows)
    thinned = [
        (f.train[::step], f.train_target[::step], f.test[::step], f.test_target[::step])
        for f in folds
    ]
    return thinned, defaults


def search(pruner, seed, folds, defaults, options):
    """Run one search; return its best value and the seconds spent fitting."""
    space = read_space(
        OmegaConf.load(ROOT / "conf/search_space/gradient_boosting.yaml"), []
    )
    node = OmegaConf.load(ROOT / f"conf/hydra/sweeper/pruner/{pruner}.yaml")
    memory = open_memory(
        optuna.storages.InMemoryStorage(),
        "s",
        directions=["minimize"],
        contract={},
        make_sampler=lambda n: build_sampler({**SAMPLER, "seed": seed}, n),
        pruner=build_pruner(node),
    )
    queue_defaults(
        memory, space, {key: defaults[key.removeprefix(PREFIX)] for key in space.words}
    )
    spent, best, n_pruned, curves = 0.0, np.inf, 0, []
    for _ in range(options.trials):
        trial, params = memory.ask(space.suggest)
        chosen = {key.removeprefix(PREFIX): value for key, value in params.items()}
        scores, seconds = run(trial.number, chosen, folds, defaults, memory)
        curves.append({"seconds": seconds, "scores": scores, "params": chosen})
        spent += seconds
        complete, value = len(scores) == len(folds), float(np.mean(scores))
        n_pruned += not complete
        best = min(best, value) if complete else best
        memory.tell(
            Outcome(
                number=trial.number,
                state=State.COMPLETE if complete else State.PRUNED,
                params=params,
                values=(value,) if complete else (),
            )
        )
    if options.curves:
        line = {"pruner": pruner, "seed": seed, "trials": curves}
        with options.curves.open("a") as file:
            file.write(json.dumps(line) + "\n")
    return best, spent, n_pruned


def run(number, chosen, folds, defaults, memory):
    settings = {k: v for k, v in (defaults | chosen).items() if k != "_target_"}
    settings |= {"n_jobs": 1}
    stopped, scores, begun = [], [], time.process_time()
    for step, (rows, target, test, truth) in enumerate(folds):
        model = lightgbm.LGBMRegressor(**settings)
        stopped.append(fit_watched(model, rows, target, test, truth, PATIENCE))
        rounds = agree_on_rounds([stopped[-1].curve])
        scores.append(judge(stopped[-1], rounds, test, truth))
        mean = float(np.mean(scores))
        if memory.report(number, step, mean) and step + 1 < len(folds):
            break
    else:  # the value that counts has one number of rounds for all folds
        rounds = agree_on_rounds([one.curve for one in stopped])
        pairs = zip(stopped, folds, strict=True)
        scores = [judge(one, rounds, *fold[2:]) for one, fold in pairs]
    return scores, time.process_time() - begun


def judge(stopped, rounds, test, truth):
    return root_mean_squared_error(
        truth, use_rounds(stopped.model, rounds).predict(test)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--rows", type=int, default=5500)
    parser.add_argument("--curves", type=Path, help="a file that gets all scores")
    parser.add_argument("--pruners", nargs="+", default=list(PRUNERS))
    options = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    folds, defaults = read_folds(options.rows)
    found = {}
    for seed, pruner in itertools.product(options.seeds, options.pruners):
        found[pruner, seed] = search(pruner, seed, folds, defaults, options)
        print(pruner, seed, *found[pruner, seed], flush=True)
    if "none" in options.pruners:
        summarize(found, options)


def summarize(found, options):
    """Print medians over seeds against the search that prunes nothing."""
    print(
        f"{'pruner':12}{'time saved':>12}{'loss of best':>14}{'pruned':>8}  (medians)"
    )
    for pruner in options.pruners:
        pairs = [(found[pruner, s], found["none", s]) for s in options.seeds]
        saved = statistics.median(1 - one[1] / other[1] for one, other in pairs)
        lost = statistics.median(one[0] / other[0] - 1 for one, other in pairs)
        pruned = statistics.median(one[2] for one, _ in pairs)
        print(f"{pruner:12}{saved:12.1%}{lost:14.3%}{pruned:8g}")


if __name__ == "__main__":
    main()
