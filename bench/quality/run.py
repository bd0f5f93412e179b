"""Compare sweepkit with AutoML tools: same rows, same budget, same scorer.

    python bench/quality/install_peers.py scratch/peers
    python bench/quality/tables.py scratch/tables --peers scratch/peers
    python bench/quality/run.py scratch --budget 60
    python bench/quality/run.py scratch --tools ours --tables housing --budget 20 180
    python bench/quality/run.py scratch --tools ours --tables permuted_housing
    python bench/quality/run.py scratch --show

One run after another, split by split, all tools in turn, with nothing else at work: on
a busy machine it refuses, unless `--busy`. Each run is one line in `results.jsonl`;
what is there is not run again, unless it failed. `seconds` is wall-clock of the tool's
whole process, its start included; of sweepkit that of `train.py`, and `sweepkit
predict` is timed beside it. Every peer gets the whole budget for its search alone; what
it uses beyond shows in the table of seconds. Results: docs/quality.md.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from markdown import show
from results import append_result, busy_share, read_results
from scores import score

HERE = Path(__file__).resolve().parent
# Environment, script, variant; `ours` runs with the Python that runs this.
TOOLS = {
    "ours": (None, "ours.py", ""),
    "flaml": ("flaml", "peers/flaml_peer.py", ""),
    "flaml_ensemble": ("flaml", "peers/flaml_peer.py", "ensemble"),
    "autogluon": ("autogluon", "peers/autogluon_peer.py", ""),
    "autogluon_good": ("autogluon", "peers/autogluon_peer.py", "good_quality"),
    "lightgbm_tuner": ("lightgbm_tuner", "peers/lightgbm_tuner_peer.py", ""),
    "lightgbm_tuner_cv": ("lightgbm_tuner", "peers/lightgbm_tuner_peer.py", "cv"),
}
USUAL = ["ours", "flaml", "autogluon", "lightgbm_tuner"]
# Made for the peers: sweepkit derives these columns by itself from `housing`.
FOR_PEERS = ("housing_features", "housing_lag", "housing_knn")
MOST_LOAD, MOST_BUSY = 0.5, 0.1


def list_runs(options, folders):
    """Yield budget, table folder and tool in the order they are run."""
    for budget in options.budget:
        for folder in folders:
            for tool in options.tools:
                if tool == "ours" and folder.parent.name in FOR_PEERS:
                    continue
                yield budget, folder, tool


def find_folders(options):
    """Return the folders of the splits that are asked for, in order of table, split."""
    root = options.folder / "tables"
    found = [path.parent for path in root.glob("*/*/table.json")]
    if options.tables:
        found = [path for path in found if path.parent.name in options.tables]
    else:
        found = [p for p in found if not p.parent.name.startswith("permuted_")]
    if options.splits is not None:
        found = [path for path in found if int(path.name) in options.splits]
    return sorted(found, key=lambda path: (path.parent.name, int(path.name)))


def build_command(tool, options, budget, folder, out):
    """Return the words of one run."""
    environment, script, variant = TOOLS[tool]
    python = Path(sys.executable)
    if environment is not None:
        # Absolute, but not resolved: the link is what makes it that environment's.
        python = options.peers.absolute() / environment / "bin" / "python"
    words = [python, HERE / script, "--table", folder, "--out", out]
    words += ["--budget", f"{budget:g}", "--seed", folder.name]
    if variant:
        words += ["--variant", variant]
    return [str(w) for w in (words + (options.ours if tool == "ours" else []))]


def call(words, out, limit):
    """Run one process and all it starts, at most so long; return seconds and exit."""
    began = time.perf_counter()
    with (out / "log.txt").open("wb") as log:
        # Stays in the folder of the run: some tools write wherever they are.
        process = subprocess.Popen(
            words, cwd=out, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = f"ended after {limit:g} s"
        finally:
            _end_group(process)
    return time.perf_counter() - began, code


def _end_group(process):
    # What a tool left behind would share the cores with the next one.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def measure(tool, options, budget, folder):
    """Run one tool on one split; return its line of results."""
    facts = json.loads((folder / "table.json").read_text())
    place = f"{tool}-{facts['table']}-{facts['split']}-{budget:g}"
    out = (options.folder / "runs" / place).resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    busy = busy_share()
    words = build_command(tool, options, budget, folder.resolve(), out)
    seconds, code = call(words, out, 5 * budget + 300)
    result = {
        "tool": tool,
        "table": facts["table"],
        "split": facts["split"],
        "budget": budget,
        "metric": facts["metric"],
        "score": None,
        "constant": facts["constant"],
        "seconds": round(seconds, 2),
        "busy_before": round(busy, 3),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    try:
        result |= _judge(facts, folder, out)
    except (OSError, ValueError, KeyError) as error:
        log = (out / "log.txt").read_text(errors="replace")
        result["error"] = (
            f"{log[-1_500:]}\nexit {code}; {type(error).__name__}: {error}"
        )
    return result


def _judge(facts, folder, out):
    told = json.loads((out / "facts.json").read_text())
    predicted = pd.read_parquet(out / "predictions.parquet")
    actual = pd.read_parquet(folder / "test.parquet")[facts["target"]]
    return {"score": score(facts["metric"], actual, predicted), **told}


def refuse_if_busy():
    """Leave if others are at work, since every budget is one of wall-clock."""
    load, busy = os.getloadavg()[0], busy_share()
    if load > MOST_LOAD or busy > MOST_BUSY:
        raise SystemExit(
            f"The machine is at work (load {load:.2f}, cores {busy:.0%} busy); wait "
            f"until it is idle, or say --busy and trust no number."
        )


def read_words():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, help="holds tables/, runs/, results.jsonl")
    parser.add_argument("--peers", type=Path, help="environments; folder/peers")
    parser.add_argument("--tools", nargs="*", choices=TOOLS, default=USUAL)
    parser.add_argument("--tables", nargs="*", default=[], help="all but permuted ones")
    parser.add_argument("--splits", nargs="*", type=int)
    parser.add_argument("--budget", nargs="*", type=float, default=[60.0])
    parser.add_argument("--results", type=Path, help="folder/results.jsonl")
    parser.add_argument(
        "--ours",
        nargs=argparse.REMAINDER,
        default=[],
        help="last: options of ours.py, paths absolute: --repo /copy --trials 3",
    )
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--show", action="store_true", help="print the tables only")
    options = parser.parse_args()
    options.peers = options.peers or options.folder / "peers"
    options.results = options.results or options.folder / "results.jsonl"
    return options


def main():
    options = read_words()
    runs = [] if options.show else list(list_runs(options, find_folders(options)))
    done = read_results(options.results)
    if runs and not options.busy:
        refuse_if_busy()
    for budget, folder, tool in runs:
        key = (tool, folder.parent.name, int(folder.name), budget)
        if done.get(key, {}).get("score") is not None:
            continue
        done[key] = result = measure(tool, options, budget, folder)
        append_result(options.results, result)
        told = "failed" if result["score"] is None else f"{result['score']:,.5g}"
        where = f"{tool} {key[1]}/{key[2]}"
        print(f"{where}, {budget:g} s: {told} in {result['seconds']:.1f} s", flush=True)
        if result["busy_before"] > MOST_BUSY:
            print(f"  others were at work: {result['busy_before']:.0%} of the cores")
    show(list(done.values()))


if __name__ == "__main__":
    main()
