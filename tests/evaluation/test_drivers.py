"""What drives predictions: the order, the words, the figure, the table."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sweepkit.evaluation import style
from sweepkit.evaluation.captions import caption_figure
from sweepkit.evaluation.contribution_figure import draw_contributions
from sweepkit.evaluation.drivers import rank_drivers, show_drivers, state_drivers
from sweepkit.evaluation.figures import draw_figures
from sweepkit.evaluation.findings import list_trust
from sweepkit.evaluation.judgement import ContributionSample, Judgement
from sweepkit.evaluation.report import write_report
from sweepkit.evaluation.summary import describe
from sweepkit.evaluation.swarm import rank_inputs, stack

SCORES = {"rmse": 2.0, "mae": 1.0, "r2": 0.5}


def make_sample(n_features: int, n_rows: int = 50, **fields) -> ContributionSample:
    draw = np.random.default_rng(0)
    given = {
        "names": tuple(f"feature {i}" for i in range(n_features)),
        "values": draw.choice([-1.0, 1.0], (n_rows, n_features))
        * np.arange(1, n_features + 1),
        "inputs": draw.normal(size=(n_rows, n_features)),
        "base": 3.0,
    }
    return ContributionSample(**(given | fields))


def judge(sample: ContributionSample | None, **fields) -> Judgement:
    values = np.arange(50.0)
    given = {
        "model": "m",
        "table": "t",
        "target": "price",
        "target_unit": "US dollars",
        "metric": "rmse",
        "folds": (SCORES,),
        "holdout": SCORES,
        "floor": SCORES,
        "actual": values,
        "predicted": values + 1,
        "n_train": 10,
    }
    return Judgement(contributions=sample, **(given | fields))


def test_features_come_in_the_order_of_their_mean_size():
    """A feature that only ever subtracts moves predictions as well."""
    values = np.array([[0.1, -5.0, 2.0], [0.2, -3.0, -2.0]])
    sample = make_sample(3, values=values, inputs=values)
    ranked = rank_drivers(sample)
    assert [driver.name for driver in ranked] == ["feature 1", "feature 2", "feature 0"]
    assert [driver.size for driver in ranked] == pytest.approx([4.0, 2.0, 0.15])


@pytest.mark.parametrize(
    ("n_features", "shown", "rest"), [(1, 1, 0), (13, 13, 0), (14, 12, 2), (40, 12, 28)]
)
def test_a_figure_shows_what_fits_and_joins_the_others(n_features, shown, rest):
    """Forty lines nobody reads; a line for a single one left out would be a joke."""
    drawn, joined = show_drivers(make_sample(n_features))
    assert (len(drawn), len(joined)) == (shown, rest)


@pytest.mark.parametrize("n_features", [1, 3, 40])
def test_names_of_the_features_stand_beside_their_dots(n_features):
    """The line of the others is named with how many they are."""
    sample = make_sample(n_features)
    with style.house_style():
        figure = draw_contributions(judge(sample), sample)
    swarm, bars = figure.axes[:2]
    labels = [label.get_text() for label in swarm.get_yticklabels()]
    assert labels[0] == f"feature {n_features - 1}"
    if n_features == 40:
        assert labels[-1] == "28 others together"
    assert len(bars.patches) == len(labels) == min(n_features, 13)


def test_the_bar_of_the_others_is_what_they_add_together():
    """Where they cancel each other out, they move nothing."""
    values = np.tile([1.0, -1.0], (6, 8))
    sample = make_sample(16, n_rows=6, values=values, inputs=values)
    with style.house_style():
        figure = draw_contributions(judge(sample), sample)
    widths = [bar.get_width() for bar in figure.axes[1].patches]
    assert widths == [1.0] * 12 + [0.0]


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({}, "by 2.00 US dollars"),
        ({"unit": "log-odds"}, "by 2.00 in log-odds"),
        ({"unit": "probability", "values": np.full((4, 1), 0.02)}, "by 2.00 points"),
        ({"unit": "log of the target"}, "by 2.00 in the log of the target"),
    ],
)
def test_the_title_names_the_first_with_its_unit(fields, size):
    """A number without its unit is read in dollars."""
    values = np.array([[2.0], [-2.0], [2.0], [2.0]])
    sample = make_sample(1, n_rows=4, **({"values": values, "inputs": values} | fields))
    title = state_drivers(judge(sample))
    assert title.startswith("feature 0 moves predictions most")
    assert size in title


def test_the_figure_is_drawn_captioned_and_reported(tmp_path: Path):
    """It lies with the others, and so reaches MLflow as they do."""
    judgement = judge(make_sample(40))
    figures = draw_figures(judgement, tmp_path / "figures")
    assert figures["contributions"].read_bytes()[:4] == b"\x89PNG"
    caption = caption_figure(judgement, "contributions")
    assert "feature 39 moves predictions most" in caption["alternative"]
    write_report(judgement, figures, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "What drives predictions" in page
    assert page.count('id="contributions"') == 1
    assert page.count('<th scope="row">feature ') == 40
    told = describe(judgement)["contributions"]
    assert told["unit"] == "US dollars"
    assert next(iter(told["mean_size"])) == "feature 39"


@pytest.mark.parametrize("values", [None, np.zeros((50, 3))], ids=["none", "constant"])
def test_a_model_that_nothing_drives_has_no_such_section(values, tmp_path: Path):
    """The report of a constant stays as it was."""
    sample = None if values is None else make_sample(3, values=values)
    judgement = judge(sample)
    figures = draw_figures(judgement, tmp_path)
    assert "contributions" not in figures
    write_report(judgement, figures, tmp_path / "report.html")
    assert "What drives" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "contributions" not in describe(judgement)


def test_the_terminal_says_what_drives_predictions_if_anything_does():
    """One line beside the scores; none for a constant."""
    told = list_trust(judge(make_sample(4)))
    assert list(told) == ["drivers"]
    assert told["drivers"].startswith("feature 3 moves predictions most")
    assert list_trust(judge(make_sample(4, values=np.zeros((50, 4))))) == {}


def test_the_same_judgement_draws_the_same_bytes(tmp_path: Path):
    """Two records of a run can be compared by their files."""
    judgement = judge(make_sample(5))
    first, again = (draw_figures(judgement, tmp_path / name) for name in ("a", "b"))
    one, other = first["contributions"], again["contributions"]
    assert one.read_bytes() == other.read_bytes()


def test_many_classes_speak_of_the_class_that_is_named(judge_noise):
    """Of three classes there is no positive one."""
    sample = make_sample(3, unit="score")
    judgement = judge_noise(60, ("a", "b", "c"), contributions=sample)
    with style.house_style():
        figure = draw_contributions(judgement, sample)
    assert "against the class that is named" in figure.axes[0].get_xlabel()


def test_two_classes_speak_of_the_second(judge_noise):
    """For and against mean nothing without a name."""
    sample = make_sample(3, unit="log-odds")
    judgement = judge_noise(60, ("no", "yes"), contributions=sample)
    with style.house_style():
        figure = draw_contributions(judgement, sample)
    assert "against class yes" in figure.axes[0].get_xlabel()


def test_dots_of_one_place_are_stacked_to_both_sides_and_stay_on_their_line():
    """Hidden dots would make common contributions look rare."""
    heights = stack(np.zeros(101), -1.0, 1.0)
    assert len(np.unique(heights)) == 101
    assert np.abs(heights).max() <= 0.42
    assert abs(heights.sum()) < 1e-9
    np.testing.assert_array_equal(stack(np.array([-0.9, 0.0, 0.9]), -1.0, 1.0), 0.0)


def test_colours_follow_the_order_and_not_a_wild_value():
    """One mansion must not paint all houses blue."""
    places = rank_inputs(np.array([1.0, 2.0, 3.0, 1e9, np.nan]))
    np.testing.assert_allclose(places[:4], [0, 1 / 3, 2 / 3, 1])
    assert np.isnan(places[4])
    tied = rank_inputs(np.array([0.0, 0.0, 0.0, 1.0]))
    np.testing.assert_array_equal(tied, [0, 0, 0, 1])
    assert np.isnan(rank_inputs(np.array([7.0, 7.0]))).all()


def test_a_contribution_far_out_is_counted_and_not_lost():
    """The frame keeps to the many; the one beyond stays at its edge."""
    values = np.concatenate([np.random.default_rng(0).normal(size=999), [1e6]])[:, None]
    sample = make_sample(1, n_rows=1000, values=values, inputs=values)
    with style.house_style():
        figure = draw_contributions(judge(sample), sample)
    dots = np.concatenate([d.get_offsets() for d in figure.axes[0].collections])
    assert len(dots) == 1000
    assert dots[:, 0].max() == figure.axes[0].get_xlim()[1] < 1e3
    assert any("1 dots lie" in text.get_text() for text in figure.texts)


def test_long_names_are_cut_on_the_figure_only(tmp_path: Path):
    """The table has room for the whole name."""
    name = "a very long name of a feature that somebody has derived from many others"
    sample = replace(make_sample(2), names=("short", name))
    judgement = judge(sample)
    assert name not in state_drivers(judgement)
    write_report(judgement, draw_figures(judgement, tmp_path), tmp_path / "r.html")
    assert name in (tmp_path / "r.html").read_text(encoding="utf-8")
