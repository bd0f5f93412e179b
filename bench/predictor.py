"""Time a predictor beside the pipeline it was built from, and compare every number.

    python bench/predictor.py --repeats 300

LightGBM with 500 trees of 31 leaves and a forest of 200 trees of depth 20, fitted to
the embedded table, without and with the `geo` features. Each call gets rows of its own,
since one row repeated stays in the processor's cache. All 20,640 rows must get the same
number from both, or nothing is printed.
"""

import argparse
import time
from pathlib import Path
from statistics import median

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


def read_steps(features):
    """Return the feature steps of a choice in conf/features."""
    with initialize_config_dir(str(CONF)):
        cfg = compose("train", overrides=[f"features={features}"])
    with execution_whitelist(["sweepkit.*"]):
        return {name: instantiate(step) for name, step in cfg.features.steps.items()}


def fit_both(table, estimator, inputs, features):
    """Return the conformed table, its rows, the pipeline and the predictor."""
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
    profile = profile_table(frame, read_columns(frame), target=schema.target)
    start = time.perf_counter()
    checked = build_checked(pipeline, profile)
    seconds = time.perf_counter() - start
    rows = [list(row) for row in frame.itertuples(index=False)]
    difference = np.abs(checked.predictor.predict(rows) - pipeline.predict(frame)).max()
    if checked.predictor.reason or difference:
        raise SystemExit(f"{checked.predictor.reason} difference {difference}")
    return frame, rows, pipeline, checked.predictor, seconds


def time_calls(call, batches):
    """Return the median microseconds of a row."""
    taken = []
    for batch in batches:
        start = time.perf_counter()
        call(batch)
        taken.append((time.perf_counter() - start) / len(batch))
    return 1e6 * median(taken)


def print_row(words, frame, rows, pipeline, predictor, repeats):
    """Time all sizes and print one line each."""
    order = np.random.default_rng(0).permutation(len(rows))
    for size in SIZES:
        picks = [
            order[i * size : (i + 1) * size]
            for i in range(min(repeats, len(rows) // size))
        ]
        frames = [frame.iloc[pick] for pick in picks[:PIPELINE_REPEATS]]
        batches = [[rows[i] for i in pick] for pick in picks]
        slow = time_calls(pipeline.predict, frames)
        fast = time_calls(predictor.predict, batches)
        print(f"| {words} | {size} | {slow:,.0f} | {fast:,.1f} | {slow / fast:,.0f} |")


def main():
    parser = argparse.ArgumentParser(description="See the head of this file.")
    parser.add_argument("--repeats", type=int, default=300)
    repeats = parser.parse_args().repeats
    register()
    table = load_california_housing()
    print("| model, features | rows | pipeline us/row | predictor us/row | ratio |")
    print("|---|---|---|---|---|")
    for features in ("none", "geo"):
        for name, (estimator, inputs) in MODELS.items():
            *both, seconds = fit_both(table, estimator, inputs, features)
            words = f"{name}, {features}, built and checked in {seconds:.1f} s"
            print_row(words, *both, repeats)


if __name__ == "__main__":
    main()
