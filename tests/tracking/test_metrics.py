import math

from sweepkit.tracking.metrics import Point, name_points, read_points, split_finite


def test_a_sequence_is_a_curve_and_a_number_a_point():
    """The scores of the folds are one chart, the holdout one number."""
    points = read_points({"cv_rmse": [3.0, 2.0], "holdout_rmse": 1.0})

    assert points == [
        Point("cv_rmse", 3.0, 0),
        Point("cv_rmse", 2.0, 1),
        Point("holdout_rmse", 1.0, 0),
    ]


def test_the_step_moves_points_and_curves():
    """A fold that reports alone has its own place on the chart."""
    points = read_points({"a": 1.0, "b": [1.0, 2.0]}, step=4)

    assert [p.step for p in points] == [4, 4, 5]


def test_values_that_cannot_be_drawn_are_told_apart():
    """MLflow stores infinity as 1.8e308 and NaN as 0."""
    finite, others = split_finite(
        read_points({"a": [1.0, math.nan], "b": math.inf, "c": -math.inf})
    )

    assert finite == [Point("a", 1.0, 0)]
    assert name_points(others) == "a=nan (step 1), b=inf (step 0), c=-inf (step 0)"
