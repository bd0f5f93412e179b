"""How long `sweepkit models` takes with many versions, beside a bare MLflow client.

    python bench/cli.py --versions 1000

Trains one small model in a temporary folder, copies its version in the database so
many times, each with all its tags, and times both ways of listing them, several times
each, in turn, in one process whose imports are done. `sweepkit --help` is timed as a
command of its own. Prints seconds (the median) and the ratio.
Results: docs/registry.md.
"""

import argparse
import contextlib
import io
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
from mlflow import MlflowClient

from sweepkit.cli.composing import composed
from sweepkit.cli.looking import list_models
from sweepkit.training import train

CONF = Path(__file__).resolve().parents[1] / "conf"
WORDS = ("data=csv", "data.path=table.csv", "data.target=y")
MODEL = "table_predictor"


def make_store(folder, n_versions):
    """A store whose only registered model has so many versions."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(80, 2)), columns=["a", "b"])
    table.assign(y=3 * table["a"]).to_csv(folder / "table.csv", index=False)
    with (
        contextlib.redirect_stdout(io.StringIO()),
        composed([*WORDS, "model=linear"], CONF) as cfg,
    ):
        train(cfg)
    with closing(sqlite3.connect(folder / "mlflow.db")) as database, database:
        for table_name in ("model_versions", "model_version_tags"):
            multiply(database, table_name, n_versions)


def multiply(database, table, n_versions):
    """Copy the rows of version 1 for all versions up to `n_versions`."""
    cursor = database.execute(f"SELECT * FROM {table} WHERE version = 1")
    names = [column[0] for column in cursor.description]
    place = names.index("version")
    rows = cursor.fetchall()
    copies = [
        (*row[:place], version, *row[place + 1 :])
        for version in range(2, n_versions + 1)
        for row in rows
    ]
    holes = ", ".join("?" * len(names))
    database.executemany(f"INSERT INTO {table} VALUES ({holes})", copies)


def time_bare(uri):
    """Seconds of the bare call, with a client of its own."""
    began = time.perf_counter()
    found = MlflowClient(uri, uri).search_model_versions(
        f"name='{MODEL}'", max_results=10_000
    )
    return time.perf_counter() - began, len(found)


def time_ours(as_json):
    """Seconds of `sweepkit models` from its words to its last line."""
    printed = io.StringIO()
    began = time.perf_counter()
    with contextlib.redirect_stdout(printed):
        list_models(WORDS, CONF, as_json=as_json)
    return time.perf_counter() - began, len(printed.getvalue())


def time_help():
    """Seconds of `sweepkit --help`, a process of its own."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from sweepkit.cli import main; main()", "--help"],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - began


def main():
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--versions", type=int, default=1000)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        make_store(Path(name), options.versions)
        uri = f"sqlite:///{Path(name) / 'mlflow.db'}"
        time_bare(uri), time_ours(as_json=False)  # what is made once
        seconds = {"bare client": [], "sweepkit models": [], "... --json": []}
        for _ in range(options.times):
            taken, found = time_bare(uri)
            assert found == options.versions
            seconds["bare client"].append(taken)
            seconds["sweepkit models"].append(time_ours(as_json=False)[0])
            seconds["... --json"].append(time_ours(as_json=True)[0])
        os.chdir("/")
    medians = {way: statistics.median(taken) for way, taken in seconds.items()}
    for way, median in medians.items():
        ratio = median / medians["bare client"]
        print(f"{way:<16} {median:.3f} s  {ratio:.2f} times the bare client")
    print(f"sweepkit --help  {statistics.median(time_help() for _ in range(5)):.3f} s")


if __name__ == "__main__":
    main()
