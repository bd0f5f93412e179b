"""Configurations of jobs are Hydra's own, only made faster."""

from pathlib import Path

import pytest
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, run_job
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from sweepkit.sweep.jobs import JobConfig, JobConfigs, show_to_hydra
from sweepkit.sweep.task import Task

WORDS = {
    "nothing": [],
    "values": ["x=3", "y=0.25", "tree.b.c=null"],
    "a quoted number": ["name='7'"],
    "words that are almost sweeps": ["name='a,b'", "items=[3,4,5]"],
    "a tree": ["tree={a:5}"],
    "an interpolation": ["y=${x}"],
    "a group": ["db=postgres"],
    "a group after a value in it": ["db.port=1", "db=postgres", "db.host=here"],
    "a group that was not there": ["more=words", "x=2"],
    "a group in another place": ["+db@second=postgres", "second.port=9"],
    "an added value": ["+tree.d=4", "tree.d=5"],
    "a forced value": ["++tree.d=4", "++x=5"],
    "a removed value": ["tree.a=7", "~tree.a"],
    "a removed group": ["~db", "name=none", "hydra.sweep.subdir=flat"],
    "Hydra's own": ["hydra.job.name=other", "x=2", "hydra.output_subdir=.h"],
}


@pytest.fixture
def configs(hydra_app):
    context, config = hydra_app
    return JobConfigs(context.config_loader, config)


def hydra_makes(hydra_app, number: int, words: list[str]) -> DictConfig:
    """Compose a job's configuration as Hydra's basic launcher does."""
    context, config = hydra_app
    composed = context.config_loader.load_sweep_config(config, words)
    with open_dict(composed):
        composed.hydra.job.id = str(number)
        composed.hydra.job.num = number
    return composed


def run_by_hydra(hydra_app, number: int, words: list[str]) -> JobReturn:
    return run_job(
        hydra_context=hydra_app[0],
        task_function=lambda cfg: OmegaConf.to_container(cfg, resolve=True),
        config=hydra_makes(hydra_app, number, words),
        job_dir_key="hydra.sweep.dir",
        job_subdir_key="hydra.sweep.subdir",
        configure_logging=False,
    )


def run_by_us(hydra_app, config: JobConfig, configs: JobConfigs) -> JobReturn:
    context, whole = hydra_app
    task = Task(
        context, whole, lambda cfg: OmegaConf.to_container(cfg, resolve=True), configs
    )
    returned = JobReturn()
    show_to_hydra(config)
    task.run(config, returned)
    return returned


def lines(error: Exception) -> list[str]:
    return str(error).splitlines()


def texts(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_job_is_what_hydra_makes_of_it(hydra_app, configs, words, tmp_path):
    """Same values for the task, same files to the letter, same folder, same facts."""
    theirs = run_by_hydra(hydra_app, 3, words)
    written = texts(tmp_path / "out")
    assert len(written) == 3
    for path in (tmp_path / "out").rglob("*.yaml"):
        path.unlink()
    configs.make(2, words)  # the second is made from what the first left behind
    config = configs.make(3, words)
    ours = run_by_us(hydra_app, config, configs)
    assert texts(tmp_path / "out") == written
    assert ours.return_value == theirs.return_value
    assert ours.overrides == theirs.overrides
    assert ours.working_dir == theirs.working_dir
    assert ours.task_name == theirs.task_name
    assert config.task == theirs.cfg
    assert config.hydra.hydra.runtime == theirs.hydra_cfg.hydra.runtime


@pytest.mark.parametrize(
    "words",
    [
        ["z=1"],
        ["tree.z=1"],
        ["x=1,2"],
        ["db=oracle"],
        ["+x=2"],
        ["~tree.z"],
        ["db@tree=mysql"],
        ["hydra.launcher.n=4"],
        ["x=[1"],
    ],
    ids=lambda words: words[0],
)
def test_what_hydra_refuses_is_refused_in_its_words(hydra_app, configs, words):
    """A typo in a space must not make a trial of something else."""
    refusals = HydraException, OmegaConfBaseException
    with pytest.raises(refusals) as theirs:
        hydra_makes(hydra_app, 0, words)
    with pytest.raises(refusals) as ours:
        configs.make(0, words)
    assert type(ours.value) is type(theirs.value)
    # A word that cannot be parsed is shown among all of its command, in line 1.
    skipped = "index" in str(theirs.value)
    assert lines(ours.value)[skipped:] == lines(theirs.value)[skipped:]


class Counting:
    """Hydra's loader, with a list of what it was asked to compose."""

    def __init__(self, loader):
        self._loader = loader
        self.composed = []

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def load_sweep_config(self, config, words):
        self.composed.append(words)
        return self._loader.load_sweep_config(config, words)


def test_files_are_composed_once_per_choice_of_groups(hydra_app):
    """Composing takes 70 ms, more than everything else in a job together."""
    loader = Counting(hydra_app[0].config_loader)
    configs = JobConfigs(loader, hydra_app[1])
    for number in range(3):
        configs.make(number, [f"x={number}", "db=postgres"])
        configs.make(number, ["db=mysql", f"db.port={number}"])
    assert loader.composed == [["db=postgres"], ["db=mysql"]]


def test_the_choices_used_last_stay(hydra_app):
    """Of a sweep over many choices not all can be kept."""
    loader = Counting(hydra_app[0].config_loader)
    configs = JobConfigs(loader, hydra_app[1])
    for number in range(70):
        configs.make(number, [f"+more@more{number}=words"])
        configs.make(number, ["db=postgres"])
    assert loader.composed.count(["db=postgres"]) == 1
    configs.make(0, ["+more@more0=words"])
    assert loader.composed.count(["+more@more0=words"]) == 2


def test_what_one_process_has_composed_others_need_not(hydra_app):
    """The first trial of each worker waits for it otherwise."""
    context, config = hydra_app
    known = JobConfigs(context.config_loader, config).compose(["db=postgres", "x=2"])
    loader = Counting(context.config_loader)
    configs = JobConfigs(loader, config, known)
    made = configs.make(3, ["x=3", "db=postgres"])
    assert loader.composed == []
    expected = hydra_makes(hydra_app, 3, ["x=3", "db=postgres"])
    with open_dict(expected):
        del expected.hydra
    assert made.task == expected


def test_a_job_cannot_change_the_next(configs):
    """Tasks may write into their configuration; the next starts from the files."""
    first = configs.make(0, ["x=5"])
    first.task.tree.b.c = 99
    first.whole.tree.b.c = 98
    second = configs.make(1, [])
    assert (second.task.x, second.task.tree.b.c, second.whole.tree.b.c) == (1, 2, 2)


def test_hydra_tells_of_the_running_job(configs, tmp_path):
    """Tasks find their folder and number through `HydraConfig` and `${hydra:...}`."""
    config = configs.make(4, ["db=postgres"])
    show_to_hydra(config)
    facts = HydraConfig.get()
    assert facts.runtime.output_dir == str(tmp_path / "out" / "4-postgres")
    assert facts.runtime.choices["db"] == "postgres"
    assert (facts.job.num, facts.job.id) == (4, "4")
    config.task.y = "${hydra:job.num}"
    assert config.task.y == 4
