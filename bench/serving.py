"""Time `python serve.py` side by side with `mlflow models serve`.

    python bench/serving.py --rounds 3 --seconds 5

The server has one core and the load the other; both servers hold the same model and
must give the same numbers. In each round they take turns, so that whatever else the
machine does meets both. Needs Linux with two cores and nothing else to do; takes about
20 minutes. Results and goals: docs/speed.md.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
LOAD = str(ROOT / "bench" / "serving_load.py")
SERVER_CORE, LOAD_CORE = "0", "1"
MODELS = {
    "lightgbm": (
        *("model=gradient_boosting", "model.estimator.n_estimators=500"),
        "model.estimator.num_leaves=31",
    ),
    "forest": (
        *("model=random_forest", "model.estimator.n_estimators=200"),
        "model.estimator.max_depth=20",
    ),
}
# Answers at once with a fixed body: as much as uvicorn can do for anybody.
EMPTY = """
import sys, uvicorn
BODY = b'{"predictions":[1.0]}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"21")]
async def app(scope, receive, send):
    more = True
    while more:
        more = (await receive())["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})
uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", ws="none",
            lifespan="off", log_level="error", access_log=False, interface="asgi3")
"""
# Title, model, rows, connections, what is compared, ours against the goal in words.
MEASURES = [
    ("LightGBM, 1 row, 16 connections", "lightgbm", 1, 16, "per_second", ">= 60"),
    ("LightGBM, 1 row, 1 connection", "lightgbm", 1, 1, "p50_ms", ">= 40 or 0.4 ms"),
    ("LightGBM, 100 rows, 16 connections", "lightgbm", 100, 16, "per_second", ">= 6"),
    ("forest, 1 row, 16 connections", "forest", 1, 16, "per_second", ">= 30"),
    ("forest, 100 rows, 16 connections", "forest", 100, 16, "per_second", ">= 6"),
]


def train(folder):
    """Register both models in a store of their own."""
    for name, words in MODELS.items():
        rest = (f"registry.model_name={name}", "evaluation=single_split")
        command = [sys.executable, str(ROOT / "train.py"), *words, *rest]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def write_bodies(folder):
    """Write request bodies of distinct rows; return the whole table's too."""
    from sweepkit.data.example import load_california_housing

    table = load_california_housing().drop(columns="median_house_value")
    table = table.sample(frac=1.0, random_state=0)
    plain = json.loads(table.to_json(orient="split", index=False))
    for rows, most in ((1, 5000), (100, 200), (2000, 99)):
        starts = range(0, len(plain["data"]), rows)
        parts = [plain["data"][start : start + rows] for start in starts][:most]
        bodies = [{"columns": plain["columns"], "data": part} for part in parts]
        lines = [json.dumps({"dataframe_split": body}) for body in bodies]
        (folder / f"{rows}.jsonl").write_text("\n".join(lines))
    return table


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def serving(command, port, folder, path="/ping"):
    """Run a server on its core; yield the seconds to its first answer."""
    environment = {
        **os.environ,
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'mlflow.db'}",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not answers(port, path):
            if process.poll() is not None:
                raise SystemExit(f"it ended with {process.returncode}: {command}")
            time.sleep(0.01)
        yield time.perf_counter() - start
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def answers(port, path):
    with contextlib.suppress(OSError, urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60).read()
        return True
    return False


def commands(model, port, pinned=True):
    """Return both servers' command lines for a model."""
    core = ["taskset", "-c", SERVER_CORE] if pinned else []
    ours = [sys.executable, str(ROOT / "serve.py"), f"registry.model_name={model}"]
    uri = f"models:/{model}@champion"
    peer = ["mlflow", "models", "serve", "-m", uri, "--env-manager", "local"]
    return {
        "ours": [*core, *ours, f"serving.port={port}"],
        "mlflow": [*core, *peer, "-p", str(port), "-h", "127.0.0.1", "-w", "1"],
    }


def load(port, connections, seconds, bodies):
    """Run the load on its core; return what it measured."""
    words = map(str, (port, connections, seconds, bodies))
    command = ["taskset", "-c", LOAD_CORE, sys.executable, LOAD, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    if found["failed"] or found["lost"]:
        raise SystemExit(f"requests failed: {found}")
    return found


def predict_all(port, folder):
    """Return the predictions for the whole table."""
    found = []
    for body in (folder / "2000.jsonl").read_bytes().splitlines():
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/invocations",
            body,
            {"content-type": "application/json"},
        )
        found += json.loads(urllib.request.urlopen(request).read())["predictions"]
    return found


def measure_model(model, seconds, folder, results):
    """Run each server once with this model and take all its measures."""
    predictions = {}
    for who in ("ours", "mlflow"):
        port = free_port()
        with serving(commands(model, port)[who], port, folder):
            load(port, 16, 1, folder / "1.jsonl")  # untimed
            for title, of, rows, connections, key, _ in MEASURES:
                if of == model:
                    bodies = folder / f"{rows}.jsonl"
                    found = load(port, connections, seconds, bodies)
                    results.setdefault((title, who), []).append(found[key])
            predictions[who] = predict_all(port, folder)
    apart = [abs(a - b) for a, b in zip(*predictions.values(), strict=True)]
    results.setdefault(("difference", model), []).append(max(apart))


def measure_empty(seconds, folder, results):
    port = free_port()
    command = ["taskset", "-c", SERVER_CORE, sys.executable, "-c", EMPTY, str(port)]
    with serving(command, port, folder):
        found = load(port, 16, seconds, folder / "1.jsonl")
        results.setdefault("empty", []).append(found["per_second"])


def measure_start(folder, results):
    """Time both from the command to the first prediction's readiness, on all cores."""
    for who in ("ours", "mlflow"):
        port = free_port()
        command = commands("lightgbm", port, pinned=False)[who]
        with serving(command, port, folder) as seconds:
            results.setdefault(("start", who), []).append(seconds)


def print_table(results):
    print("| measure | mlflow models serve | serve.py | times better | goal |")
    print("|---|---:|---:|---:|---:|")
    for title, _, _, _, key, goal in MEASURES:
        ours, peer = (median(results[title, who]) for who in ("ours", "mlflow"))
        unit, ratio = (
            ("/s", ours / peer) if key == "per_second" else (" ms", peer / ours)
        )
        numbers = f"{peer:,.4g}{unit} | {ours:,.4g}{unit} | {ratio:.1f}"
        print(f"| {title} | {numbers} | {goal} |")
    ours, empty = median(results[MEASURES[0][0], "ours"]), median(results["empty"])
    share = f"{ours / empty:.0%} of {empty:,.0f}/s"
    print(f"| the first against an empty handler | | {share} | | >= 30% |")
    ours, peer = (median(results["start", who]) for who in ("ours", "mlflow"))
    numbers = f"{peer:.1f} s | {ours:.1f} s | {peer / ours:.1f}"
    print(f"| start to first answer | {numbers} | <= 3 s |")
    for model in MODELS:
        apart = max(results["difference", model])
        print(f"| largest difference, {model}, all rows | | {apart:g} | | 0 |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each load")
    parser.add_argument("--folder", type=Path, help="with a store from an earlier run")
    chosen = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = chosen.folder
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if not (folder / "mlflow.db").exists():
            train(folder)
        write_bodies(folder)
        results = {}
        for number in range(chosen.rounds):
            print(f"round {number + 1} of {chosen.rounds}", file=sys.stderr)
            measure_start(folder, results)
            measure_empty(chosen.seconds, folder, results)
            for model in MODELS:
                measure_model(model, chosen.seconds, folder, results)
        print_table(results)


if __name__ == "__main__":
    main()
