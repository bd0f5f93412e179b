"""The guide's commands with an installed wheel, in an environment of its own."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[3]
WANTED = "SWEEPKIT_TEST_FRESH_ENVIRONMENT"
UV = shutil.which("uv", path=str(Path(sys.executable).parent))
TRUST = ("--trust", "clinic.*")
PATIENCE_S = 300

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        WANTED not in os.environ,
        reason=f"installs packages from the index; set {WANTED}=1",
    ),
]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Path:
    """The folder of programs of an environment with the wheel, and no repository."""
    folder = tmp_path_factory.mktemp("fresh")
    python = sys.executable
    wheel = [python, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*wheel, "-w", str(folder), str(ROOT)], check=True)
    # The versions that are tested here, and no newer ones of the day.
    known = {one.name: one.version for one in distributions() if one.name != "sweepkit"}
    pins = folder / "constraints.txt"
    pins.write_text("".join(f"{name}=={known[name]}\n" for name in known))
    subprocess.run([UV, "venv", "-q", "-p", python, str(folder / "env")], check=True)
    install = [UV, "pip", "install", "-q", "-p", str(folder / "env"), "-c", str(pins)]
    subprocess.run([*install, *map(str, folder.glob("*.whl"))], check=True)
    return folder / "env" / "bin"


@pytest.fixture
def run(fresh, clinic, environment):
    """Type a command in the example's folder, which `sweepkit init` has begun."""
    # Without bytecode every command would compile all that it imports.
    variables = {**environment}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)

    def typed(program: str, *words: str) -> str:
        ended = subprocess.run(
            [fresh / program, *words],
            cwd=clinic,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    typed("sweepkit", "init", ".", *TRUST)
    return typed


def test_the_guide_from_init_to_a_served_model(run, fresh, clinic, environment):
    """With nothing of the repository at hand but what the wheel carries."""
    assert "linear on california_housing" in run(
        *("python", "train.py", "experiment=first", "tracking=off"),
        "registry.publish=false",
    )
    assert "pinball (points)" in run("python", "train.py", "experiment=clinic")
    swept = run(
        *("python", "train.py", "-m", "experiment=clinic", "hparams_search=optuna"),
        *("hydra.sweeper.n_trials=3", "hydra.launcher.n_workers=2"),
    )
    assert "3 complete of 3" in swept

    assert "holdout_pinball" in run("sweepkit", "show", "1", "experiment=clinic")
    assert "pinball of version 2" in run(
        "sweepkit", "compare", "1", "2", "experiment=clinic", *TRUST
    )

    scored = ("--input", "new.csv", "--output", "scored.csv")
    run("sweepkit", "predict", *scored, "data=patients", "serving=clinic")
    expected = pd.read_csv(clinic / "scored.csv")["predicted_target"].tolist()
    assert ask_server(fresh, clinic, environment) == expected


def ask_server(fresh: Path, folder: Path, environment) -> list[float]:
    """Score the new rows by `serve.py`, then end it."""
    words = ("data=patients", "serving=clinic", "serving.port=0")
    server = subprocess.Popen(
        [fresh / "python", "serve.py", *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert server.stdout is not None
        greeting = server.stdout.readline()
        assert "answers at http://" in greeting
        address = greeting.rsplit("http://", 1)[1].strip()
        rows = pd.read_csv(folder / "new.csv").to_dict(orient="split", index=False)
        asked = http.client.HTTPConnection(address, timeout=60)
        asked.request(
            *("POST", "/invocations", json.dumps({"dataframe_split": rows})),
            {"Content-Type": "application/json"},
        )
        return json.load(asked.getresponse())["predictions"]
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)
        server.stdout.close()
