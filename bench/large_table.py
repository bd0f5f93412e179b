"""Peak memory of reading a large table, in units of the table itself.

    python bench/large_table.py --rows 5000000

Writes a table of 20 columns (12 of floats, 3 of integers, 3 of labels, a date, a text
of its own in every row) as Parquet and as CSV into a temporary folder, then reads each
in a fresh process: once only the table (`read`), once all that happens before the first
fit (`rows`: roles, fingerprint, holdout, folds). Prints for each process the size of
the table in memory, what the process held before and at most (its peak), how many times
the table it took, and seconds. The goal is at most 3 times. Linux only.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

CONF = Path(__file__).resolve().parents[1] / "conf"
GOAL = 3.0
PART = 250_000  # rows written at once
MEGABYTE = 1e6


def make_part(start, n_rows):
    """Some rows of the table; the same whenever they are made."""
    rng = np.random.default_rng(start)
    columns = {f"x{n:02d}": rng.normal(size=n_rows).round(6) for n in range(12)}
    columns |= {f"n{n}": rng.integers(0, 10 ** (2 * n + 1), n_rows) for n in range(3)}
    for name, n_labels in (("kind", 5), ("town", 200), ("product", 2000)):
        columns[name] = [f"{name} {n}" for n in rng.integers(0, n_labels, n_rows)]
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(
        rng.integers(0, 1500, n_rows), "D"
    )
    columns["sold_on"] = days.strftime("%Y-%m-%d")
    columns["reference"] = [f"R{n:09d}" for n in range(start, start + n_rows)]
    return pa.table(columns)


def write_table(folder, n_rows):
    """Write both files part by part, so that this process stays small."""
    first = make_part(0, min(PART, n_rows))
    with (
        pq.ParquetWriter(folder / "t.parquet", first.schema) as parquet,
        # As pandas writes it: nothing in it needs quotes.
        pc.CSVWriter(
            folder / "t.csv",
            first.schema,
            write_options=pc.WriteOptions(quoting_style="none"),
        ) as csv,
    ):
        for start in range(0, n_rows, PART):
            part = make_part(start, min(PART, n_rows - start))
            parquet.write_table(part)
            csv.write_table(part)


def read_peak():
    """Most megabytes this process ever held; `getrusage` would count its parent's."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / MEGABYTE


def measure(what, path):
    """In a process of its own: read, and print what it took as JSON."""
    from sweepkit.data.sources import CsvSource, ParquetSource

    source = CsvSource(path) if path.suffix == ".csv" else ParquetSource(path)
    if what == "rows":
        from sweepkit.cli.composing import composed
        from sweepkit.training.rows import read_rows

        words = [f"data={path.suffix[1:]}", f"data.path={path}", "data.target=x00"]
        words += ["task=regression", "+data.roles.reference=ignored"]
    idle, began = read_peak(), time.perf_counter()
    if what == "rows":
        with composed(words, CONF) as cfg:
            table = read_rows(cfg).table
    else:
        table = source.read()
    seconds, peak = time.perf_counter() - began, read_peak()
    size = table.memory_usage(deep=True).sum() / MEGABYTE
    found = {"size": size, "idle": idle, "peak": peak, "seconds": seconds}
    print(json.dumps(found))


def run(what, path):
    """What a fresh process found."""
    words = [sys.executable, __file__, "--what", what, "--path", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--only", choices=["read", "rows"])
    parser.add_argument("--kind", choices=["parquet", "csv"])
    parser.add_argument("--what", help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.what:
        measure(args.what, args.path)
        return
    with tempfile.TemporaryDirectory(prefix="sweepkit-") as name:
        folder = Path(name)
        write_table(folder, args.rows)
        print(f"{args.rows:,} rows x 20 columns; megabytes")
        print("what  file     on disk   table  before    peak  times  seconds")
        for what in [args.only] if args.only else ["read", "rows"]:
            for kind in [args.kind] if args.kind else ["parquet", "csv"]:
                path = folder / f"t.{kind}"
                found = run(what, path)
                ratio = (found["peak"] - found["idle"]) / found["size"]
                verdict = "" if ratio <= GOAL else f"  above {GOAL:g}"
                print(
                    f"{what:<5} {kind:<8} {path.stat().st_size / MEGABYTE:7,.0f} "
                    f"{found['size']:7,.0f} {found['idle']:7,.0f} "
                    f"{found['peak']:7,.0f} {ratio:6.2f} "
                    f"{found['seconds']:8.1f}{verdict}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
