"""Tables of any size are scored: exactly, whole or not at all, in little memory."""

import csv
import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from sweepkit.cli.judging import load_version
from sweepkit.cli.scoring import score_file
from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.errors import DataError
from sweepkit.registry.facts import find_facts
from sweepkit.serving.champion import Champion
from sweepkit.serving.settings import ServerSettings
from sweepkit.training.rows import read_rows

SCORED = "predicted_price"
# As in training, but for the target: size, rooms, town, garden, sold_on.
HEAD = "house_id,size,rooms,town,garden,sold_on"
ROW = "7,101.5,3,a,True,2021-05-01"


def write(path, *rows: str, head: str = HEAD) -> str:
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return str(path)


def double_size(rows):
    return np.array([2 * row[0] for row in rows])


@pytest.fixture
def champion() -> Champion:
    """One that needs no training and no store."""
    columns = (
        ColumnProfile(name="size", kind="double", required=True),
        ColumnProfile(
            name="town", kind="string", required=False, categories={"a": 0.5, "b": 0.5}
        ),
    )
    profile = TableProfile(target="price", columns=columns)
    return Champion(name="houses", version="1", profile=profile, predict=double_size)


@pytest.fixture
def score(tmp_path, champion):
    """Score a table in chunks of four rows; returns the tally and the file."""

    def run(source, suffix=".csv", **settings):
        target = tmp_path / "out" / f"scored{suffix}"
        chosen = ServerSettings(**settings)
        return score_file(source, target, champion, chosen, 4), target

    return run


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("source", ["csv", "parquet"])
def test_predictions_are_those_of_the_pipeline_itself(
    looked_at, tmp_path, source, suffix
):
    """A batch, a request and the training's own holdout get one answer for a row."""
    path = looked_at.folder / "houses.csv"
    if source == "parquet":
        path = tmp_path / "houses.parquet"
        table = pd.read_csv(looked_at.folder / "houses.csv", parse_dates=["sold_on"])
        table.to_parquet(path, index=False)
    target = tmp_path / f"scored{suffix}"

    answer = looked_at.type(
        "predict", f"--input={path}", f"--output={target}", "--json"
    )

    assert answer.code == 0, answer.err
    assert answer.json["rows"] == 150
    assert answer.json["warnings"] == ["the model does not take 'house_id'"]
    read = pd.read_csv if suffix == ".csv" else pd.read_parquet
    scored = read(target)
    with looked_at.opened() as place:
        rows = read_rows(place.cfg)
        pipeline = load_version(place, find_facts(place.store, place.model_name, "3"))
    inputs = pd.concat([rows.train, rows.holdout]).sort_index()
    assert scored[SCORED].tolist() == pipeline.predict(inputs).tolist()
    before = pd.read_csv(looked_at.folder / "houses.csv")
    assert list(scored.columns) == [*before.columns, SCORED]
    assert scored["house_id"].astype(int).tolist() == before["house_id"].tolist()
    assert scored["price"].astype(float).tolist() == before["price"].tolist()


def test_another_version_scores_if_it_is_named(looked_at, tmp_path):
    """Before a promotion one wants to see what the candidate would say."""
    words = ("predict", "--input=houses.csv", f"--output={tmp_path / 'y.csv'}")

    answer = looked_at.type(*words, "--version", "1", "--json")

    assert answer.json["version"] == "1"
    assert pd.read_csv(tmp_path / "y.csv")[SCORED].nunique() == 1  # the median


def test_a_refused_row_is_named_and_nothing_is_written(looked_at, tmp_path):
    """The person opens the file and looks for that row."""
    source = write(tmp_path / "x.csv", ROW, ROW.replace("101.5", "big"))
    target = tmp_path / "y.csv"
    target.write_text("before")

    answer = looked_at.type("predict", f"--input={source}", f"--output={target}")

    assert (answer.code, answer.out) == (2, "")
    assert "row 2, size: text 'big'; needed: a finite number" in answer.err
    assert target.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.csv", "y.csv"]


@pytest.mark.parametrize("row", [1, 4, 5, 11])
def test_rows_are_counted_over_all_chunks(tmp_path, score, row):
    """Row 11 is the third row of the third chunk, and nobody cares."""
    rows = ["1.0,a"] * 12
    rows[row - 1] = ",a"
    source = tmp_path / "x.csv"
    write(source, *rows, head="size,town")

    with pytest.raises(DataError, match=f"row {row}, size: null"):
        score(source)
    assert not list((tmp_path / "out").iterdir())


def test_columns_are_kept_as_they_were(tmp_path, score):
    """Who joins the result with other tables needs the keys unchanged."""
    source = tmp_path / "x.csv"
    write(source, "007, 1 ,a,", "8,2.50,b,x", head="key,size,town,note")

    _, target = score(source)

    with target.open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["key", "size", "town", "note", SCORED],
            ["007", "1 ", "a", "", "2.0"],
            ["8", "2.50", "b", "x", "5.0"],
        ]


def test_columns_of_parquet_keep_their_types(tmp_path, score):
    """Also those that no model takes, such as lists."""
    table = pa.table(
        {
            "key": pa.array([1, None, 3], pa.int16()),
            "size": pa.array([1.0, 2.0, 3.0], pa.float32()),
            "tags": pa.array([["x"], [], None], pa.list_(pa.string())),
        }
    )
    parquet.write_table(table, tmp_path / "x.parquet")

    _, target = score(tmp_path / "x.parquet", ".parquet")

    scored = parquet.read_table(target)
    assert scored.select(table.column_names).equals(table)
    assert scored[SCORED].to_pylist() == [2.0, 4.0, 6.0]


def test_text_becomes_typed_in_parquet(tmp_path, score):
    """What the model read as a number is one in the result."""
    source = tmp_path / "x.csv"
    write(source, "1,5,a", "2,6,", head="key,size,town")

    _, target = score(source, ".parquet")

    scored = parquet.read_table(target)
    assert scored.to_pydict() == {
        "key": ["1", "2"],
        "size": [5.0, 6.0],
        "town": ["a", None],
        SCORED: [10.0, 12.0],
    }


def test_unknown_texts_are_counted_and_said_once(tmp_path, score):
    """A thousand chunks must not say a thousand times what the first one said."""
    source = tmp_path / "x.csv"
    towns = ["x", "a", "", "b", "y", "x", "a", "z", "q", "x"]
    write(source, *(f"1,{town}" for town in towns), head="size,town")

    tally, _ = score(source)

    assert tally.strangers.total == 6
    (note,) = tally.strangers.notes()
    assert note.startswith("'town' has 6 cells")
    assert note.endswith("such as 'x', 'y', 'z'")


def test_unknown_texts_are_refused_or_ignored_as_for_requests(tmp_path, score):
    """`serving.unknown_category` means the same in both places."""
    source = tmp_path / "x.csv"
    write(source, "1,a", "1,x", head="size,town")

    assert score(source, unknown_category="ignore")[0].strangers.notes() == []
    with pytest.raises(DataError, match="row 2, town: text 'x'"):
        score(source, unknown_category="refuse")


def test_the_answers_themselves_are_no_surprise(tmp_path, score):
    """Scoring rows with known prices is the usual test of a model."""
    source = tmp_path / "x.csv"
    write(source, "1,a,9", head="size,town,price")

    tally, target = score(source, extra_columns="refuse")

    assert tally.strangers.notes() == []
    assert pd.read_csv(target).columns.tolist() == ["size", "town", "price", SCORED]


def test_what_lacks_or_is_too_much_is_said(tmp_path, score):
    """A misspelt optional column would be blank in every row, and nobody knew."""
    source = tmp_path / "x.csv"
    write(source, "1,a", head="size,twon")

    notes = score(source)[0].strangers.notes()

    assert "does not take 'twon'" in notes[0] and "has no 'town'" in notes[1]


@pytest.mark.parametrize(
    ("head", "rows", "found"),
    [
        ("size,town", (), "no rows"),
        ("town,x", ("a,1",), "lacks 'size'"),
        ("size,town", ("1,a", "1,a,b"), "row 2: 3 cells under 2"),
        ("size,town,size", ("1,a,2",), "more than once"),
        (f"size,{SCORED}", ("1,2",), "already"),
        ("size,town", ("1,a", '1,"a'), "line 3"),
        ("", (), "no rows"),
    ],
    ids=["none", "column", "width", "twice", "taken", "quote", "empty"],
)
def test_what_is_no_table_is_refused(tmp_path, score, head, rows, found):
    """Half a result is worse than none."""
    source = tmp_path / "x.csv"
    write(source, *rows, head=head)

    with pytest.raises(DataError, match=found):
        score(source)
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("name", "content"), [("x.parquet", b"PAR1 and no more"), ("x.csv", b"\xff\xfes\0")]
)
def test_a_damaged_file_is_refused(tmp_path, score, name, content):
    """Also a file in another encoding."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(DataError, match=name):
        score(tmp_path / name)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--input=no.csv", "--output=y.csv"), "no.csv is no file"),
        (("--input=houses.xlsx", "--output=y.csv"), "must end in .csv or .parquet"),
        (("--input=houses.csv", "--output=y.txt"), "must end in .csv or .parquet"),
        (("--input=houses.csv", "--output=./houses.csv"), "--output is --input"),
    ],
)
def test_files_are_looked_at_first(looked_at, words, found):
    """Before a store is asked and a model fetched."""
    answer = looked_at.type("predict", *words)

    assert (answer.code, found in answer.err) == (2, True)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_of_any_size_needs_the_same_memory(tmp_path, champion, suffix):
    """Ten times the rows, not ten times the memory."""

    def measure(n_rows: int) -> int:
        source = tmp_path / f"x{suffix}"
        table = pd.DataFrame({"size": np.arange(n_rows) / 7, "town": "a"})
        if suffix == ".csv":
            table.to_csv(source, index=False)
        else:
            table.to_parquet(source, index=False)
        del table
        target, chosen = tmp_path / f"y{suffix}", ServerSettings()
        score_file(source, target, champion, chosen, 500)  # whatever is made once
        tracemalloc.start()
        try:
            tally = score_file(source, target, champion, chosen, 500)
            assert tally.rows == n_rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert measure(20_000) < 1.5 * measure(2_000)


def test_a_number_has_no_probabilities(looked_at, tmp_path):
    """The sentence says what the model predicts instead."""
    target = tmp_path / "y.csv"
    words = ("predict", "--input=houses.csv", f"--output={target}", "--probabilities")
    answer = looked_at.type(*words)
    assert (answer.code, answer.out) == (2, "")
    assert "predicts a number, price" in answer.err
    assert not target.exists()
