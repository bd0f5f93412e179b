"""Whole programs with workers, and how they end: nobody may stay behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

WAIT_S = 30.0
# No worker may outlive its parent by more.
OUTLIVE_S = 2.0
APP = """
import os, pathlib, threading, time, sys
import hydra


def fit():
    import numpy as np
    from lightgbm import LGBMRegressor

    X = np.random.default_rng(0).normal(size=(20000, 20))
    LGBMRegressor(n_estimators=100_000, n_jobs=1, verbose=-1).fit(X, X[:, 0])


def short_fit():
    import numpy as np
    from lightgbm import LGBMRegressor

    X = np.random.default_rng(0).normal(size=(500, 3))
    model = LGBMRegressor(n_estimators=2, n_jobs=2, verbose=-1).fit(X, X[:, 0])
    assert model.score(X, X[:, 0]) > 0.1


@hydra.main(config_path=None, config_name="app", execution_whitelist=[])
def main(cfg):
    import signal

    is_worker = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    pathlib.Path(f"pid-{os.getpid()}").write_text(str(is_worker))
    if cfg.does == "sleep":
        time.sleep(100)
    elif cfg.does == "count":
        sum(range(10**11))  # C code that never lets go of the interpreter's lock
    elif cfg.does == "fit":
        fit()
    elif cfg.does == "short_fit":
        assert "lightgbm" in sys.modules, "was to be preloaded"
        short_fit()
    return 1.0


def leave():
    while len(list(pathlib.Path().glob("pid-*"))) < 2:
        time.sleep(0.01)
    time.sleep(0.2)
    os._exit(7)


if __name__ == "__main__":
    if "LEAVE" in os.environ:
        threading.Thread(target=leave).start()
    from hydra.core.config_store import ConfigStore

    node = {"does": "nothing", "x": 0, "hydra": {"sweep": {"dir": "out"}}}
    ConfigStore.instance().store(name="app", node=node)
    main()
"""
POOL = [
    "hydra/launcher=pool",
    "hydra.launcher.n_workers=2",
    "hydra.launcher.preload=[]",
]
App = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start_app(tmp_path: Path) -> Iterator[App]:
    """Start the program with words of `-m`, in a process group of its own."""
    (tmp_path / "app.py").write_text(APP)
    started: list[subprocess.Popen[str]] = []

    def start(*words: str, **variables: str) -> "subprocess.Popen[str]":
        app = subprocess.Popen(
            [sys.executable, "app.py", "-m", *POOL, *words],
            cwd=tmp_path,
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(app)
        return app

    yield start
    for app in started:
        app.kill()
        app.communicate(timeout=WAIT_S)


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended, even if nobody has taken notice of it."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return status.rpartition(")")[2].split()[0] == "Z"


def wait_until(is_true: Callable[[], bool], seconds: float = WAIT_S) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def workers_of(folder: Path, n: int = 2) -> list[int]:
    """Wait until so many workers are within their task, and return their ids."""

    def files() -> list[Path]:
        return [one for one in folder.glob("pid-*") if one.read_text() == "True"]

    wait_until(lambda: len(files()) == n)
    return [int(path.name.removeprefix("pid-")) for path in files()]


@pytest.mark.parametrize(
    ("start_method", "does"),
    [
        ("forkserver", "fit"),
        ("forkserver", "count"),
        pytest.param("forkserver", "sleep", marks=pytest.mark.slow),
        pytest.param("spawn", "fit", marks=pytest.mark.slow),
        pytest.param("spawn", "count", marks=pytest.mark.slow),
        ("spawn", "sleep"),
    ],
)
def test_no_worker_outlives_a_killed_parent(start_app, tmp_path, does, start_method):
    """Kill -9 leaves no time to say good-bye, and a fit does not listen."""
    method = f"hydra.launcher.start_method={start_method}"
    app = start_app(method, f"does={does}", "x=1,2")
    pids = workers_of(tmp_path)
    app.kill()
    wait_until(lambda: all(map(is_gone, pids)), OUTLIVE_S)
    assert not [pid for pid in pids if not is_gone(pid)]


def test_no_worker_outlives_a_parent_that_leaves_at_once(start_app, tmp_path):
    """`os._exit` runs no clean-up, and is how a command ends after Ctrl-C."""
    app = start_app("does=sleep", "x=1,2", LEAVE="1")
    pids = workers_of(tmp_path)
    assert app.wait(WAIT_S) == 7
    wait_until(lambda: all(map(is_gone, pids)), OUTLIVE_S)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_all_ends_all_without_tracebacks_of_workers(
    start_app, tmp_path, number
):
    """Ctrl-C in a terminal reaches the whole group at the same time."""
    app = start_app("does=sleep", "x=1,2")
    pids = workers_of(tmp_path)
    os.killpg(app.pid, number)
    output, _ = app.communicate(timeout=WAIT_S)
    assert all(map(is_gone, pids))
    assert "Process ForkServerProcess" not in output
    assert output.count("KeyboardInterrupt") <= 1


def test_a_signal_during_the_start_ends_it_without_tracebacks_of_workers(
    start_app, tmp_path
):
    """Importing takes seconds, in which people change their minds."""
    (tmp_path / "slow_module.py").write_text(
        "import pathlib, time\n"
        "pathlib.Path('importing').touch()\n"
        "while not pathlib.Path('go').exists(): time.sleep(0.01)\n"
    )
    app = start_app("hydra.launcher.preload=[slow_module]", "x=1,2")
    wait_until((tmp_path / "importing").exists)
    os.killpg(app.pid, signal.SIGINT)
    app.wait(WAIT_S)
    # The server of forks ends when its imports do.
    (tmp_path / "go").touch()
    output, _ = app.communicate(timeout=WAIT_S)
    assert "slow_module" not in output


def test_starting_does_not_wait_for_the_imports_of_workers(start_app, tmp_path):
    """The parent has seconds of imports of its own meanwhile.

    Workers here import until a file appears that only the parent can make.
    """
    (tmp_path / "slow_module.py").write_text(
        "import pathlib, time\n"
        "while not pathlib.Path('go').exists(): time.sleep(0.01)\n"
    )
    code = APP.replace(
        "    main()\n",
        "    from sweepkit.sweep.pool import PoolLauncher\n"
        "    start = PoolLauncher.start\n"
        "    def start_and_go(pool):\n"
        "        start(pool)\n"
        "        pathlib.Path('go').touch()\n"
        "    PoolLauncher.start = start_and_go\n"
        "    main()\n",
    )
    (tmp_path / "app.py").write_text(code)
    app = start_app("hydra.launcher.preload=[slow_module]", "x=1,2")
    assert app.wait(WAIT_S) == 0, app.communicate()[0]
    assert len(workers_of(tmp_path)) >= 1


def test_lightgbm_fits_in_workers_forked_after_its_import(start_app, tmp_path):
    """Forked after OpenMP has started threads, LightGBM hangs; imports start none."""
    app = start_app(
        "does=short_fit",
        "x=1,2",
        "hydra.launcher.n_workers=1",
        "hydra.launcher.preload=[lightgbm]",
    )
    output, _ = app.communicate(timeout=WAIT_S)
    assert app.returncode == 0, output


def test_a_dead_worker_is_told_by_a_plain_sweep(start_app, tmp_path):
    """A plain sweep ends with an error that names the cause."""
    app = start_app("does=sleep", "x=1,2")
    pids = workers_of(tmp_path)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    output, _ = app.communicate(timeout=WAIT_S)
    assert app.returncode == 1
    assert "worker died: signal 9" in output
