"""Figures about classes are drawn for any labels, and say only what is true."""

from dataclasses import replace

import numpy as np
import pytest

from sweepkit.evaluation import captions, class_findings, style
from sweepkit.evaluation.calibration_figure import draw_calibration
from sweepkit.evaluation.confusion_figure import draw_confusion
from sweepkit.evaluation.curve_figures import draw_precision_recall, draw_roc
from sweepkit.evaluation.figures import draw_figures
from sweepkit.evaluation.judgement import Importance

PNG = b"\x89PNG\r\n\x1a\n"
LONG = tuple(f"a category whose name goes on, no. {i:02} of $x$ <b>" for i in range(25))
FIGURES = ["confusion_matrix", "calibration", "roc_curve", "precision_recall_curve"]


def words_of(draw, judgement):
    with style.house_style():
        figure = draw(judgement)
    texts = [text.get_text() for box in figure.legends for text in box.get_texts()]
    return figure, [text.get_text() for text in figure.texts], texts


def test_classes_have_figures_of_their_own(judge_noise, tmp_path):
    """Residuals of codes would be nonsense."""
    judgement = judge_noise(200, importance=(Importance("a", 0.1, 0.01),))
    drawn = draw_figures(judgement, tmp_path)
    assert list(drawn) == [*FIGURES, "importance"]
    for name, path in drawn.items():
        assert path.read_bytes().startswith(PNG)
        told = captions.caption_figure(judgement, name)
        assert told["caption"]
        assert told["alternative"].startswith(f"{told['title']}. ")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("actual", "probabilities", "classes", "drawn"),
    [
        pytest.param([0, 1], [0.2, 0.8], ("no", "yes"), FIGURES, id="two rows"),
        pytest.param([0, 0], [0.2, 0.8], (0, 1), FIGURES[:2], id="one class only"),
        pytest.param([1, 1], [0.2, 0.1], (0, 1), FIGURES[:2], id="none of the other"),
        pytest.param([0, 1] * 9, [0.5] * 18, (False, True), FIGURES, id="constant"),
        pytest.param([0, 1], [0.1, 0.2], ("", " \n"), FIGURES, id="blank labels"),
        pytest.param([0, 1], [0.0, 1.0], ("$a", "_^"), FIGURES, id="formulas"),
        pytest.param([0, 1, 1], np.eye(3), (3, 5, 7), FIGURES, id="absent class"),
        pytest.param(range(25), np.eye(25), LONG, FIGURES, id="long labels"),
    ],
)
def test_odd_holdouts_are_drawn_without_a_warning(
    judge_classes, actual, probabilities, classes, drawn, tmp_path
):
    """A figure must never be what ends a training run."""
    judgement = judge_classes(actual, probabilities, classes)
    assert list(draw_figures(judgement, tmp_path)) == drawn
    for name in drawn:
        assert captions.caption_figure(judgement, name)["alternative"]


def test_a_model_without_probabilities_has_a_confusion_matrix(judge_noise, tmp_path):
    """Not every classifier states them."""
    bare = replace(judge_noise(50), probabilities=None)
    assert list(draw_figures(bare, tmp_path)) == ["confusion_matrix"]


def test_same_judgement_gives_same_bytes(judge_noise, tmp_path):
    """Artifacts can then be compared by hash."""
    judgement = judge_noise(300, ("a", "b", "c"))
    first = draw_figures(judgement, tmp_path / "a")
    second = draw_figures(judgement, tmp_path / "b")
    for name, path in first.items():
        assert path.read_bytes() == second[name].read_bytes(), name


def test_the_threshold_is_shown_where_it_works(judge_classes):
    """A curve tells what could be had; the point tells what one gets."""
    judgement = judge_classes(
        [0, 0, 0, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.45, 0.9], threshold=0.4
    )
    figure, _, legend = words_of(draw_roc, judgement)
    assert legend[-1] == "threshold 0.4: finds 100.0 %,\n25.0 % false alarms"
    point = figure.axes[0].lines[-1]
    assert (point.get_xdata()[0], point.get_ydata()[0]) == (0.25, 1.0)
    _, _, legend = words_of(draw_precision_recall, judgement)
    assert legend[-1].endswith("66.7 % of those named so right")


def test_a_threshold_that_nobody_reaches_has_no_precision_to_show(judge_classes):
    """0 of 0 is no share."""
    judgement = judge_classes([0, 1, 1], [0.1, 0.2, 0.3], threshold=0.9)
    _, _, legend = words_of(draw_precision_recall, judgement)
    assert not [text for text in legend if "threshold" in text]


def test_many_classes_are_drawn_by_size_and_the_rest_told_in_words(judge_noise):
    """25 curves are a ball of wool."""
    judgement = judge_noise(2_000, LONG, scored=False)
    figure, (_, details), legend = words_of(draw_roc, judgement)
    assert len(figure.axes[0].lines) == 1 + 6  # and the diagonal
    assert "not drawn: 19 smaller classes, ROC AUC 0." in details.replace("\n", " ")
    assert len(set(legend)) == 7


def test_one_class_too_many_is_told_in_the_singular(judge_noise):
    """And without a range from 0.987 to 0.987."""
    judgement = judge_noise(500, tuple("abcdefg"))
    _, (_, details), _ = words_of(draw_roc, judgement)
    assert "not drawn: 1 smaller class, ROC AUC 0." in details.replace("\n", " ")
    assert " to " not in details


def test_curves_of_very_many_rows_have_few_points(judge_noise):
    """A million steps would be a blot that takes a minute."""
    judgement = judge_noise(30_000, right=0.5, scored=False)
    figure, _, _ = words_of(draw_precision_recall, judgement)
    assert max(len(line.get_xdata()) for line in figure.axes[0].lines) <= 4_000


def test_a_confusion_matrix_shows_counts_and_shares(judge_classes):
    """Shares alone hide how few rows they are of, counts hide small classes."""
    judgement = judge_classes([0, 0, 0, 1], [0.1, 0.1, 0.9, 0.9])
    figure, _, _ = words_of(draw_confusion, judgement)
    cells = [text.get_text() for text in figure.axes[0].texts]
    assert cells == ["2\n66.7 %", "1\n33.3 %", "1\n100.0 %"]


def test_a_confusion_matrix_of_many_classes_keeps_the_largest(judge_noise):
    """More than a dozen rows of cells cannot be read."""
    figure, (_, details), _ = words_of(
        draw_confusion, judge_noise(900, LONG, scored=False)
    )
    labels = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert len(set(labels)) == 13
    assert labels[-1] == "13 others"
    assert details.endswith("the 12 largest of 25 classes")


def test_groups_of_few_rows_are_hollow(judge_classes):
    """What one row did is no evidence, and must not look like it."""
    judgement = judge_classes([0] * 20 + [1], [0.1] * 20 + [0.9])
    figure, _, _ = words_of(draw_calibration, judgement)
    dots = figure.axes[0].collections[-1]
    many, few = (tuple(color) for color in dots.get_facecolor())
    assert few == (1.0, 1.0, 1.0, 1.0) != many


def test_titles_of_two_classes_state_what_is_found(judge_classes):
    """They name the class that is looked for and how it fares."""
    chances = [0.9, 0.1, 0.3, 0.8, 0.2, 0.7]
    judgement = judge_classes([1, 1, 0, 1, 0, 0], chances, ("benign", "malignant"))
    assert class_findings.state_confusion(judgement) == (
        "Finds 2 of 3 rows of class malignant; takes 1 of 3 others for it"
    )
    assert class_findings.state_separation(judgement) == (
        "A row of class malignant gets a higher probability of it than another row in "
        "66.7 % of pairs"
    )
    assert class_findings.state_precision(judgement) == (
        "With 90 % of class malignant found, 50.0 % of the rows named so are right"
    )


def test_titles_of_many_classes_name_the_best_and_the_worst(judge_classes):
    """And what is taken for what most often."""
    sure = np.full((3, 3), 0.1) + 0.7 * np.eye(3)
    judgement = judge_classes(
        [0, 0, 1, 1, 2, 2, 2], sure[[0, 0, 1, 1, 2, 0, 0]], ("a", "b", "c")
    )
    assert class_findings.state_confusion(judgement) == (
        "Right for 5 of 7 rows; most often takes class c for class a (2 rows)"
    )
    told = class_findings.state_separation(judgement)
    assert told.startswith("Told apart from the others: class b best (ROC AUC 1.000)")
    assert told.endswith("class c worst (0.667)")


def test_a_faultless_model_is_said_to_be_so(judge_classes):
    """`most often takes a for a (0 rows)` would be nonsense."""
    judgement = judge_classes([0, 1, 2], np.eye(3), ("a", "b", "c"))
    assert class_findings.state_confusion(judgement) == (
        "All of 3 rows get the right class"
    )
    assert class_findings.state_separation(judgement) == (
        "Told apart from the others: every class equally well, ROC AUC 1.000"
    )


@pytest.mark.parametrize(
    ("stated", "n_true", "told"),
    [
        pytest.param(0.7, 70, "come true: 0.0 points off on average", id="true"),
        pytest.param(0.7, 76, "within the luck of 100 rows", id="luck"),
        pytest.param(0.95, 70, "Too sure of itself: it gives", id="too sure"),
        pytest.param(0.6, 95, "Surer than it says: it gives", id="too modest"),
    ],
)
def test_the_title_says_which_way_probabilities_err(
    judge_classes, stated, n_true, told
):
    """Or that no error was found beyond luck, which small holdouts have much of."""
    actual = np.arange(100) < n_true
    judgement = judge_classes(actual, np.full(100, stated))
    assert told in class_findings.state_calibration(judgement)
