"""Time `python train.py` side by side with the barest script that does the same.

    python bench/training.py --rounds 5

Each round runs every command once, one after another, so that whatever else the machine
does meets all of them alike. The first, untimed round makes the store and warms caches.
Both trainings must print the same numbers, or they are not the same work.
Results and goals: docs/speed.md.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
BARE = [str(ROOT / "bench" / "bare_training.py")]
# What the bare script fits: all trees that the model's file allows.
FIXED = ["model.early_stopping=null"]
TRAIN = [str(ROOT / "train.py"), "model=gradient_boosting", *FIXED]
HELP = [str(ROOT / "train.py"), "--help"]
HYDRA = ["-c", "import hydra"]
# Ours, the peer it is measured against, and how many times its wall time is allowed.
PAIRS = [("train", "bare", 2.0), ("help", "hydra", 2.5)]
LABELS = {
    "bare": "python bench/bare_training.py",
    "train": "python train.py model=gradient_boosting",
    "hydra": 'python -c "import hydra"',
    "help": "python train.py --help",
}
METRICS = ("rmse", "r2", "mae", "mape")


def run(words, folder):
    """Return wall time in seconds and standard output of one Python command."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return time.perf_counter() - start, done.stdout


def run_round(scratch):
    """Run every command once; return seconds and output by name."""
    return {
        "bare": run(BARE, ROOT),
        "train": run(TRAIN, scratch),
        "hydra": run(HYDRA, scratch),
        "help": run(HELP, scratch),
    }


def check_same_work(printed, scratch):
    """Compare every score of both trainings to the last digit."""
    newest = max(scratch.glob("outputs/train/*/*/evaluation_report.json"))
    report = json.loads(newest.read_text())
    scores = report["scores"]
    ours = [[fold[metric] for metric in METRICS] for fold in report["folds"]]
    ours += [[scores[f"{rows}_{m}"] for m in METRICS] for rows in ("holdout", "floor")]
    bare = [json.loads(line) for line in printed.splitlines()]
    if ours != bare:
        raise SystemExit(f"Not the same work:\n{ours}\n{bare}")


def print_table(seconds):
    """Print one line a command, as Markdown."""
    print("| command | median s | min .. max s | ratio | ratio of minima | goal |")
    print("|---|---|---|---|---|---|")
    for ours, peer, goal in PAIRS:
        a, b = seconds[ours], seconds[peer]
        ratios = f"{median(a) / median(b):.2f} | {min(a) / min(b):.2f} | {goal:.1f}"
        print(f"| `{LABELS[peer]}` | {_describe(b)} | 1 | 1 | |")
        print(f"| `{LABELS[ours]}` | {_describe(a)} | {ratios} |")


def _describe(values):
    return f"{median(values):.2f} | {min(values):.2f} .. {max(values):.2f}"


def main():
    parser = argparse.ArgumentParser(description="See the head of this file.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        check_same_work(run_round(scratch)["bare"][1], scratch)
        seconds = {"bare": [], "train": [], "hydra": [], "help": []}
        for number in range(1, rounds + 1):
            for command, (taken, _) in run_round(scratch).items():
                seconds[command].append(taken)
            latest = ", ".join(
                f"{name} {taken[-1]:.2f}" for name, taken in seconds.items()
            )
            print(f"round {number}: {latest}", file=sys.stderr, flush=True)
    print_table(seconds)


if __name__ == "__main__":
    main()
