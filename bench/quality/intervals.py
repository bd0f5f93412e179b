"""Coverage and width of registered intervals, beside split conformal prediction.

    python bench/quality/intervals.py scratch --tables housing chile --budget 60

For every finished run of `ours` (see run.py) on these tables: the registered model's
own 90 % intervals on the test rows, and those of split conformal prediction round the
same configuration: fitted on 80 % of the training rows, the quantile of the absolute
residuals of the other 20 % as the half width of every row, within the range of the
training target as the model's are. For classes the sets of split conformal
prediction rest on the other 20 % likewise; width is the mean number of labels. Neither
sees a test row before it is counted. Split conformal prediction: Lei, G'Sell, Rinaldo,
Tibshirani and Wasserman 2018, https://doi.org/10.1080/01621459.2017.1307116.
Results: docs/quality.md.
"""

import argparse
import json
import math
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from ours import VERSION
from results import append_result
from sklearn.model_selection import train_test_split

from sweepkit.cli.judging import load_version
from sweepkit.cli.place import opened
from sweepkit.cli.recorded import read_recorded
from sweepkit.evaluation.coverage import measure_intervals, measure_sets
from sweepkit.models.interval_asking import measure_coverage
from sweepkit.models.outputs import ask
from sweepkit.models.prediction_sets import fit_sets
from sweepkit.registry.facts import find_facts
from sweepkit.training.rows import read_rows
from sweepkit.training.trial import fit_fresh, unfitted_model

CONF = Path(__file__).resolve().parents[2] / "conf"
COVERAGE, CALIBRATION_SHARE = 0.9, 0.2


def half_width(residuals, coverage):
    """Return the residual that so many of the rows to come stay below."""
    rank = math.ceil((len(residuals) + 1) * coverage)
    return np.sort(np.abs(residuals))[min(rank, len(residuals)) - 1]


def split_conformal(cfg, rows, test, actual):
    """Return the coverage of split conformal prediction on test rows."""
    target = rows.train_target
    classes = target if rows.schema.task.has_classes else None
    fitted, kept = train_test_split(
        np.arange(len(target)),
        test_size=CALIBRATION_SHARE,
        random_state=0,
        stratify=classes,
    )
    model = unfitted_model(cfg, rows)
    model = fit_fresh(model, cfg.threads, rows.train.iloc[fitted], target[fitted])
    known, said = ask(model, rows.train.iloc[kept]), ask(model, test)
    if classes is not None:
        sets = fit_sets(known.probabilities, target[kept])
        return measure_sets(sets.sets(said.probabilities, COVERAGE), actual, COVERAGE)
    half = half_width(target[kept] - known.values, COVERAGE)
    ends = np.column_stack([said.values - half, said.values + half])
    ends = np.clip(ends, target.min(), target.max())
    return measure_intervals(ends, actual, COVERAGE)


def measure(run, folder):
    """Return name and coverage of both for one finished run.

    Args:
        run: Folder of a run of `ours`.
        folder: Folder of the split it ran on.
    """
    told = json.loads((run / "facts.json").read_text())
    words = [f"registry.model_name={told['model_name']}"]
    os.chdir(run / "work")  # a local store is found from the current folder
    with opened(words, CONF, name="train") as place:
        facts = find_facts(place.store, place.model_name, VERSION)
        cfg = read_recorded(place.store, facts.run_id).cfg
        model = load_version(place, facts)
        rows = read_rows(cfg)
        table = pd.read_parquet(folder / "test.parquet")
        actual, test = rows.schema.target_values(table), rows.schema.conform(table)
        ours = measure_coverage(model, test, ask(model, test), actual, COVERAGE)
        return ours, split_conformal(cfg, rows, test, actual)


def find_runs(options):
    """Yield folder of the run, folder of the split and the run's name."""
    for folder in sorted((options.folder / "tables").glob("*/*")):
        run = options.folder / "runs"
        run /= f"ours-{folder.parent.name}-{folder.name}-{options.budget:g}"
        if folder.parent.name in options.tables and (run / "facts.json").exists():
            name = f"{folder.parent.name}/{folder.name}"
            yield run.resolve(), folder.resolve(), name


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tables", nargs="*", default=["housing"])
    parser.add_argument("--budget", type=float, default=60.0)
    options = parser.parse_args()
    kept = (options.folder / "intervals.jsonl").resolve()
    print("| table | method | covered of 90 % | mean width | median width | rows |")
    print("|---|---|---|---|---|---|")
    for run, folder, name in list(find_runs(options)):
        for method, found in zip(
            ("registered", "split conformal"), measure(run, folder), strict=True
        ):
            if found is None:
                print(f"{name}: the model carries no intervals", file=sys.stderr)
                continue
            print(
                f"| {name} | {method} | {found.covered:.3f} | {found.width:,.4g} | "
                f"{found.median_width:,.4g} | {found.n_rows:,} |",
                flush=True,
            )
            named = {n: getattr(found, n) for n in ("covered", "width", "n_rows")}
            append_result(kept, {"run": name, "method": method, **named})


if __name__ == "__main__":
    main()
