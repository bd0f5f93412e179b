"""Made again, a version is the same to the last digit; else it is said what differs."""

import pytest
from omegaconf import OmegaConf

from sweepkit.cli import reproducing
from sweepkit.cli.rebuilt import Outcome, compare_environments, is_same


def test_a_version_is_made_again_to_the_last_digit(looked_at):
    """Whoever doubts a model can make it again."""
    answer = looked_at.type("reproduce", "champion", "--json")

    assert answer.code == 0, answer.err
    made = answer.json
    assert made["equal"] and made["same_table"] and made["differing"] == []
    assert made["largest_difference"] == 0
    assert {"cv_rmse", "holdout_rmse", "holdout_mape"} <= made["metrics"].keys()
    for then, now in made["metrics"].values():
        assert then == now


def test_a_version_of_before_there_were_tasks_is_made_again_too(project):
    """Its record lacks settings that came later; they are what they were then."""
    for file in project.folder.rglob("config.yaml"):
        cfg = OmegaConf.load(file)
        del cfg["task"], cfg["evaluation"]["slices"], cfg["evaluation"]["metrics"]
        del cfg["model"]["early_stopping"], cfg["features"]["candidates"]
        del cfg["features"]["chosen"], cfg["time_budget"], cfg["ensemble"]
        OmegaConf.save(cfg, file)
    answer = project.type("reproduce", "champion", "--json")

    assert answer.code == 0, answer.err
    assert answer.json["equal"]


def test_another_table_is_told_with_exit_7(project):
    """A score that moved by itself is the first sign of data that did."""
    table = project.folder / "houses.csv"
    table.write_text(table.read_text().replace(",a,", ",b,", 1))

    answer = project.type("reproduce", "3", "--json")

    assert answer.code == 7
    assert not answer.json["same_table"] and not answer.json["equal"]
    assert answer.json["largest_difference"] is None
    assert "the table is not the one on record" in answer.err


def test_changed_packages_are_named(looked_at, monkeypatch):
    """The usual cause of other digits."""
    describe = reproducing.describe_environment

    def describe_other():
        return describe().replace("scikit-learn==", "scikit-learn==9") + "new==1\n"

    monkeypatch.setattr(reproducing, "describe_environment", describe_other)
    answer = looked_at.type("reproduce", "3", "--json")

    packages = answer.json["packages"]
    assert answer.code == 0 and packages.keys() == {"new", "scikit-learn"}
    assert packages["new"] == ["", "1"]
    then, now = packages["scikit-learn"]
    assert now == f"9{then}"


def test_packages_that_came_or_went_are_changes_too():
    """An absent package has no version."""
    changes = compare_environments("a==1\nb==2\n", "b==3\nc==4\n")

    assert changes == {"a": ("1", ""), "b": ("2", "3"), "c": ("", "4")}


@pytest.mark.parametrize(
    ("changes", "equal"),
    [
        ({}, True),
        ({"largest_difference": 1e-12}, False),
        ({"largest_difference": None}, False),
        ({"same_table": False}, False),
        ({"metrics": {}}, False),
        ({"metrics": {"cv_r2": (1.0, 1.0000000000000002)}}, False),
        ({"metrics": {"cv_r2": (float("nan"), float("nan"))}}, True),
    ],
    ids=["all", "predictions", "rows", "table", "no record", "last digit", "no number"],
)
def test_equal_is_equal_in_everything(changes, equal):
    """Nearly the same is another model."""
    same = {
        "same_table": True,
        "metrics": {"cv_r2": (1.0, 1.0)},
        "largest_difference": 0.0,
    }

    assert Outcome("1", **same | changes).equal is equal


def test_not_a_number_is_the_same_only_as_itself():
    """R2 of a single row is none, then and now."""
    assert not is_same(float("nan"), 1.0)
