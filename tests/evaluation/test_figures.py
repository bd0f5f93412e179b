"""Figures are drawn for any table, alike for alike data, and cost nothing unused."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from matplotlib import rcParams
from matplotlib.colors import LogNorm

from sweepkit.errors import DiskError
from sweepkit.evaluation import findings, number_figures, scales, style
from sweepkit.evaluation.figures import draw_figures
from sweepkit.evaluation.judgement import Coordinates, Importance, Judgement
from sweepkit.evaluation.metrics import score_all
from sweepkit.evaluation.predicted import Predicted
from sweepkit.evaluation.residual_map import draw_map, format_degrees
from sweepkit.tasks import Task

PNG = b"\x89PNG\r\n\x1a\n"


def score(actual, predicted):
    return score_all(Task.REGRESSION, actual, Predicted(predicted))


def judge(actual, predicted, **fields):
    actual, predicted = np.asarray(actual, float), np.asarray(predicted, float)
    scores = score(actual, predicted)
    given = {
        "model": "m",
        "table": "t",
        "target": "y",
        "target_unit": "US dollars",
        "metric": "rmse",
        "folds": (scores,),
        "holdout": scores,
        "floor": score(actual, np.full(actual.size, np.median(actual))),
        "n_train": 10,
    }
    return Judgement(actual=actual, predicted=predicted, **(given | fields))


def judge_noise(n_rows, **fields):
    draw = np.random.default_rng(0)
    actual = draw.uniform(50_000, 500_000, n_rows)
    return judge(actual, actual + draw.normal(0, 40_000, n_rows), **fields)


def place(n_rows):
    draw = np.random.default_rng(1)
    return Coordinates(
        latitude=draw.uniform(33, 42, n_rows),
        longitude=draw.uniform(-124, -115, n_rows),
    )


IMPORTANCE = (
    Importance("<1H OCEAN $x$", 9_000.0, 200.0),
    Importance("列" * 80, -5.0, 9.0),
)


def test_only_figures_with_data_are_drawn(tmp_path):
    """A table without coordinates has no map, not an empty one."""
    judgement = judge_noise(50)
    assert set(draw_figures(judgement, tmp_path)) == {
        "predicted_vs_actual",
        "residuals_vs_predicted",
    }
    full = replace(judgement, importance=IMPORTANCE, coordinates=place(50))
    drawn = draw_figures(full, tmp_path / "new" / "folder")
    assert list(drawn)[2:] == ["importance", "residual_map"]
    for name, path in drawn.items():
        assert path.name == f"{name}.png"
        assert path.read_bytes().startswith(PNG)


def test_rows_without_a_place_make_no_map(tmp_path):
    """Coordinates may be blank; blank everywhere is no map."""
    nowhere = Coordinates(latitude=np.full(3, np.nan), longitude=np.zeros(3))
    drawn = draw_figures(judge([1, 2, 3], [1, 2, 4], coordinates=nowhere), tmp_path)
    assert "residual_map" not in drawn


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "judgement",
    [
        pytest.param(judge([1, 2, 3], [1.1, 2.5, 2.9]), id="three rows"),
        pytest.param(judge([1, 2, 3], [2, 2, 2]), id="constant predictions"),
        pytest.param(judge([7] * 2000, [7] * 2000), id="one single value"),
        pytest.param(judge([-3e9, -1, -2], [-2e9, 0, 1e15]), id="negative and huge"),
        pytest.param(judge([1e-9, 2e-9], [1e-9, 1e-9], target_unit=""), id="tiny"),
        pytest.param(
            judge([1, 2], [1, 2], importance=IMPORTANCE, target="t$" * 80), id="names"
        ),
        pytest.param(
            judge([1, 2], [1, 2], importance=(Importance("a", 0.0, 0.0),)),
            id="importance of nothing",
        ),
        pytest.param(
            judge([1, 2], [1, 2], importance=(Importance("a", np.nan, np.nan),)),
            id="importance without a value",
        ),
        pytest.param(
            judge([1, 2], [1, 2], metric="mape", importance=(Importance("a", 0.1, 0),)),
            id="importance as a share",
        ),
        pytest.param(
            judge(
                [1, 2],
                [1, 2],
                coordinates=Coordinates(
                    latitude=np.full(2, 90.0), longitude=np.full(2, 180.0)
                ),
            ),
            id="one place at the pole",
        ),
    ],
)
def test_odd_tables_are_drawn_without_a_warning(judgement, tmp_path):
    """A figure must never be what ends a training run."""
    for path in draw_figures(judgement, tmp_path).values():
        assert path.read_bytes().startswith(PNG)


def test_same_judgement_gives_same_bytes(tmp_path, monkeypatch):
    """Whatever the machine's own style is; artifacts can then be compared by hash."""
    judgement = judge_noise(2_000, importance=IMPORTANCE, coordinates=place(2_000))
    first = draw_figures(judgement, tmp_path / "a")
    monkeypatch.setitem(rcParams, "axes.facecolor", "black")
    monkeypatch.setitem(rcParams, "font.size", 30.0)
    second = draw_figures(judgement, tmp_path / "b")
    for name, path in first.items():
        assert path.read_bytes() == second[name].read_bytes(), name


def test_drawing_leaves_the_global_style_alone(tmp_path):
    """The caller may be a notebook with figures of its own."""
    before = dict(rcParams)
    draw_figures(judge([1, 2], [1, 2]), tmp_path)
    assert dict(rcParams) == before


def test_many_rows_are_counted_in_cells_on_a_logarithmic_scale():
    """20,000 translucent points are still a blot."""
    with style.house_style():
        axes = number_figures.draw_predicted(judge_noise(20_000)).axes[0]
    (cells,) = axes.collections
    assert isinstance(cells.norm, LogNorm)
    assert np.asarray(cells.get_array()).sum() == 20_000


def test_a_wild_prediction_does_not_squash_the_others_and_is_owned_up_to():
    """A linear model can extrapolate to 1e12; the figure says that it is not shown."""
    judgement = judge_noise(500)
    judgement.predicted[7] = 1e12
    with style.house_style():
        figure = number_figures.draw_predicted(judgement)
    assert figure.axes[0].get_xlim()[1] < 5e6
    assert "1 outside the frame" in figure.texts[1].get_text()


def test_the_map_is_centred_at_zero_and_true_to_the_ground():
    """Equal errors up and down get equally strong colours; 60°N is half as wide."""
    north = np.array([59.0, 61.0, 60.0])
    places = Coordinates(latitude=north, longitude=np.array([10.0, 14.0, 12.0]))
    judgement = judge([1, 2, 3], [1, 2, 13], coordinates=places)
    with style.house_style():
        axes = draw_map(judgement, places).axes[0]
    low, high = axes.collections[0].get_clim()
    assert low == -high < 0
    assert axes.get_aspect() == pytest.approx(2.0)


def test_titles_state_what_is_found():
    """A title that repeats the axes wastes the best place of a figure."""
    actual = np.linspace(1, 100, 300)
    noisy = actual + np.where(np.arange(300) % 2, 1, -1) * actual / 10
    judgement = judge(actual, noisy, importance=IMPORTANCE)
    assert "off by less than 5.05 US dollars" in findings.state_accuracy(judgement)
    assert "in the top third" in findings.state_error_growth(judgement)
    assert "<1H OCEAN $x$" in findings.state_importance(judgement)
    assert findings.state_reach(judgement).endswith("within 9.01 US dollars")


@pytest.mark.parametrize(
    ("unit", "span", "value", "written"),
    [
        ("US dollars", (0, 500_000), 100_000.0, "$100k"),
        ("US dollars", (-2e6, 1e6), -1_500_000.0, "\N{MINUS SIGN}$1.5M"),
        ("US dollars", (0, 500_000), 1e-11, "0"),
        ("years", (1950, 2020), 1990.0, "1990"),
        ("", (0, 0.004), 0.0025, "0.0025"),
        ("", (0, 0), 0.5, "0.5"),
    ],
)
def test_ticks_are_compact_and_share_one_scale(unit, span, value, written):
    """`500000.000` on an axis is read by nobody; years are no thousands."""
    assert scales.compact(unit, span)(value, None) == written


def test_degrees_name_their_side():
    """-122 needs a thought, 122°W does not."""
    assert [format_degrees(x, "EW") for x in (-122.5, 0, 10)] == [
        "122.5°W",
        "0°",
        "10°E",
    ]


def test_a_folder_that_cannot_be_made_is_a_disk_error(tmp_path):
    """The message names the file and what to change."""
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(DiskError, match="taken"):
        draw_figures(judge([1, 2], [1, 2]), tmp_path / "taken")


def test_importing_the_room_does_not_import_matplotlib():
    """Every command would pay 0.3 s for figures that it may never draw."""
    code = (
        "import sys, sweepkit.evaluation.report, sweepkit.evaluation.figures;"
        "sys.exit(bool({'matplotlib', 'jinja2'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
