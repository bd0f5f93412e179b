"""kill -9 at each named point of publishing, promoting and rolling back."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from sweepkit.registry import audit
from sweepkit.registry.aliases import CHAMPION, read_aliases
from sweepkit.registry.facts import find_facts
from sweepkit.registry.gate import Gate, Scorecard
from sweepkit.registry.invariants import find_faults
from sweepkit.registry.journal import stay
from sweepkit.registry.loading import verify_version
from sweepkit.registry.promotion import PROMOTE_POINTS, promote, roll_back
from sweepkit.registry.publish import PUBLISH_POINTS, publish
from sweepkit.tracking import OpenStore, Store, open_store, start_run
from sweepkit.tracking.model import ModelCard

NAME = "predictor"
LOSING = {"refusal kept", "challenger chosen"}
# Version 3 is the champion, with 4.0; 2 and 1 were it before.
PUBLISH = [point for point in PUBLISH_POINTS if point not in LOSING]
LOSE = ["decision kept", *sorted(LOSING), "published"]
SCENES = [
    *(("publish", point) for point in PUBLISH),
    *(("lose", point) for point in LOSE),
    *(("promote", point) for point in PROMOTE_POINTS),
    *(("first", point) for point in ("version made", "journal written", "settled")),
    *(("roll back", point) for point in ("way back written", "champion written")),
]
# What each deed would have made the champion, and who is it before.
AFTER = {"publish": "4", "lose": "3", "first": "1", "promote": "1", "roll back": "2"}
# Each deed in a process of its own, which kills itself at its point.
DEEDS = """
import json, os, signal, sys
sys.path.insert(0, sys.argv[1])
import test_promotion_kills as own
import sweepkit.registry.deciding, skops.io, mlflow.store.tracking.sqlalchemy_store

ended, running = {}, {}

def collect():
    child, status = os.wait()
    ended[running.pop(child)] = os.waitstatus_to_exitcode(status)

for folder, deed, point, facts in json.loads(sys.stdin.read()):
    child = os.fork()
    if child == 0:
        def at(reached):
            if reached == point:
                os.kill(os.getpid(), signal.SIGKILL)
        own.act(own.open_folder(folder), deed, facts, at)
        os._exit(0)
    running[child] = folder
    if len(running) == 3:
        collect()
while running:
    collect()
print(json.dumps(ended))
"""


def open_folder(folder: str | Path) -> OpenStore:
    return open_store(Store(uri=f"sqlite:///{folder}/mlflow.db", experiment="tests"))


def act(store: OpenStore, deed: str, facts: dict, at: Callable[[str], None]) -> None:
    """Do what a person would have typed."""
    if deed == "promote":
        promote(store, NAME, "1", reason="asked for", who="ada", at=at)
    elif deed == "roll back":
        roll_back(store, NAME, reason="bad", who="ada", at=at)
    else:
        offer(store, 9.0 if deed == "lose" else 1.0, facts["new"], facts, at=at)


def offer(store: OpenStore, value: float, run_id: str, facts: dict, **hooks) -> None:
    publish(
        store,
        run_id=run_id,
        model_id=facts["model_id"],
        model_name=NAME if facts["any"] else "other",
        scorecard=Scorecard(metric="m", value=value, direction="minimize", holdout="h"),
        gate=Gate(),
        **hooks,
    )


@dataclass
class Wreck:
    """A store as a killed process left it.

    Attributes:
        folder: Its folder.
        status: How the process ended.
        facts: Ids of its runs and its model.
    """

    folder: Path
    status: int
    facts: dict


def make_original(folder: Path, template: Path) -> dict:
    """Make a store with three champions in a row; return its ids."""
    folder.mkdir()
    shutil.copy(template, folder / "mlflow.db")
    settings = Store(
        uri=f"sqlite:///{folder}/mlflow.db",
        experiment="tests",
        artifact_location=str(folder / "artifacts"),
    )
    table = pd.DataFrame({"a": np.arange(5.0)})
    with start_run(settings, "run") as run:
        card = ModelCard(name="linear", inputs=table, target="y")
        model = run.log_model(LinearRegression().fit(table, table["a"]), card)
    store = open_store(settings)
    runs = [store.client.create_run(store.experiment_id) for _ in range(4)]
    ids = [run.info.run_id for run in runs]
    facts = {"model_id": model.model_id, "new": ids[3], "any": True}
    for run_id, value in zip(ids[:3], (6.0, 5.0, 4.0), strict=True):
        offer(store, value, run_id, facts)
    return facts


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that is in use, with what its log still holds."""
    target.parent.mkdir(parents=True)
    with (
        closing(sqlite3.connect(source)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


@pytest.fixture(scope="module")
def wrecks(
    tmp_path_factory: pytest.TempPathFactory, mlflow_template: Path
) -> dict[tuple[str, str], Wreck]:
    """Every scene, played once; one process forks them, since imports take seconds."""
    home = tmp_path_factory.mktemp("kills")
    facts = make_original(home / "original", mlflow_template)
    folders, jobs = {}, []
    for number, (deed, point) in enumerate(SCENES):
        folder = folders[deed, point] = home / f"{number:02d}"
        copy_database(home / "original" / "mlflow.db", folder / "mlflow.db")
        known = facts | {"any": deed != "first"}
        jobs.append((str(folder), deed, point, known))
    done = subprocess.run(
        [sys.executable, "-c", DEEDS, str(Path(__file__).parent)],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ended = json.loads(done.stdout.splitlines()[-1])
    return {
        scene: Wreck(folders[scene], ended[job[0]], job[3])
        for scene, job in zip(SCENES, jobs, strict=True)
    }


@pytest.fixture(params=SCENES, ids=lambda scene: f"{scene[0]} at {scene[1]}")
def scene(request) -> tuple[str, str]:
    return request.param


@pytest.fixture
def wreck(wrecks, scene, tmp_path) -> Wreck:
    """A copy of the wreck, to be mended in one of several ways."""
    found = wrecks[scene]
    assert found.status == -signal.SIGKILL, "the point was never reached"
    copy_database(found.folder / "mlflow.db", tmp_path / "store" / "mlflow.db")
    return Wreck(tmp_path / "store", found.status, found.facts)


def model_of(deed: str) -> str:
    return "other" if deed == "first" else NAME


def check_champion(store: OpenStore, deed: str, allowed: set[str]) -> None:
    """Assert that the champion is one of these, and that its files are intact."""
    champion = read_aliases(store.client, model_of(deed)).get(CHAMPION, "")
    assert champion in allowed
    if champion:
        verify_version(store, find_facts(store, model_of(deed), CHAMPION))


@pytest.mark.slow
def test_a_kill_leaves_the_old_or_the_new_champion_and_doctor_mends_the_rest(
    wreck, scene
):
    """Never none: what is served must not depend on when the power failed."""
    deed, _ = scene
    store = open_folder(wreck.folder)
    before = "" if deed == "first" else "3"
    check_champion(store, deed, {before, AFTER[deed]})

    for _ in range(3):
        for fault in find_faults(store, model_of(deed)):
            assert fault.repair is not None, fault.message
            fault.repair()

    assert find_faults(store, model_of(deed)) == []
    check_champion(store, deed, {before, AFTER[deed]})


@pytest.mark.slow
def test_after_a_kill_the_same_command_typed_again_completes_it(wreck, scene):
    """One version, one entry of history, and the champion it would have been."""
    deed, _ = scene
    store, name = open_folder(wreck.folder), model_of(deed)
    champion = read_aliases(store.client, name).get(CHAMPION, "")
    if deed != "roll back" or champion != AFTER[deed]:
        act(store, deed, wreck.facts, at=stay)
    else:
        # Typed again it would go further back; any promotion completes it first.
        promote(store, name, champion, reason="look", who="ada")

    check_champion(store, deed, {AFTER[deed]})
    assert find_faults(store, name) == []
    entries = audit.read(store, name)
    target = "4" if deed == "lose" else AFTER[deed]
    action = {"lose": "refuse", "roll back": "rollback"}.get(deed, "promote")
    done = [e for e in entries if (e.action, e.to_version) == (action, target)]
    assert len(done) == (2 if deed == "promote" else 1)
    versions = store.client.search_model_versions(f"name='{name}'")
    expected = {"first": 1, "publish": 4, "lose": 4}.get(deed, 3)
    assert len(versions) == expected
