"""Hydra's files in a job's folder, written beside the job."""

import threading
import time

import pytest
from omegaconf import OmegaConf, open_dict

from sweepkit.sweep import job_files
from sweepkit.sweep.job_files import writing_files
from sweepkit.sweep.jobs import JobConfigs

PATIENCE_S = 20.0
NAMES = ("config.yaml", "hydra.yaml", "overrides.yaml")


@pytest.fixture
def config(hydra_app):
    context, whole = hydra_app
    config = JobConfigs(context.config_loader, whole).make(7, ["x=3"])
    config.folder.mkdir(parents=True)
    return config


def test_a_short_job_has_its_files_when_it_ends(config, monkeypatch):
    """However short: whoever opens its folder finds what made it."""
    monkeypatch.setattr(job_files, "DELAY_S", 1000.0)

    with writing_files(config):
        assert not (config.folder / ".hydra").exists(), "the job goes before"

    assert {f.name for f in (config.folder / ".hydra").iterdir()} == set(NAMES)
    assert OmegaConf.load(config.folder / ".hydra" / "config.yaml").x == 3


def test_a_long_job_has_its_files_while_it_runs(config):
    """A trial that is killed after an hour must not leave an empty folder."""
    last = config.folder / ".hydra" / NAMES[-1]
    deadline = time.monotonic() + PATIENCE_S

    with writing_files(config):
        while not last.exists():
            assert time.monotonic() < deadline

    assert OmegaConf.to_container(OmegaConf.load(last)) == ["x=3"]


def test_what_a_task_does_to_its_configuration_is_not_written(config):
    """`.hydra/config.yaml` says what the job was given."""
    with writing_files(config), open_dict(config.task):
        config.task.x = 99

    assert OmegaConf.load(config.folder / ".hydra" / "config.yaml").x == 3


def test_a_job_that_raises_has_its_files_too(config):
    """Those one wants to run again."""
    with pytest.raises(ZeroDivisionError), writing_files(config):
        raise ZeroDivisionError

    assert (config.folder / ".hydra" / "config.yaml").exists()


def test_files_that_cannot_be_written_fail_the_job(config):
    """A full disk must not look like a trial like any other."""
    (config.folder / ".hydra").write_text("in the way")

    with pytest.raises(FileExistsError), writing_files(config):
        pass


def test_the_next_job_is_prepared_after_the_files(config):
    """Beside compiled code it costs nothing; nobody may wait for it."""
    last = config.folder / ".hydra" / NAMES[-1]
    was_written = []
    called = threading.Event()

    def prepare() -> None:
        was_written.append(last.exists())
        called.set()

    with writing_files(config, prepare):
        assert called.wait(PATIENCE_S)

    assert was_written == [True]


def test_a_short_job_does_not_wait_for_the_next_ones_preparation(config, monkeypatch):
    """The parent would hear of its end that much later."""
    monkeypatch.setattr(job_files, "DELAY_S", 1000.0)
    called = []

    with writing_files(config, lambda: called.append(True)):
        pass

    assert called == []
