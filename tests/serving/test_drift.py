"""Drift is seen when it is there, and only then."""

from datetime import UTC, datetime

import numpy as np
import pytest

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.serving.drift import FEWEST_ROWS, MOST_SAVED, Window
from sweepkit.serving.stability import judge_psi, measure_psi

N = 2_000


def profile_of(values, kind="double", **more):
    """Profile one column as training does."""
    levels = np.linspace(0, 1, 11)
    if kind in ("double", "datetime"):
        filled = np.array([v for v in values if v is not None], dtype=float)
        more["quantiles"] = tuple(np.quantile(filled, levels).tolist())
    else:
        names, counts = np.unique(
            [v for v in values if v is not None], return_counts=True
        )
        shares = counts / len(values)
        more["categories"] = dict(zip(names.tolist(), shares.tolist(), strict=True))
    blank = sum(v is None for v in values) / len(values)
    column = ColumnProfile(
        name="x", kind=kind, required=False, blank_share=blank, **more
    )
    return TableProfile(target="y", columns=(column,))


def drift_of(profile, values):
    window = Window(profile)
    window.add([(value,) for value in values])
    (column,) = window.report()
    return column


DRAWS = {
    "normal": lambda rng, n: rng.normal(10, 3, n).tolist(),
    "skewed": lambda rng, n: rng.lognormal(2, 1, n).tolist(),
    "mostly zero": lambda rng, n: (
        rng.exponential(1, n) * (rng.random(n) > 0.35)
    ).tolist(),
    "two values": lambda rng, n: (rng.random(n) < 0.35).astype(float).tolist(),
    "small counts": lambda rng, n: rng.poisson(1.5, n).astype(float).tolist(),
    "whole years": lambda rng, n: rng.integers(1, 53, n).astype(float).tolist(),
    "constant": lambda _, n: [4.0] * n,
    "with blanks": lambda rng, n: [
        v if r > 0.1 else None
        for v, r in zip(rng.normal(size=n).tolist(), rng.random(n), strict=True)
    ],
}


@pytest.mark.parametrize("name", DRAWS)
def test_rows_like_training_are_steady(name):
    """Ties of values must not look like drift: a false alarm is switched off."""
    rng = np.random.default_rng(7)
    draw = DRAWS[name]
    column = drift_of(profile_of(draw(rng, 16_000)), draw(rng, N))
    assert (column.level, column.psi < 0.05) == ("steady", True), column.psi


@pytest.mark.parametrize("name", sorted(set(DRAWS) - {"constant", "two values"}))
def test_moved_numbers_are_drifted(name):
    """Another region's houses, or cents for dollars."""
    rng = np.random.default_rng(7)
    draw = DRAWS[name]
    moved = [None if v is None else v * 3 + 1 for v in draw(rng, N)]
    assert drift_of(profile_of(draw(rng, 16_000)), moved).level == "drifted"


@pytest.mark.parametrize(
    ("values", "level"),
    [
        (["a"] * 1_200 + ["b"] * 800, "steady"),
        (["a"] * 850 + ["b"] * 1_150, "moving"),
        (["a"] * 400 + ["b"] * 1_600, "drifted"),
        (["a"] * 1_000 + ["b"] * 700 + ["new"] * 300, "drifted"),
        (["a"] * 1_000 + ["b"] * 700 + [None] * 300, "drifted"),
    ],
    ids=["same", "some", "other", "unseen", "blank"],
)
def test_categories_are_compared_by_their_shares(values, level):
    """Also those that training never had."""
    profile = profile_of(["a"] * 6_000 + ["b"] * 4_000, "string")
    assert drift_of(profile, values).level == level


def test_booleans_and_dates_are_compared_too():
    """They come as Python's own and stand in the profile as texts and seconds."""
    seconds = np.random.default_rng(1).uniform(1.6e9, 1.7e9, 8_000).tolist()
    dates = [datetime.fromtimestamp(s, UTC).replace(tzinfo=None) for s in seconds]
    profile = profile_of(seconds, "datetime")
    assert drift_of(profile, dates[:N]).level == "steady"
    late = [date.replace(year=date.year + 5) for date in dates[:N] if date.day < 29]
    assert drift_of(profile, late).level == "drifted"
    half = profile_of(["true", "false"] * 50, "boolean")
    assert drift_of(half, [True, False] * 500).level == "steady"
    assert drift_of(half, [True] * 1_000).level == "drifted"


def test_few_rows_say_nothing():
    """By chance alone ten bins of 100 rows have an index near 0.1."""
    window = Window(profile_of(list(range(100))))
    window.add([(1.0,)] * (FEWEST_ROWS - 1))
    assert window.report() == []
    window.add([(1.0,)])
    assert window.report()[0].level == "drifted"


def test_a_column_without_shares_is_left_out(small_profile):
    """Models of older versions carry a signature alone."""
    window = Window(small_profile)
    row = (1.0, None, "a", "x", True, None)
    window.add([row] * FEWEST_ROWS)
    assert [column.name for column in window.report()] == ["town", "street"]


def test_old_rows_leave_the_window():
    """What drifted last month is over once rows are as before."""
    rng = np.random.default_rng(3)
    window = Window(profile_of(rng.normal(size=8_000).tolist()))
    window.add([(99.0,)] * N)
    assert window.report()[0].level == "drifted"
    window.tick(60)
    window.add([(v,) for v in rng.normal(size=N).tolist()])
    assert window.report()[0].level == "steady"
    assert window.n_rows == MOST_SAVED


def test_under_load_a_sample_is_taken_and_time_allows_more():
    """Counting each of 8,000 rows a second would cost more than predicting them."""
    window = Window(profile_of(list(range(100))))
    for _ in range(3 * MOST_SAVED):
        window.add([(5.0,)])
    window.count()
    assert window.n_rows == MOST_SAVED
    before = window._allowance
    window.tick(2.0)
    assert before < 1 <= window._allowance


def test_of_a_large_request_rows_of_all_parts_are_taken():
    """Its rows may be sorted: the first ones are not like the others."""
    window = Window(profile_of(list(range(10_000))))
    window.add([(float(i),) for i in range(10_000)])
    (column,) = window.report()
    assert column.level == "steady" and 1_000 < window.n_rows <= MOST_SAVED


def test_of_a_wide_table_fewer_rows_are_taken():
    """Thousands of columns would keep the event loop busy for a second."""
    column = ColumnProfile(
        name="x", kind="string", required=True, categories={"a": 1.0}
    )
    window = Window(TableProfile(target="y", columns=(column,) * 1_000))
    window.add([("a",) * 1_000] * 500)
    window.count()
    assert window.n_rows == 50


def test_psi_is_the_sum_over_bins():
    """(0.6 - 0.5) ln(0.6 / 0.5) + (0.4 - 0.5) ln(0.4 / 0.5), by hand."""
    assert measure_psi([0.5, 0.5], [60, 40]) == pytest.approx(0.0405465, abs=1e-7)
    assert measure_psi([1.0, 0.0], [7, 0]) == 0.0


@pytest.mark.parametrize(
    ("psi", "level"),
    [
        *((0.0, "steady"), (0.0999, "steady")),
        *((0.1, "moving"), (0.2499, "moving")),
        *((0.25, "drifted"), (9.0, "drifted")),
    ],
)
def test_levels_are_the_usual_ones(psi, level):
    """Siddiqi's 0.1 and 0.25, which readers know."""
    assert judge_psi(psi) == level
