"""Jobs in the pool: side by side, in order, with everything Hydra promises them."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hydra.core.utils import JobStatus

from sweepkit.errors import ConfigError
from sweepkit.evaluation.objective import Objective
from sweepkit.sweep.pool import Finished, PoolLauncher, Report

WAIT_S = 20.0
HEAVY = {"numpy", "pandas", "sklearn", "optuna", "mlflow", "cloudpickle"}


def run_one(pool: PoolLauncher, number: int = 0, *words: str) -> Finished:
    """Run a job to its end."""
    pool.submit(number, words)
    (finished,) = pool.poll(WAIT_S)
    assert isinstance(finished, Finished) and finished.number == number
    return finished


def count_open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def error_of(finished: Finished) -> BaseException:
    assert finished.job_return.status == JobStatus.FAILED
    error = finished.job_return._return_value
    assert isinstance(error, BaseException)
    return error


def test_two_workers_run_at_the_same_time(make_pool, tmp_path):
    """Each job waits for the other's sign of life; one after another, both fail."""

    def task(cfg):
        import time
        from pathlib import Path

        Path(cfg.name).touch()
        deadline = time.monotonic() + 10
        while len(list(Path.cwd().glob("../*/mysql-*"))) < 2:
            assert time.monotonic() < deadline, "the other job does not run"
            time.sleep(0.01)
        return cfg.x

    pool = make_pool(task, n_workers=2)
    returns = pool.launch(
        [["x=5", "hydra.job.chdir=true"], ["x=6", "hydra.job.chdir=true"]], 0
    )
    assert [one.return_value for one in returns] == [5, 6]


def test_results_keep_the_order_of_jobs(make_pool, tmp_path):
    """The first job ends last: it waits for the others' results."""

    def task(cfg):
        import time
        from pathlib import Path

        from hydra.core.hydra_config import HydraConfig

        folder = Path(HydraConfig.get().runtime.output_dir)
        deadline = time.monotonic() + 10
        while cfg.x == 10 and not (folder.parent / "13-mysql" / "done").exists():
            assert time.monotonic() < deadline, "the others wait for the first"
            time.sleep(0.01)
        (folder / "done").touch()
        return cfg.x

    pool = make_pool(task, n_workers=2)
    returns = pool.launch([[f"x={x}"] for x in (10, 11, 12, 13)], 10)
    assert [one.return_value for one in returns] == [10, 11, 12, 13]


def test_callbacks_hear_of_jobs_in_the_parent(make_pool, hydra_app):
    """Hooks keep open stores and counts, which live in this process only."""
    heard = []

    class Listener:
        def on_job_start(self, config, task_function):
            heard.append(("start", config.hydra.job.num, os.getpid()))

        def on_job_end(self, config, job_return):
            job = job_return.hydra_cfg.hydra.job.num, job_return.cfg.x
            heard.append(("end", *job, job_return.return_value))

    hydra_app[0].callbacks.callbacks.append(Listener())
    pool = make_pool(lambda cfg: cfg.x * 2)
    pool.launch([["x=4"], ["x=5"]], 7)
    assert heard == [
        ("start", 7, os.getpid()),
        ("end", 7, 4, 8),
        ("start", 8, os.getpid()),
        ("end", 8, 5, 10),
    ]


def test_a_report_waits_for_its_answer(make_pool):
    """Pruning: the parent decides after each fold whether the trial goes on."""

    def task(cfg):
        from sweepkit.sweep import channel

        assert channel.is_connected()
        steps = 0
        while not channel.report(steps, steps / 2):
            steps += 1
        return steps

    pool = make_pool(task)
    pool.submit(3, [])
    for step in range(3):
        assert pool.poll(WAIT_S) == [Report(3, step, step / 2)]
        assert pool.poll(0.0) == []
        pool.answer(3, prune=step == 2)
    (finished,) = pool.poll(WAIT_S)
    assert finished.job_return.return_value == 2


def test_without_a_pool_nobody_takes_reports():
    """A single training run must not wait for a parent that it has not."""
    from sweepkit.sweep import channel

    assert not channel.is_connected()
    assert channel.report(0, 1.0) is False


def test_an_objective_keeps_its_folds(make_pool):
    """The record of a sweep wants the scores behind the float."""

    def task(cfg):
        from sweepkit.evaluation.objective import Objective

        return Objective(0.5, ({"rmse": 0.4}, {"rmse": 0.6}), (2.0,))

    value = run_one(make_pool(task)).job_return.return_value
    assert isinstance(value, Objective)
    assert (value, value.folds[1], value.values) == (0.5, {"rmse": 0.6}, (0.5, 2.0))


def test_errors_come_back_as_they_were(make_pool):
    """The cause of a failed trial is told in its own class and words."""

    def task(cfg):
        raise KeyError("no such column")

    error = error_of(run_one(make_pool(task)))
    assert isinstance(error, KeyError) and error.args == ("no such column",)


@pytest.mark.parametrize("kind", ["error", "value", "exit"])
def test_what_cannot_travel_is_told_in_words(make_pool, kind):
    """Locks and open files do not pickle; a task's `sys.exit` must not end a sweep."""

    def task(cfg):
        import sys
        import threading

        if cfg.name == "exit":
            sys.exit("enough")
        if cfg.name == "value":
            return threading.Lock()
        raise ValueError("deep trouble", threading.Lock())

    error = error_of(run_one(make_pool(task), 0, f"name={kind}"))
    words = {"error": "deep trouble", "value": "cannot leave", "exit": "enough"}
    assert isinstance(error, RuntimeError | TypeError)
    assert words[kind] in str(error)


def test_a_refused_word_fails_its_own_job(make_pool):
    """A sweeper hears of it as of any failure, and the worker goes on."""
    pool = make_pool(lambda cfg: cfg.x)
    assert "Could not override 'z'" in str(error_of(run_one(pool, 0, "z=1")))
    assert run_one(pool, 1, "x=2").job_return.return_value == 2


def test_jobs_find_their_variables_and_their_folder(make_pool, tmp_path):
    """`hydra.job.env_set` and `.chdir` hold for the job and no longer."""

    def task(cfg):
        import os
        from pathlib import Path

        return os.getenv("SWEEPKIT_TEST"), str(Path.cwd())

    pool = make_pool(task)
    moved = run_one(pool, 3, "hydra.job.chdir=true").job_return
    assert moved.return_value == ("job 3", str(tmp_path / "out" / "3-mysql"))
    assert moved.working_dir == str(tmp_path / "out" / "3-mysql")
    stayed = run_one(pool, 4).job_return
    assert stayed.return_value == ("job 4", str(Path.cwd()))


def test_only_trusted_targets_run_in_workers(make_pool):
    """`execution_whitelist` of `hydra.main` guards every process."""

    def task(cfg):
        from hydra.utils import instantiate

        instantiate({"_target_": "builtins.dict", "a": 1})
        return instantiate({"_target_": "collections.OrderedDict"})

    error = error_of(run_one(make_pool(task)))
    assert "collections.OrderedDict" in str(error) and "whitelist" in str(error)


def test_what_jobs_say_is_told_with_their_number(make_pool, tmp_path, caplog):
    """Lines of several workers would be a riddle, and break a live display."""

    def task(cfg):
        import logging
        import warnings

        logging.getLogger("my.task").warning("x is %s", cfg.x)
        warnings.warn(f"careful with {cfg.x}", stacklevel=1)

    pool = make_pool(task)
    with caplog.at_level(logging.INFO):
        run_one(pool, 0, "x=5")
        run_one(pool, 1, "x=6")
    told = [record.getMessage() for record in caplog.records]
    assert "#0 x is 5" in told and "#1 x is 6" in told
    assert any(line.startswith("#1") and "careful with 6" in line for line in told)
    for number, x in ((0, 5), (1, 6)):
        text = (tmp_path / "out" / f"{number}-mysql" / "app.log").read_text()
        assert f"x is {x}" in text and text.count("x is") == 1


def test_a_failure_is_written_into_the_jobs_log(make_pool, tmp_path):
    """A month later the traceback is to be found beside the configuration."""

    def task(cfg):
        raise ValueError("far too hot")

    run_one(make_pool(task))
    text = (tmp_path / "out" / "0-mysql" / "app.log").read_text()
    assert "Traceback" in text and "far too hot" in text


def test_a_pruned_trial_is_no_error_in_any_log(make_pool, tmp_path, caplog):
    """Pruning is what was asked for."""

    def task(cfg):
        from sweepkit.sweep import channel

        if channel.report(0, 1.0):
            raise ValueError("stop here")

    pool = make_pool(task)
    pool.submit(0, [])
    pool.poll(WAIT_S)
    pool.answer(0, prune=True)
    (finished,) = pool.poll(WAIT_S)
    assert "stop here" in str(error_of(finished))
    log = tmp_path / "out" / "0-mysql" / "app.log"
    assert not log.exists() or "stop here" not in log.read_text()
    assert not caplog.records


def test_200_jobs_leak_nothing(make_pool):
    """A night's sweep must end with the files and processes it began with."""

    def task(cfg):
        from pathlib import Path

        return len(list(Path("/proc/self/fd").iterdir()))

    pool = make_pool(task, n_workers=2)
    counts = []
    for number in range(200):
        pool.submit(number, [f"x={number}"])
        if not pool.idle:
            events = pool.poll(WAIT_S)
            counts += [one.job_return.return_value for one in events]
        if number == 20:
            ours, pids = count_open_files(), pool.pids
    while len(counts) < 200:
        counts += [one.job_return.return_value for one in pool.poll(WAIT_S)]
    assert pool.pids == pids
    assert count_open_files() == ours
    assert max(counts[-20:]) <= min(counts[:20]) + 1


def test_closing_gives_everything_back(make_pool):
    """Opening and closing pools again and again keeps no file open."""

    def cycle():
        pool = make_pool(lambda cfg: cfg.x, n_workers=2)
        run_one(pool)
        pids = pool.pids
        pool.close(kill=False)
        assert not any(Path(f"/proc/{pid}/exe").exists() for pid in pids)
        return count_open_files()

    cycle()  # the fork server and its pipes come with the first
    assert cycle() == cycle()


def test_a_closed_pool_can_be_opened_again(make_pool):
    """A sweep in several batches uses its launcher several times."""
    pool = make_pool(lambda cfg: cfg.x)
    assert pool.launch([["x=1"]], 0)[0].return_value == 1
    pool.close(kill=True)
    assert pool.launch([["x=2"]], 1)[0].return_value == 2


def test_polling_without_jobs_returns(make_pool):
    """A loop that has nothing to wait for must not hang."""
    assert make_pool(lambda cfg: cfg.x).poll() == []


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"n_workers": 0}, "n_workers"),
        ({"timeout_s": 0.0}, "timeout_s"),
        ({"start_method": "fork"}, "start_method"),
    ],
    ids=lambda value: str(value),
)
def test_impossible_settings_are_refused(make_pool, settings, key):
    """The message names the key to change."""
    with pytest.raises(ConfigError, match=rf"hydra\.launcher\.{key}"):
        make_pool(lambda cfg: cfg.x, **settings).start()


def test_spawned_workers_do_the_same(make_pool):
    """Where no fork server runs, `hydra.launcher.start_method=spawn` does."""
    pool = make_pool(lambda cfg: cfg.x, n_workers=2, start_method="spawn")
    returns = pool.launch([["x=1"], ["x=2"], ["x=3"]], 0)
    assert [one.return_value for one in returns] == [1, 2, 3]


def test_the_plugin_is_light():
    """Hydra imports it at the start of each of its programs."""
    code = "import sys, sweepkit.sweep.plugin_pool; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(done.stdout.split())
