"""A folder of one's own adds to the project's configuration without copying it."""

import json
import subprocess
import sys

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig

from sweepkit.config import packaged, register
from sweepkit.config.packaged import find_packaged, register_packaged_conf

OWN_MODEL = """
regressor: my_package.models.Forest
estimator:
  _target_: ${model.${task.kind}}
"""
STRANGER = """
import sys
import sweepkit.sweep.plugin
from hydra import compose, initialize_config_dir
from hydra.core.plugins import Plugins
with initialize_config_dir(sys.argv[1]):
    paths = compose("app", return_hydra_config=True).hydra.runtime.config_sources
print([source.provider for source in paths])
"""


@pytest.fixture
def own(tmp_path):
    """A conf/ with one model and nothing else."""
    conf = tmp_path / "conf"
    (conf / "model").mkdir(parents=True)
    (conf / "model" / "mine.yaml").write_text(OWN_MODEL)
    return conf


@pytest.fixture
def composing(own):
    """Hydra in that folder, as `train.py` there starts it."""
    register()
    with initialize_config_dir(str(own)):
        yield
    GlobalHydra.instance().clear()


def sources(cfg):
    return [(one.provider, one.path) for one in cfg.hydra.runtime.config_sources]


def test_an_own_file_is_found_beside_the_packages_own(composing):
    """`model=mine` and `model=linear` in the same folder, with one file in it."""
    mine = compose("train", overrides=["model=mine", "task=regression"])
    theirs = compose("train", overrides=["model=linear"])

    assert mine.model.estimator._target_ == "my_package.models.Forest"
    assert theirs.model.inputs.scale
    assert mine.tracking.experiment == "california_housing"


def test_an_own_file_wins_over_one_of_the_same_name(composing, own):
    """Who writes conf/model/linear.yaml means that one."""
    (own / "model" / "linear.yaml").write_text(OWN_MODEL)

    cfg = compose("train", overrides=["model=linear", "task=regression"])

    assert cfg.model.estimator._target_ == "my_package.models.Forest"


def test_what_hydra_shows_names_both(composing, own):
    """`--info searchpath` must not hide where a file comes from."""
    cfg = compose("train", return_hydra_config=True)

    found = dict(sources(cfg))
    assert found["main"] == str(own)
    assert found["sweepkit"] == str(find_packaged("conf"))


def test_the_projects_own_folder_is_not_searched_twice():
    """Where it is the main one already."""
    register()
    with initialize_config_dir(str(find_packaged("conf"))):
        cfg = compose("train", return_hydra_config=True)
        HydraConfig.instance().set_config(cfg)

    assert [name for name, _ in sources(cfg)] == ["hydra", "main", "schema"]


def test_other_programs_of_the_environment_see_nothing_of_it(tmp_path):
    """Their `model=` must not suddenly offer ours."""
    (tmp_path / "app.yaml").write_text("a: 1\n")

    ended = subprocess.run(
        [sys.executable, "-c", STRANGER, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert json.loads(ended.stdout.replace("'", '"')) == ["hydra", "main", "schema"]


def test_registering_twice_adds_it_once(own):
    """Notebooks run their cells again."""
    register()
    register_packaged_conf()
    with initialize_config_dir(str(own)):
        cfg = compose("train", return_hydra_config=True)

    assert [name for name, _ in sources(cfg)].count("sweepkit") == 1


@pytest.mark.parametrize(
    ("present", "found"),
    [
        pytest.param(["package", "repository"], "package", id="a wheel's own first"),
        pytest.param(["repository"], "repository", id="an editable installation"),
        pytest.param([], None, id="neither"),
    ],
)
def test_the_project_is_where_the_installation_has_it(
    tmp_path, monkeypatch, present, found
):
    """A wheel carries it; an editable installation is beside it."""
    homes = (tmp_path / "package", tmp_path / "repository")
    monkeypatch.setattr(packaged, "_HOMES", homes)
    for name in present:
        (tmp_path / name / "conf").mkdir(parents=True)
        (tmp_path / name / "conf" / "train.yaml").touch()
        (tmp_path / name / "train.py").touch()

    expected = tmp_path / found / "train.py" if found else None
    assert find_packaged("train.py") == expected


def test_somebody_elses_folder_is_not_taken_for_the_project(tmp_path, monkeypatch):
    """A conf/ that happens to lie above an installed package is not ours."""
    (tmp_path / "conf").mkdir()
    (tmp_path / "train.py").touch()
    monkeypatch.setattr(packaged, "_HOMES", (tmp_path,))

    assert find_packaged("train.py") is None
    assert find_packaged("conf") is None
