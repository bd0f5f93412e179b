"""What stands on the terminal and in MLflow when a run is done."""

from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from sweepkit.evaluation.judgement import Judgement
from sweepkit.tasks import Task
from sweepkit.training.summary import print_summary, write_note

NUMBERS = Judgement(
    model="linear",
    table="houses",
    target="price",
    target_unit="euros",
    metric="rmse",
    folds=({"rmse": 10.0, "r2": 0.5}, {"rmse": 12.0, "r2": 0.7}),
    holdout={"rmse": 11.0, "r2": 0.6},
    floor={"rmse": 20.0, "r2": 0.0},
    actual=np.array([1.0]),
    predicted=np.array([1.0]),
    n_train=10,
)
SCORES = {"roc_auc": 0.9934, "accuracy": 0.965, "log_loss": 0.0917}
CLASSES = replace(
    NUMBERS,
    target_unit="",
    metric="roc_auc",
    task=Task.BINARY,
    classes=("benign", "malignant"),
    folds=(SCORES, SCORES),
    holdout=SCORES,
    floor={"roc_auc": 0.5, "accuracy": 0.629},
)


def read_terminal(judgement, *, width=120, **notes):
    written = StringIO()
    console = Console(width=width, file=written)
    print_summary(judgement, notes=notes, console=console)
    return written.getvalue()


@pytest.mark.parametrize(
    ("judgement", "floor"),
    [
        pytest.param(NUMBERS, "floor: median", id="regression"),
        pytest.param(CLASSES, "floor: class shares", id="classes"),
    ],
)
def test_the_floor_is_named_for_what_it_is(judgement, floor):
    """Nobody takes the median of labels."""
    assert floor in read_terminal(judgement)
    assert f"| {floor} |" in write_note(judgement)


def test_scores_of_classes_are_written_with_enough_digits():
    """Good models differ in the third or fourth; shares stand in percent."""
    note = write_note(CLASSES)
    assert "| ROC AUC | 0.9934 | 0.0000 | 0.9934 | 0.5000 |" in note
    assert "| accuracy (%) | 96.50 | 0.00 | 96.50 | 62.90 |" in note
    assert "| log loss | 0.0917 | 0.0000 | 0.0917 | n/a |" in note


def test_a_regression_names_the_unit_of_its_target():
    """A score of 11 is nothing without it."""
    note = write_note(NUMBERS)
    assert note.startswith("linear on houses, target price\n")
    assert "| RMSE (euros) | 11.000 | 1.4142 | 11.000 | 20.000 |" in note


def test_notes_keep_long_links_in_one_piece():
    """A broken link cannot be opened from a terminal."""
    link = "http://127.0.0.1:5000/#/experiments/1/runs/" + "a" * 120
    assert link in read_terminal(NUMBERS, run=link)


def test_names_of_metrics_stay_in_one_piece_on_a_narrow_terminal():
    """80 columns are what a pipe and a log have."""
    scores = {"calibration_error": 0.01, "balanced_accuracy": 0.9}
    judgement = replace(CLASSES, holdout=scores)
    shown = read_terminal(judgement, width=80)
    assert "│ balanced accuracy (%) │" in shown
    assert max(map(len, shown.splitlines())) <= 80
