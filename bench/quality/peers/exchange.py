"""What every adapter reads and writes; needs pandas only, for any environment."""

import argparse
import json
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd

CORES = 2


def read_words():
    """Return the adapter's command line: table, out, budget, seed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--budget", type=float, required=True, help="seconds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--variant", default="")
    return parser.parse_args()


def read_table(folder):
    """Return training rows, test rows without the target, and the table's facts."""
    facts = json.loads((folder / "table.json").read_text())
    train = pd.read_parquet(folder / "train.parquet")
    test = pd.read_parquet(folder / "test.parquet").drop(columns=facts["target"])
    return train, test, facts


def write_numbers(out, values):
    """Write predictions of a number, one a row."""
    pd.DataFrame({"prediction": values}).to_parquet(out / "predictions.parquet")


def write_shares(out, shares, classes):
    """Write probabilities (n_rows, n_classes) by the labels they belong to."""
    named = {f"p_{one}": shares[:, i] for i, one in enumerate(classes)}
    pd.DataFrame(named).to_parquet(out / "predictions.parquet")


def write_facts(out, packages, began, **more):
    """Write the versions a run was made with, and whatever else is known of it."""
    facts = {
        "versions": {name: version(name) for name in packages},
        "seconds_inside": round(time.perf_counter() - began, 2),
        **more,
    }
    (out / "facts.json").write_text(json.dumps(facts, indent=2, default=str) + "\n")
