from datetime import datetime

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.models.samples import UNSEEN, draw_rows, edge_rows

PROFILE = TableProfile(
    target="price",
    columns=(
        ColumnProfile(
            name="size", kind="double", required=True, quantiles=(1.0, 5.0, 9.0)
        ),
        ColumnProfile(
            name="rooms", kind="double", required=False, whole=True, quantiles=(0, 3, 9)
        ),
        ColumnProfile(
            name="town", kind="string", required=True, categories={"a": 0.9, "b": 0.1}
        ),
        ColumnProfile(
            name="sold", kind="datetime", required=True, quantiles=(0.0, 86_400.0)
        ),
        ColumnProfile(name="pool", kind="boolean", required=True),
    ),
    examples=((2.0, 3, "a", "2024-02-29T18:00:00", True),),
)


def column(rows, position):
    return {row[position] for row in rows}


def test_examples_come_first_as_a_request_holds_them():
    """They are the rows most like those a server will see."""
    (row,) = draw_rows(PROFILE, 1, seed=0).rows

    assert row == [2.0, 3.0, "a", datetime(2024, 2, 29, 18), True]


def test_drawn_rows_reach_everything_a_column_holds():
    """A category or a blank that is never drawn is never compared."""
    rows = draw_rows(PROFILE, 300, seed=0).rows

    assert len(rows) == 300
    assert min(column(rows, 0)) < 1 < 9 < max(column(rows, 0))
    assert None in column(rows, 1) and None not in column(rows, 0)
    assert all(cell.is_integer() for cell in column(rows, 1) - {None})
    assert column(rows, 2) == {"a", "b", UNSEEN}
    assert all(isinstance(cell, datetime) for cell in column(rows, 3))
    assert column(rows, 4) == {True, False}


def test_the_same_seed_draws_the_same_rows():
    """What was found once must be found again."""
    assert draw_rows(PROFILE, 50, seed=1) == draw_rows(PROFILE, 50, seed=1)
    assert draw_rows(PROFILE, 50, seed=1) != draw_rows(PROFILE, 50, seed=2)


def test_edges_cover_blanks_strangers_and_extremes():
    """Each column is blank once by itself, or a blank elsewhere would hide it."""
    rows, words = edge_rows(PROFILE)

    by_words = dict(zip(words, rows, strict=True))
    assert by_words["all blank"] == [None] * 5
    assert by_words["all lowest"][:3] == [1.0, 0, "a"]
    assert by_words["all highest"][:3] == [9.0, 9, "b"]
    assert by_words["huge numbers"][:3] == [1e300, 1e300, by_words["zeros"][2]]
    assert by_words["town unseen"][2] == UNSEEN
    for i, profile in enumerate(PROFILE.columns):
        blank = by_words[f"{profile.name} blank"]
        assert [cell is None for cell in blank] == [k == i for k in range(5)]
