"""Tables are scored with labels of their own type, and with probabilities if asked."""

import csv
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from sweepkit.cli.scoring import score_file
from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.errors import DataError
from sweepkit.serving.champion import Champion
from sweepkit.serving.settings import ServerSettings

SCORED = "predicted_kind"
COLUMNS = (
    ColumnProfile(name="size", kind="double", required=True),
    ColumnProfile(
        name="code",
        kind="string",
        required=False,
        categories={"007": 0.5, "7": 0.3, "12": 0.2},
    ),
)
LABELS = {
    "texts": (("low", "mid", "high, or so"), "string", str),
    "numbers": ((1, 2, 10), "int64", int),
    "truths": ((False, True), "bool", lambda text: text == "True"),
    "numbers as text": (("01", "1", "2"), "string", str),
}


class Recording:
    """Probabilities by how near the size is to each code; keeps the rows it saw."""

    def __init__(self, n_classes):
        self.rows, self.n_classes = [], n_classes

    def __call__(self, rows):
        self.rows += rows
        sizes = np.array([row[0] for row in rows])
        near = np.exp(-np.abs(sizes[:, None] - np.arange(self.n_classes)))
        return near / near.sum(axis=1, keepdims=True)


@pytest.fixture
def score(tmp_path):
    """Score a table in chunks of two rows; returns the model and the file."""

    def run(source, labels=("no", "yes"), suffix=".csv", threshold=None, **more):
        profile = TableProfile(
            target="kind",
            columns=COLUMNS,
            task="binary" if len(labels) == 2 else "multiclass",
            classes=labels,
            threshold=threshold,
        )
        model = Recording(len(labels))
        champion = Champion(name="kinds", version="1", profile=profile, predict=model)
        target = tmp_path / "out" / f"scored{suffix}"
        score_file(source, target, champion, ServerSettings(), 2, **more)
        return model, target

    return run


@pytest.fixture
def table(tmp_path):
    """Three rows, one near each of the first three classes, and what they were."""
    path = tmp_path / "x.csv"
    path.write_text("size,code,kind\n0,007,old\n1,7,b\n2,,\n")
    return path


@pytest.mark.parametrize(("labels", "kind", "read"), LABELS.values(), ids=LABELS)
def test_labels_have_their_own_type(score, table, labels, kind, read):
    """Who joins the result with other tables compares 1 with 1, not with 1.0."""
    wanted = [labels[min(i, len(labels) - 1)] for i in range(3)]
    _, target = score(table, labels)
    with target.open(newline="") as file:
        cells = [row[SCORED] for row in csv.DictReader(file)]
    assert [read(cell) for cell in cells] == wanted
    _, target = score(table, labels, ".parquet")
    column = parquet.read_table(target)[SCORED]
    names = {"string": pa.string(), "int64": pa.int64(), "bool": pa.bool_()}
    assert column.type == names[kind]
    assert column.to_pylist() == wanted


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_probabilities_stand_in_columns_of_their_own(score, table, suffix):
    """To the last bit, after the label, in the order of the labels."""
    labels = ("low", "mid", "high, or so")
    model, target = score(table, labels, suffix, with_probabilities=True)
    read = pd.read_csv if suffix == ".csv" else pd.read_parquet
    scored = read(target)
    new = [f"probability_{label}" for label in labels]
    assert list(scored.columns) == ["size", "code", "kind", SCORED, *new]
    assert scored[new].to_numpy().tolist() == model([*model.rows]).tolist()


def test_truths_name_their_columns_as_json_does(score, table):
    """As the server's answers do."""
    _, target = score(table, (False, True), with_probabilities=True)
    names = target.read_text().splitlines()[0].split(",")
    assert names[-2:] == ["probability_false", "probability_true"]


def test_the_threshold_decides(score, table):
    """A batch and a request get one answer for a row."""
    labels = {}
    for threshold in (0.2, 0.9):
        _, target = score(table, threshold=threshold)
        labels[threshold] = pd.read_csv(target)[SCORED].tolist()
    assert labels == {0.2: ["yes", "yes", "yes"], 0.9: ["no", "no", "no"]}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_answers_of_a_known_table_stay_as_they_are(score, table, tmp_path, suffix):
    """Also those the model does not know, and blanks: nobody asked it to judge them."""
    source = table
    if suffix == ".parquet":
        source = tmp_path / "x.parquet"
        kinds = pa.array(["old", "b", None]).dictionary_encode()
        sizes, codes = pa.array([0.0, 1.0, 2.0]), pa.array(["007", "7", None])
        parquet.write_table(
            pa.table({"size": sizes, "code": codes, "kind": kinds}), source
        )
    _, target = score(source, suffix=suffix)
    if suffix == ".csv":
        with target.open(newline="") as file:
            assert [row["kind"] for row in csv.DictReader(file)] == ["old", "b", ""]
    else:
        assert parquet.read_table(target)["kind"].to_pylist() == ["old", "b", None]


def test_a_text_column_of_numbers_is_read_as_text(score, table):
    """CSV does not say that 007 is no 7; the model's profile does."""
    model, target = score(table)
    assert [row[1] for row in model.rows] == ["007", "7", None]
    assert [line.split(",")[1] for line in target.read_text().splitlines()[1:]] == [
        *("007", "7", "")
    ]
    _, target = score(table, suffix=".parquet")
    assert parquet.read_table(target)["code"].to_pylist() == ["007", "7", None]


def test_numbers_of_parquet_in_a_text_column_are_refused(score, tmp_path):
    """Nobody can tell any more whether 7 was 007."""
    source = tmp_path / "x.parquet"
    pd.DataFrame({"size": [1.0], "code": [7]}).to_parquet(source)
    with pytest.raises(DataError, match="row 1, code: number 7; needed: a text"):
        score(source)


def test_a_text_column_of_numbers_is_known_as_such(score, tmp_path):
    """A text that training saw is no stranger for looking like a number."""
    source = tmp_path / "x.csv"
    source.write_text("size,code\n1,12\n1,12.0\n1,0012\n")
    model, _ = score(source)
    assert [row[1] for row in model.rows] == ["12", "12.0", "0012"]


@pytest.mark.parametrize("taken", [SCORED, "probability_yes"])
def test_a_column_of_the_same_name_is_not_lost(score, tmp_path, taken):
    """As after scoring a table that was scored before."""
    source = tmp_path / "x.csv"
    source.write_text(f"size,code,{taken}\n1,7,x\n")
    run = partial(score, source, with_probabilities=True)
    with pytest.raises(DataError, match=f"{taken!r} already"):
        run()
