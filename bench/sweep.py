"""Time a sweep of 20 fixed trials against the least that could fit the same.

    python bench/sweep.py [--rounds 3] [--trials 20]

Both take turns in one run. The sweep records every trial in MLflow and in its study,
writes each trial's configuration, and ends with its report; the bare loop does nothing
but fit. Scores must agree to the last digit.

Idle time is measured twice: of equal trials, everything but fits counting as idle; and
of 40 uneven ones of 20 to 300 trees, a worker being idle while it has no trial, also in
the end, when the other one still has.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import optuna

ROOT = Path(__file__).parents[1]
FIXED = (
    "-m",
    "hparams_search=grid",
    "hydra/sweeper/pruner=none",
    "model.estimator.n_estimators=100",
    "model.early_stopping=null",
    "registry.publish=false",
)
UNEVEN = (
    "-m",
    "hparams_search=random",
    "hydra/sweeper/pruner=none",
    "hydra.sweeper.n_trials=40",
    "model.estimator.n_estimators=int(interval(20,300))",
    "model.early_stopping=null",
    "registry.publish=false",
)
N_FOLDS = 5


def run_bare():
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "bench/bare_sweep.py"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    seconds = time.time() - begun
    first, scores = (line.split()[1:] for line in done.stdout.splitlines())
    return {
        "wall": seconds,
        "first_fit": float(first[0]) - begun,
        "scores": sorted(map(float, scores)),
    }


def run_equal(n_trials, folder, name, *, watched=False):
    searched = f"model.estimator.random_state=range(0,{n_trials})"
    return run_sweep([*FIXED, searched], folder, name, watched=watched)


def run_uneven(folder, name):
    """Return the share of two workers' time in which they had no trial."""
    run_sweep(UNEVEN, folder, name)
    kept = [t.user_attrs["sweepkit:outcome"] for t in trials_of(folder, name)]
    begun = min(one["started_at"] for one in kept)
    ended = max(one["started_at"] + one["seconds"] for one in kept)
    workers = len({one["worker"] for one in kept})
    return 1 - sum(one["seconds"] for one in kept) / (workers * (ended - begun))


def run_sweep(words, folder, name, *, watched=False):
    for old in folder.glob("fits.*"):
        old.unlink()
    words = [*words, f"hydra.sweeper.study_name={name}"]
    begun = time.time()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "bench" / "timed_sweep.py"), *words],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak = watch_memory(process.pid) if watched else None
    errors = process.communicate()[1]
    seconds = time.time() - begun
    assert process.returncode == 0, errors
    fits = [read_fits(path) for path in sorted(folder.glob("fits.*"))]
    return {
        "wall": seconds,
        "first_fit": min(fit[0][0] for fit in fits) - begun,
        "gaps_ms": [gap for fit in fits for gap in gaps_between_trials(fit)],
        "idle": idle_share(fits),
        "peak_mb": peak() if peak else None,
        "scores": sorted(trial.value for trial in trials_of(folder, name)),
    }


def read_fits(path):
    return [tuple(map(float, line.split())) for line in path.read_text().splitlines()]


def gaps_between_trials(fits):
    """From the end of a trial to the first fit of the next on its worker, in ms."""
    ends = fits[N_FOLDS - 1 :: N_FOLDS]
    starts = fits[N_FOLDS::N_FOLDS]
    return [1000 * (s[0] - e[1]) for e, s in zip(ends, starts, strict=False)]


def idle_share(fits):
    """Share of the workers' time, until the first of them ended, not spent fitting."""
    begun = max(worker[0][0] for worker in fits)
    ended = min(worker[-1][1] for worker in fits)
    busy = sum(
        max(0.0, min(end, ended) - max(start, begun))
        for worker in fits
        for start, end in worker
    )
    return 1 - busy / (len(fits) * (ended - begun))


def trials_of(folder, name):
    url = f"sqlite:///{folder / 'outputs' / 'studies.db'}"
    return optuna.load_study(study_name=name, storage=url).trials


def watch_memory(pid):
    """Note the largest sum of proportional memory of a process and all it started."""
    largest, stop = [0.0], threading.Event()

    def watch():
        while not stop.wait(0.25):
            largest[0] = max(largest[0], sum(map(proportional_mb, family(pid))))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()

    def read():
        stop.set()
        thread.join()
        return largest[0]

    return read


def family(pid):
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(
                stat.read_text().rpartition(")")[2].split()[1]
            )
        except OSError:
            continue
    found, frontier = {pid}, {pid}
    while frontier:
        frontier = {child for child, parent in parents.items() if parent in frontier}
        found |= frontier
    return found


def proportional_mb(pid):
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(x.split()[1]) / 1024 for x in lines if x.startswith("Pss:")), 0.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trials", type=int, default=20)
    options = parser.parse_args()
    bare, ours = [], []
    with tempfile.TemporaryDirectory(prefix="sweep-") as name:
        for number in range(options.rounds + 1):
            one = run_bare()
            other = run_equal(options.trials, Path(name), f"round{number}")
            same = one["scores"] == other["scores"]
            assert options.trials != 20 or same, "scores differ"
            if number:  # the first round makes the store and warms caches
                bare.append(one)
                ours.append(other)
        # By itself: to read the memory of six processes takes a core's time.
        watched = run_equal(options.trials, Path(name), "watched", watched=True)
        uneven = [run_uneven(Path(name), f"uneven{n}") for n in range(options.rounds)]
    report(bare, ours, uneven, watched["peak_mb"])


def report(bare, ours, uneven, peak_mb):
    def middle(runs, key):
        return statistics.median(run[key] for run in runs)

    gaps = [gap for run in ours for gap in run["gaps_ms"]]
    rows = [
        ("wall time, s", middle(bare, "wall"), middle(ours, "wall"), "<= 1.2 times"),
        (
            "first fit after, s",
            middle(bare, "first_fit"),
            middle(ours, "first_fit"),
            "<= 1.5 times",
        ),
    ]
    print(f"{'':34}{'bare':>9}{'sweep':>9}{'ratio':>8}  goal")
    for name, one, other, goal in rows:
        print(f"{name:34}{one:9.2f}{other:9.2f}{other / one:8.2f}  {goal}")
    print(f"{'between two fits, median ms':34}{'':9}{statistics.median(gaps):9.1f}")
    print(
        f"{'  90th percentile ms':34}{'':9}{statistics.quantiles(gaps, n=10)[-1]:9.1f}"
    )
    print(f"{'idle share of two workers':34}{'':9}{middle(ours, 'idle'):9.3f}")
    share = statistics.median(uneven)
    print(f"{'  of uneven trials, without one':34}{'':9}{share:9.3f}")
    print(f"{'peak memory (PSS), MB':34}{'':9}{peak_mb:9.0f}")
    print(f"rounds {len(ours)}, cores {len(os.sched_getaffinity(0))}")


if __name__ == "__main__":
    main()
