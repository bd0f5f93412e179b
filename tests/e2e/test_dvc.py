"""`dvc repro` in a clone of this repository, with a DVC of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from sweepkit.cli.commands import app

ROOT = Path(__file__).parents[2]
WANTED = "SWEEPKIT_TEST_FRESH_ENVIRONMENT"
BIN = Path(sys.executable).parent
CLONED = ("conf", "src", "train.py", "dvc.yaml", "params.yaml", ".dvcignore")
CLONED += (".gitignore", ".dvc/config", ".dvc/.gitignore", ".dvc/plots")
STAGES = ["prepare", "train", "evaluate", "register"]
UP_TO_DATE = "Data and pipelines are up to date."

installs = pytest.mark.skipif(
    WANTED not in os.environ,
    reason=f"installs packages from the index; set {WANTED}=1",
)


class Clone:
    """A git clone with settings that train within a second."""

    def __init__(self, folder: Path, dvc: Path) -> None:
        self.folder, self.program = folder, dvc

    def dvc(self, *words: str) -> str:
        return self.run(str(self.program), *words)

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
        return self.run("git", *who, *words)

    def run(self, *command: str) -> str:
        """Run a command to its end and return what it said."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
        # Stages are words of a shell, which has to find this environment's programs
        # and the clone's sources.
        own = {
            "PATH": f"{BIN}:{kept['PATH']}",
            "PYTHONPATH": str(self.folder / "src"),
        }
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=kept | own,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def edit(self, name: str, pattern: str, new: str) -> None:
        path = self.folder / name
        text, n = re.subn(pattern, new, path.read_text(), flags=re.MULTILINE)
        assert n == 1, f"{name} has {n} times {pattern}"
        path.write_text(text)

    def read(self, name: str) -> dict:
        return json.loads((self.folder / "outputs" / "dvc" / name).read_text())


def stages_run(said: str) -> list[str]:
    return re.findall(r"Running stage '(\w+)'", said)


@pytest.fixture(scope="module")
def dvc(tmp_path_factory) -> Path:
    """DVC as the extra names it, in an environment like that of `make repro`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    folder = tmp_path_factory.mktemp("dvc") / "environment"
    uv = shutil.which("uv", path=str(BIN))
    subprocess.run([uv, "venv", "-q", "-p", sys.executable, str(folder)], check=True)
    wanted = project["optional-dependencies"]["dvc"]
    install = [uv, "pip", "install", "-q", "-p", str(folder)]
    subprocess.run([*install, *wanted], check=True)
    return folder / "bin" / "dvc"


@pytest.fixture(scope="module")
def clone(tmp_path_factory, dvc, mlflow_template) -> Clone:
    """The files under version control that the pipeline needs, committed."""
    folder = tmp_path_factory.mktemp("clone")
    for name in CLONED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy(source, target)
    made = Clone(folder, dvc)
    made.edit("params.yaml", "^model: .*", "model: linear")
    made.edit("params.yaml", "^words: .*", "words: evaluation=single_split")
    made.git("init", "-q")
    made.git("add", "--all")
    made.git("commit", "-q", "-m", "begin")
    shutil.copy(mlflow_template, folder / "mlflow.db")
    return made


@pytest.mark.slow
@installs
def test_stages_run_once_and_again_after_a_change(clone):
    """The guide begins with it; each step hangs on the one before, so they are one."""
    assert stages_run(clone.dvc("repro")) == STAGES
    registered = clone.read("register/registered.json")
    assert registered["promoted"], "there was no champion"
    assert registered["run_id"] == clone.read("train/best/run.json")["run_id"]
    clone.git("add", "--all")
    changed = clone.git("status", "--short").split()
    assert changed == ["A", "dvc.lock"], "nothing else is for git"
    clone.git("commit", "-q", "-m", "a first model")

    again = clone.dvc("repro")
    assert UP_TO_DATE in again
    assert stages_run(again) == []

    metrics = clone.read("evaluate/metrics.json")
    shown = json.loads(clone.dvc("metrics", "show", "--json"))
    (files,) = [entry["data"] for entry in shown.values()]
    assert files["outputs/dvc/evaluate/metrics.json"]["data"] == metrics
    clone.dvc("plots", "show", "--out", "outputs/plots")
    page = (clone.folder / "outputs" / "plots" / "index.html").read_text()
    for name in ("predictions", "folds", "importance"):
        assert f"#outputs_dvc_evaluate_{name}_csv" in page

    clone.edit("conf/model/linear.yaml", "alpha: 1.0 ", "alpha: 90.0 ")
    assert stages_run(clone.dvc("repro")) == STAGES[1:]
    assert clone.read("register/registered.json")["version"] == "2"
    differences = json.loads(clone.dvc("metrics", "diff", "--json"))
    rmse = differences["outputs/dvc/evaluate/metrics.json"]["holdout_rmse"]
    assert rmse["old"] == metrics["holdout_rmse"] != rmse["new"]
    alpha = json.loads(clone.dvc("params", "diff", "--json"))
    alpha = alpha["conf/model/linear.yaml"]["estimator.alpha"]
    assert (alpha["old"], alpha["new"]) == (1.0, 90.0)

    # A sweep in place of one training is one line.
    sweep = "-m hparams_search=random hydra.sweeper.n_trials=2"
    clone.edit("params.yaml", "^training: .*", f"training: {sweep}")
    assert stages_run(clone.dvc("repro")) == STAGES[1:]
    best = clone.read("register/registered.json")
    assert best["version"] == "3", "registered by the sweep, and not once more"
    assert UP_TO_DATE in clone.dvc("repro")
    assert cached_bytes(clone) < 1_000_000, "models and reports belong to MLflow"


def cached_bytes(clone: Clone) -> int:
    files = (clone.folder / ".dvc" / "cache").rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def read_stages() -> dict[str, dict]:
    """The stages as they stand in dvc.yaml, with the words of params.yaml put in."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    text = (ROOT / "dvc.yaml").read_text()
    filled = re.sub(r"\$\{(\w+)\}", lambda found: str(params[found[1]]), text)
    return yaml.safe_load(filled)["stages"]


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_stage_depends_on_exists(stage):
    """A renamed file would end `dvc repro` in a message about a missing dependency."""
    stages = read_stages()
    made = [out for s in stages.values() for out in list_outputs(s)]
    deps = set(stages[stage]["deps"]) - set(made)
    deps |= {file for entry in stages[stage].get("params", []) for file in entry}
    missing = [name for name in deps if not (ROOT / name).exists()]
    assert missing == []


def test_a_stage_depends_on_no_more_than_it_uses():
    """Registry, server and commands decide on no fitted model: no training again."""
    rooms = {
        d.split("/")[2] for d in read_stages()["train"]["deps"] if "sweepkit/" in d
    }
    assert rooms == {"data", "evaluation", "features", "models", "training"}


def test_stages_use_commands_there_are():
    """Stages are words of a shell: no type checker sees them."""
    commands = {command.callback.__name__ for command in app.registered_commands}
    used = {
        stage["cmd"].split()[1]
        for stage in read_stages().values()
        if isinstance(stage["cmd"], str)
    }
    assert used == {"prepare", "evaluate", "register"} <= commands


def list_outputs(stage: dict) -> list[str]:
    entries = [*stage.get("outs", []), *stage.get("metrics", [])]
    entries += stage.get("plots", [])
    return [name for entry in entries for name in as_names(entry)]


def as_names(entry: "str | dict") -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry)
