"""Workers' imports begin before Hydra's, where a sweep is asked for."""

import subprocess
import sys

import pytest

SWEEP = ("-m", "hparams_search=optuna")
# What a fork server has imported, asked from a process that it made.
PROBE = """
import sys
from multiprocessing import forkserver, get_context
from sweepkit.sweep.early import choose_preload, preload_workers

def tell(pipe):
    pipe.send("sweepkit.training.walk" in sys.modules)

if __name__ == "__main__":
    preload_workers(sys.argv[1:])
    pid = forkserver._forkserver._forkserver_pid
    print(pid is not None)
    for change in ((), ("json",)):
        if change:
            choose_preload(change)
        ours, theirs = get_context("forkserver").Pipe()
        get_context("forkserver").Process(target=tell, args=(theirs,)).start()
        print(ours.recv(), forkserver._forkserver._forkserver_pid == pid)
"""


@pytest.fixture
def probe(tmp_path):
    script = tmp_path / "probe.py"
    script.write_text(PROBE)

    def run(*words):
        done = subprocess.run(
            [sys.executable, script, *words], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


def test_a_sweep_with_workers_preloads_and_its_pool_uses_that(probe):
    """Two servers would import everything twice, at the same time."""
    lines = probe(*SWEEP)

    assert lines[:2] == ["True", "True True"]


def test_another_choice_of_modules_gets_a_server_of_its_own(probe):
    """What `hydra.launcher.preload` names must be there, whatever came before."""
    assert probe(*SWEEP)[2] == "False False"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="one run"),
        pytest.param(("hparams_search=optuna",), id="not a sweep"),
        pytest.param(("-m", "model=linear,dummy"), id="plain sweep"),
        pytest.param((*SWEEP, "hydra/launcher=joblib"), id="another launcher"),
    ],
)
def test_nothing_is_preloaded_for_other_commands(probe, words):
    """A server that nobody uses costs seconds of a core."""
    assert probe(*words)[0] == "False"
