"""Which folder a command takes its configuration and code from."""

import sys

import pytest
from hydra.utils import instantiate

from sweepkit.cli.composing import composed
from sweepkit.cli.place import opened
from sweepkit.errors import ConfigError, RegistryError

SOURCE = """
defaults:
  - /table_types@_here_
name: mine
target: y
source:
  _target_: own_of_composing.Source
"""
CODE = """
import pandas as pd
class Source:
    def read(self):
        return pd.DataFrame({"x": [0.5, 1.5, 2.5], "y": [1.5, 0.5, 2.25]})
"""
TRUST = ["own_of_composing.*"]


@pytest.fixture
def conf(tmp_path, monkeypatch):
    """An own folder with a source, whose class lies beside its conf/."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "conf" / "data").mkdir(parents=True)
    (tmp_path / "conf" / "data" / "mine.yaml").write_text(SOURCE)
    (tmp_path / "own_of_composing.py").write_text(CODE)
    yield tmp_path / "conf"
    sys.modules.pop("own_of_composing", None)


def test_a_folder_that_only_adds_is_enough(conf):
    """train.yaml and serve.yaml are those of the package."""
    for name in ("train", "serve"):
        with composed(["data=mine", "task=regression"], conf, name=name) as cfg:
            assert cfg.data.name == "mine"


@pytest.mark.parametrize("place", ["elsewhere", "conf/data/mine.yaml"])
def test_a_folder_that_is_not_there_is_refused(conf, place):
    """A mistyped --conf must not silently mean the package's defaults."""
    with (
        pytest.raises(ConfigError, match="sweepkit init"),
        composed([], conf.parent / place),
    ):
        pass


def test_own_code_is_found_beside_the_configuration(conf):
    """`python train.py` finds it there; the installed command must too."""
    with composed(["data=mine", "task=regression"], conf, trust=TRUST) as cfg:
        assert len(instantiate(cfg.data.source).read()) == 3


def test_own_code_never_stands_in_for_a_library(conf):
    """A pandas.py left in the folder is nobody's pandas."""
    with composed([], conf):
        assert sys.path[-1] == str(conf.parent)
        assert sys.path.count(str(conf.parent)) == 1


def test_a_table_read_while_composing_needs_the_same_trust(conf):
    """The task is inferred from it, which builds its source."""
    with composed(["data=mine"], conf, trust=TRUST) as cfg:
        assert cfg.task.name == "regression"


def test_what_only_looks_reads_no_table(conf):
    """`sweepkit models` must not wait for a table, or trust its source."""
    with pytest.raises(RegistryError, match="no tracking store"):
        opened(["data=mine"], conf).__enter__()
