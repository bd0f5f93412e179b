"""What one more trial costs the sweep's own process, early and after a thousand.

    python bench/many_trials.py [--trials 1011] [--no-tracking]

Nothing is fitted: trials are begun, reported and ended as the loop does it, with the
default sampler and pruner, a sqlite study, a display of lines and a record in MLflow.
Processor time, so that other programs do not count. `bench/long_sweep.py` has the other
half: what workers wait in a real sweep.
"""

import argparse
import math
import os
import statistics
import tempfile
import time
from pathlib import Path

from hydra._internal.callbacks import Callbacks
from hydra.core.utils import JobReturn, JobStatus
from hydra.types import HydraContext
from omegaconf import OmegaConf
from rich.console import Console

from sweepkit.evaluation.objective import Objective
from sweepkit.hooks.record import SweepRecord
from sweepkit.sweep.listening import Listeners
from sweepkit.sweep.messages import Finished
from sweepkit.sweep.outcome import SweepPlan
from sweepkit.sweep.progress import SweepDisplay
from sweepkit.sweep.reading import read_space
from sweepkit.sweep.resume import open_memory
from sweepkit.sweep.sampling import build_pruner, build_sampler
from sweepkit.sweep.settings import Objectives
from sweepkit.sweep.stopping import Stopping
from sweepkit.sweep.storage import open_storage
from sweepkit.sweep.trials import SessionTrials
from sweepkit.tracking import Store, open_store
from sweepkit.tracking.recording import MlflowRun

ROOT = Path(__file__).parents[1]
SAMPLER = {
    "_target_": "optuna.samplers.TPESampler",
    "n_startup_trials": 10,
    "multivariate": True,
    "constant_liar": True,
    "seed": 0,
}
AROUND = 10
PLACES = (20, 100, 300, 1000)
# A worker that has ended a trial waits for these, and for nothing else.
WAITED = {"report": "last report", "end": "learn", "begin": "propose"}
BESIDE = {"save": "storage, display", "record": "MLflow"}


class Recording:
    """The record alone, as the sweep's callback keeps it."""

    def __init__(self, record):
        self.record = record

    def on_sweep_start(self, plan):
        """Nothing to do: the record is open."""

    def on_trial_end(self, outcome):
        """Record it now."""
        self.record.add(outcome)

    def on_sweep_end(self, result):
        """Nothing to do: only trials are timed."""


def open_trials(folder, options):
    space = read_space(
        OmegaConf.load(ROOT / "conf/search_space/gradient_boosting.yaml"), []
    )
    memory = open_memory(
        open_storage(f"sqlite:///{folder / 'studies.db'}"),
        "many",
        directions=["minimize"],
        contract={},
        make_sampler=lambda n: build_sampler(SAMPLER, n),
        pruner=build_pruner(
            OmegaConf.load(ROOT / "conf/hydra/sweeper/pruner/median.yaml")
        ),
    )
    plan = make_plan(folder, options.trials)
    callbacks = Callbacks()
    callbacks.callbacks = []
    if options.tracking:
        callbacks.callbacks = [Recording(open_record(folder, plan))]
    listeners = Listeners(HydraContext(None, callbacks, ()))
    listeners.display = SweepDisplay(Console(file=(folder / "lines").open("w")))
    listeners.on_sweep_start(plan)
    return SessionTrials(
        memory,
        space,
        Objectives(metrics=("rmse",), names=("cv_rmse",), directions=("minimize",)),
        Stopping(n_trials=options.trials),
        [],
        listeners,
    )


def make_plan(folder, n_trials):
    return SweepPlan(
        name="many",
        storage="",
        space={},
        directions=("minimize",),
        objectives=("cv_rmse",),
        n_trials=n_trials,
        n_workers=2,
        folder=folder,
    )


def open_record(folder, plan):
    store = open_store(Store(uri=f"sqlite:///{folder / 'mlflow.db'}"))
    parent = store.client.create_run(store.experiment_id)
    return SweepRecord(store, plan, MlflowRun(store, parent.info.run_id), {})


def walk(trials):
    """Begin, report, end and record one trial; return the seconds of each part."""
    seconds, begun = {}, time.process_time()
    job = trials.begin()
    seconds["begin"] = time.process_time() - begun
    # Any function of the parameters that has a best point.
    x = trials._begun[job.number]["params"]
    value = sum(math.log(abs(float(v)) + 1) ** 2 for v in x.values())
    folds = []
    for step in range(5):
        folds.append({"rmse": value + step % 2, "r2": 0.5, "mae": value, "mape": 0.1})
        begun = time.process_time()
        trials.report(job.number, step, value)
        seconds["report"] = time.process_time() - begun
    returned = JobReturn(status=JobStatus.COMPLETED)
    returned.return_value = Objective(value, tuple(folds))
    begun = time.process_time()
    trials.end(job.number, Finished(job.number, returned, os.getpid(), 0.0, 1.0))
    seconds["end"] = time.process_time() - begun
    begun = time.process_time()
    trials.catch_up()
    seconds["save"] = time.process_time() - begun
    begun = time.process_time()
    trials.finish()
    seconds["record"] = time.process_time() - begun
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=1000 + AROUND + 1)
    parser.add_argument(
        "--tracking", action=argparse.BooleanOptionalAction, default=True
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="many-") as name:
        trials = open_trials(Path(name), options)
        each = [walk(trials) for _ in range(options.trials - 1)]
    show(each)


def show(each):
    places = [place for place in PLACES if place + AROUND <= len(each)]
    heads = "".join(f"{f'at {place}':>10}" for place in places)
    print(f"{'processor ms a trial':30}{heads}{'ratio':>8}")
    for title, parts in (("waited for", WAITED), ("beside", BESIDE)):
        for part, words in parts.items():
            show_line(f"  {words}", each, [part], places)
        show_line(title, each, list(parts), places)
    show_line("all", each, [*WAITED, *BESIDE], places)


def show_line(title, each, parts, places):
    medians = [
        1000
        * statistics.median(
            sum(one[part] for part in parts)
            for one in each[place - AROUND : place + AROUND]
        )
        for place in places
    ]
    figures = "".join(f"{median:10.2f}" for median in medians)
    print(f"{title:30}{figures}{medians[-1] / medians[0]:8.2f}")


if __name__ == "__main__":
    main()
