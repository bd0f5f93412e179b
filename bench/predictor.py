"""Time predictors beside the pipeline they were built from, and compare every number.

    python bench/predictor.py --repeats 300

LightGBM with 500 trees of 31 leaves and a forest of 200 trees of depth 20, fitted to
the embedded table, without and with the `california` features; each with and without
trees compiled by the extra `fast`: whole predictors (rows in) and kernels alone
(features in), which take turns call by call. Each call gets rows of its own, since one
row repeated stays in the processor's cache. All 20,640 rows must get the same number
from all, or nothing is printed.
"""

import argparse
import contextlib
import time
from pathlib import Path
from statistics import median
from unittest import mock

import numpy as np
from hydra import compose, initialize_config_dir
from hydra.utils import execution_whitelist, instantiate
from lightgbm import LGBMRegressor
from sklearn.ensemble import RandomForestRegressor

from sweepkit.config import register
from sweepkit.data.example import load_california_housing
from sweepkit.data.profiling import profile_table
from sweepkit.data.schema import infer_schema
from sweepkit.features.preprocess import Inputs
from sweepkit.models.agreement import build_checked
from sweepkit.models.pipeline import build_pipeline, use_threads
from sweepkit.models.predictor import compiled_booster, trees
from sweepkit.models.predictor.compiled import load_walk
from sweepkit.models.predictor.kernels import build_kernel
from sweepkit.tracking.columns import read_columns

CONF = Path(__file__).resolve().parents[1] / "conf"
MODELS = {
    "LightGBM, 500 trees": (
        LGBMRegressor(n_estimators=500, num_leaves=31, verbosity=-1, random_state=0),
        Inputs(),
    ),
    "forest, 200 trees": (
        RandomForestRegressor(200, max_depth=20, n_jobs=-1, random_state=0),
        Inputs(missing="median"),
    ),
}
SIZES = (1, 16, 100)
PIPELINE_REPEATS = 30  # it takes milliseconds
TARGET = "median_house_value"
HEAD = (
    "| model, features | rows | pipeline | plain | compiled | plain kernel "
    "| compiled kernel | pipeline / compiled | plain / compiled | of kernels |\n"
    f"|{'---|' * 10}"
)
WAYS = ("plain", "compiled")


def read_steps(features):
    """Return the feature steps of a choice in conf/features."""
    with initialize_config_dir(str(CONF)):
        cfg = compose("train", overrides=[f"features={features}"])
    with execution_whitelist(["sweepkit.*"]):
        return {name: instantiate(step) for name, step in cfg.features.steps.items()}


def fit(table, estimator, inputs, features):
    """Return the conformed table, the fitted pipeline and the table's profile."""
    schema = infer_schema(table, target="median_house_value", overrides={})
    frame, target = schema.conform(table), schema.target_values(table)
    pipeline = build_pipeline(
        estimator,
        schema,
        steps=read_steps(features),
        inputs=inputs,
        clip_predictions=True,
    )
    use_threads(pipeline.fit(frame, target), 1)
    return frame, pipeline, profile_table(frame, read_columns(frame), target=TARGET)


@contextlib.contextmanager
def compiling(way):
    """Let trees be compiled, or have it look as if there were no compiler."""
    with contextlib.ExitStack() as stack:
        if way == "plain":
            for module in (compiled_booster, trees):
                stack.enter_context(
                    mock.patch.object(module, "load_walk", return_value=None)
                )
        yield


def build(way, frame, rows, pipeline, profile):
    """Return the predictor and the kernel made in this way, and the seconds it took."""
    with compiling(way):
        start = time.perf_counter()
        checked = build_checked(pipeline, profile)
        seconds = time.perf_counter() - start
        kernel = build_kernel(pipeline.steps[-1][1])
    difference = np.abs(checked.predictor.predict(rows) - pipeline.predict(frame)).max()
    if checked.predictor.reason or difference:
        raise SystemExit(f"{checked.predictor.reason} difference {difference}")
    return checked.predictor.predict, kernel.run, f"{seconds:.2f} s"


def time_in_turn(calls, batches):
    """Return the median microseconds of a row for each call, by its name."""
    taken = {name: [] for name in calls}
    for batch in batches:
        for name, call in calls.items():
            start = time.perf_counter()
            call(batch)
            taken[name].append((time.perf_counter() - start) / len(batch))
    return {name: 1e6 * median(times) for name, times in taken.items()}


def print_sizes(words, frame, rows, pipeline, predictors, kernels, repeats):
    """Time all sizes and print one line each."""
    order = np.random.default_rng(0).permutation(len(rows))
    matrix = np.asarray(pipeline[:-1].transform(frame), dtype=np.float64)
    for size in SIZES:
        n_batches = min(repeats, len(rows) // size)
        picks = [order[i * size : (i + 1) * size] for i in range(n_batches)]
        frames = [frame.iloc[pick] for pick in picks[:PIPELINE_REPEATS]]
        lists = [[rows[i] for i in pick] for pick in picks]
        (slow,) = time_in_turn({"pipeline": pipeline.predict}, frames).values()
        whole = time_in_turn(predictors, lists)
        alone = time_in_turn(kernels, [matrix[pick] for pick in picks])
        numbers = [slow, *whole.values(), *alone.values()]
        ratios = [slow / whole["compiled"]]
        ratios += [part["plain"] / part["compiled"] for part in (whole, alone)]
        shown = [f"{number:,.1f}" for number in (*numbers, *ratios)]
        print(f"| {words} | {size} | {' | '.join(shown)} |")


def main():
    parser = argparse.ArgumentParser(description="See the head of this file.")
    parser.add_argument("--repeats", type=int, default=300)
    repeats = parser.parse_args().repeats
    register()
    start = time.perf_counter()
    if load_walk() is None:
        raise SystemExit("Nothing to compare: install the extra `fast` (numba).")
    print(f"numba loaded in {time.perf_counter() - start:.2f} s; microseconds a row:\n")
    print(HEAD)
    table = load_california_housing()
    for features in ("none", "california"):
        for name, (estimator, inputs) in MODELS.items():
            frame, pipeline, profile = fit(table, estimator, inputs, features)
            rows = [list(row) for row in frame.itertuples(index=False)]
            built = [build(way, frame, rows, pipeline, profile) for way in WAYS]
            predictors, kernels, seconds = zip(*built, strict=True)
            words = f"{name}, {features}; built in {' and '.join(seconds)}"
            print_sizes(
                words,
                frame,
                rows,
                pipeline,
                dict(zip(WAYS, predictors, strict=True)),
                dict(zip(WAYS, kernels, strict=True)),
                repeats,
            )


if __name__ == "__main__":
    main()
