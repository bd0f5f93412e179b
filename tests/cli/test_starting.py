"""`sweepkit init`: a folder that works at once, in which nothing is lost."""

import ast
import json
from pathlib import Path

import pytest

from sweepkit.cli.commands import app
from sweepkit.cli.composing import composed
from sweepkit.exits import run_command

ROOT = Path(__file__).parents[2]
FILES = [".gitignore", "conf/experiment/first.yaml", "serve.py", "train.py"]


@pytest.fixture
def init(tmp_path, monkeypatch, capsys):
    """Type `sweepkit init` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str):
        with pytest.raises(SystemExit) as stop:
            run_command(lambda: app(["init", *words]), ["init", *words])
        return stop.value.code, *capsys.readouterr()

    return run


def written(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    )


def test_it_writes_four_files_and_says_how_to_go_on(init, tmp_path):
    """The next command is there to be copied."""
    code, out, _ = init("houses")

    assert code == 0
    assert written(tmp_path / "houses") == FILES
    assert "cd houses" in out
    assert "python train.py experiment=first" in out


@pytest.mark.parametrize("name", ["train.py", "serve.py"])
def test_the_scripts_are_the_projects_own(init, tmp_path, name):
    """With the early start of workers, and whatever they learn later."""
    init("houses")

    assert (tmp_path / "houses" / name).read_text() == (ROOT / name).read_text()


def test_a_package_to_trust_is_written_into_the_scripts(init, tmp_path):
    """They are where that decision belongs; `_target_` may then name its classes."""
    init("houses", "--trust", "my_package.*", "--trust", "xgboost.XGBRegressor")

    for name in ("train.py", "serve.py"):
        text = (tmp_path / "houses" / name).read_text()
        ast.parse(text)
        line = '[*config.TRUSTED, "my_package.*", "xgboost.XGBRegressor"]'
        assert f"\nTRUSTED = {line}\n" in text


@pytest.mark.parametrize(
    "pattern", ["*", "", 'x"]; import os', "my-package.*", "a.*.b"]
)
def test_what_names_no_package_is_not_written_into_a_script(init, tmp_path, pattern):
    """It becomes Python code there."""
    code, _, err = init("houses", "--trust", pattern)

    assert code == 2
    assert "--trust" in err
    assert not (tmp_path / "houses").exists()


def test_the_example_composes_with_the_packages_files(init, tmp_path):
    """The first thing somebody tries must work."""
    init("houses")

    with composed(["experiment=first"], tmp_path / "houses" / "conf") as cfg:
        assert (cfg.model.name, cfg.evaluation.n_splits) == ("linear", 3)
        assert cfg.data.name == "california_housing"


def test_nothing_is_overwritten(init, tmp_path):
    """Somebody's own train.py is hours of work."""
    (tmp_path / "train.py").write_text("mine")

    code, _, err = init(".")

    assert code == 2
    assert "train.py already" in err
    assert written(tmp_path) == ["train.py"]
    assert (tmp_path / "train.py").read_text() == "mine"


def test_a_folder_with_other_files_is_added_to(init, tmp_path):
    """Most begin beside a table that is there already."""
    (tmp_path / "houses.csv").write_text("a,b\n")

    code, out, _ = init(".")

    assert code == 0
    assert written(tmp_path) == sorted([*FILES, "houses.csv"])
    assert "cd " not in out


def test_a_program_is_told_what_was_written(init, tmp_path):
    """One JSON document and nothing else."""
    _, out, _ = init("houses", "--json")

    told = json.loads(out)
    assert told["folder"] == str(tmp_path / "houses")
    assert sorted(told["files"]) == FILES


def test_a_file_in_the_folders_place_is_the_disks_trouble(init, tmp_path):
    """Exit code 5, and the name of what is in the way."""
    (tmp_path / "houses").write_text("")

    code, _, err = init("houses")

    assert code == 5
    assert "houses cannot be written" in err
