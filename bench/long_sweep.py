"""How long workers wait between two trials, early in a sweep and after a thousand.

    python bench/long_sweep.py [--trials 1040]

A real sweep with the default sampler, everything recorded, and trials as short as five
fits of few trees can be, so that it takes minutes. Wall time from the end of a trial's
last fit to the first fit of the next on the same worker: run it on an idle machine.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from sweep import N_FOLDS, ROOT, read_fits

WORDS = (
    "-m",
    "hparams_search=optuna",
    "hydra/sweeper/pruner=none",  # each trial has all its folds
    "model.early_stopping=null",
    "registry.publish=false",
)
PLACES = (20, 100, 300, 1000)
AROUND = 18


def run(folder, n_trials, n_trees):
    words = [f"hydra.sweeper.n_trials={n_trials}"]
    words += [f"model.estimator.n_estimators={n_trees}"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "timed_sweep.py"), *WORDS, *words],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return [read_fits(path) for path in sorted(folder.glob("fits.*"))]


def gaps_in_order(workers):
    """Return the waits between two trials of all workers in ms, in order of time."""
    gaps = []
    for fits in workers:
        ends, starts = fits[N_FOLDS - 1 :: N_FOLDS], fits[N_FOLDS::N_FOLDS]
        pairs = zip(ends, starts, strict=False)
        gaps += [(start[0], 1000 * (start[0] - end[1])) for end, start in pairs]
    return [gap for _, gap in sorted(gaps)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=1040)
    parser.add_argument("--trees", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="long-") as name:
        gaps = gaps_in_order(run(Path(name), options.trials, options.trees))
    places = [place for place in PLACES if place + AROUND <= len(gaps)]
    medians = [
        statistics.median(gaps[place - AROUND : place + AROUND]) for place in places
    ]
    for place, median in zip(places, medians, strict=True):
        print(f"at trial {place:5}{median:8.1f} ms{median / medians[0]:8.2f}")


if __name__ == "__main__":
    main()
