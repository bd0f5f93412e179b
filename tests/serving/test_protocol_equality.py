"""The same bodies to MLflow's own scoring server and to ours.

Where the two differ, `DIFFERENCES` says why; `docs/serving-differences.md` shows it.
"""

import asyncio
import gzip
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import mlflow.pyfunc
import mlflow.sklearn
import numpy as np
import pandas as pd
import pytest
from mlflow.models import ModelSignature
from mlflow.pyfunc import scoring_server
from mlflow.types import ColSpec, Schema
from mlflow.utils.proto_json_utils import dump_input_data
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from sweepkit.features.dates import DateParts
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules

DOCUMENT = Path(__file__).parents[2] / "docs" / "serving-differences.md"
JSON = "application/json"
KINDS = {"double": "float64", "string": "str", "boolean": "bool"}
TRAINING = pd.DataFrame(
    {
        "size": [1.5, 3.0, 4.5, 7.0, 2.0, 9.0],
        "age": [2.0, np.nan, 5.0, 1.0, 3.0, 8.0],
        "town": ["a", "b", "a", "b", "b", "a"],
        "street": ["x", None, "y", "x", "y", "x"],
        "new": [True, False, False, True, True, False],
        "sold": pd.to_datetime(
            ["2024-01-31", None, "2023-05-01", "2020-02-03", "2019-07-08", "2021-12-24"]
        ),
    }
)
NAMES = list(TRAINING)
ROW = [1.5, 2, "a", "x", True, "2024-01-31"]
OTHER = [3.5, None, "b", None, False, None]
RECORDS = [dict(zip(NAMES, row, strict=True)) for row in (ROW, OTHER)]
# MLflow keeps blank texts in the dataframe layouts only; see DIFFERENCES.
FILLED = [RECORDS[0], RECORDS[1] | {"street": "y"}]
COLUMNS = {name: [record[name] for record in FILLED] for name in NAMES}


def split(*rows: list[Any], names: list[Any] = NAMES, **more: Any) -> dict[str, Any]:
    return {"dataframe_split": {"columns": names, "data": list(rows), **more}}


def changed(**cells: Any) -> dict[str, Any]:
    return split(list((RECORDS[0] | cells).values()))


def to_parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


@dataclass(frozen=True)
class Answer:
    """What a server said: its status, and predictions if there are."""

    status: int
    predictions: tuple[float, ...] = ()


class Servers:
    """MLflow's app and our reader in front of one and the same fitted pipeline."""

    def __init__(self, pipeline, app, profile):
        self.pipeline = pipeline
        self.app = app
        self.profile = profile
        self.reader = compile_reader(profile, Rules())

    def ask_mlflow(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        async def post() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://testserver"
            ) as client:
                return await client.post("/invocations", content=body, headers=headers)

        answer = asyncio.run(post())
        if answer.status_code != 200:
            return Answer(answer.status_code)
        return Answer(200, tuple(answer.json()["predictions"]))

    def ask_ours(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            batch = self.reader.read(
                body, headers.get("Content-Type"), headers.get("Content-Encoding")
            )
        except RequestRefused as refused:
            return Answer(refused.status)
        frame = pd.DataFrame(batch.rows, columns=[c.name for c in self.profile.columns])
        for column in self.profile.columns:
            kind = KINDS.get(column.kind, "datetime64[ns]")
            frame[column.name] = frame[column.name].astype(kind)
        return Answer(200, tuple(self.pipeline.predict(frame).tolist()))


def build_pipeline(names: list[str]) -> Any:
    steps = [
        (SimpleImputer(), ["size", "age"]),
        (OneHotEncoder(handle_unknown="ignore"), ["town", "street"]),
        ("passthrough", ["new"]),
    ]
    if "sold" in names:
        steps.append((make_pipeline(DateParts(), SimpleImputer()), ["sold"]))
    pipeline = make_pipeline(make_column_transformer(*steps), LinearRegression())
    return pipeline.fit(TRAINING[names], [10.0, 25.0, 31.0, 44.0, 52.0, 67.0])


def start(folder: Path, profile) -> Servers:
    names = [column.name for column in profile.columns]
    pipeline = build_pipeline(names)
    columns = [ColSpec(c.kind, c.name, required=c.required) for c in profile.columns]
    mlflow.sklearn.save_model(
        pipeline,
        str(folder),
        signature=ModelSignature(Schema(columns)),
        serialization_format="cloudpickle",
        pip_requirements=["scikit-learn"],
    )
    return Servers(
        pipeline, scoring_server.init(mlflow.pyfunc.load_model(str(folder))), profile
    )


@pytest.fixture(scope="module")
def all_kinds(small_profile, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        # MLflow sets it for good.
        patch.setenv("_MLFLOW_IS_IN_SERVING_ENVIRONMENT", "true")
        yield start(tmp_path_factory.mktemp("all") / "model", small_profile)


@pytest.fixture(scope="module")
def no_dates(small_profile, tmp_path_factory):
    profile = replace(small_profile, columns=small_profile.columns[:-1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("_MLFLOW_IS_IN_SERVING_ENVIRONMENT", "true")
        yield start(tmp_path_factory.mktemp("some") / "model", profile)


def encode(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


CLIENT_FRAME = TRAINING.astype({"street": "object"})
SAME = {
    "dataframe_split": split(ROW, OTHER),
    "another order of columns": split(ROW[::-1], OTHER[::-1], names=NAMES[::-1]),
    "an index": split(ROW, OTHER, index=[7, 9]),
    "an extra column": split([*ROW, "?"], names=[*NAMES, "id"]),
    "dataframe_records": {"dataframe_records": RECORDS},
    "records of which some lack an optional key": {
        "dataframe_records": [
            RECORDS[0],
            {name: cell for name, cell in RECORDS[1].items() if cell is not None},
        ]
    },
    "instances of records": {"instances": FILLED},
    "inputs by column": {"inputs": COLUMNS},
    "inputs of records": {"inputs": FILLED},
    "inputs of one row": {"inputs": RECORDS[0]},
    "integers for numbers": changed(size=3, age=2),
    "an integer of 30 digits": changed(size=10**30),
    "NaN for a blank number": changed(age=float("nan")),
    "NaN for a blank text": changed(street=float("nan")),
    "NaT for a blank date": changed(sold="NaT"),
    "a date with a time": changed(sold="2024-01-31T12:30:15.250"),
    "an unknown category": changed(town="c"),
    "another key beside the table": {**split(ROW), "id": 7},
    "params of null": {**split(ROW), "params": None},
    "a byte order mark": b"\xef\xbb\xbf" + encode(split(ROW)),
    "what MLflow's client sends for a frame": dump_input_data(CLIENT_FRAME).encode(),
    "what MLflow's client sends for records": dump_input_data(FILLED).encode(),
    "what MLflow's client sends with params": dump_input_data(
        CLIENT_FRAME, params={}
    ).encode(),
}


@pytest.mark.parametrize("body", SAME.values(), ids=SAME)
def test_the_same_json_gets_the_same_predictions(all_kinds, body):
    """A client of `mlflow models serve` works unchanged."""
    sent, headers = encode(body), {"Content-Type": JSON}
    ours = all_kinds.ask_ours(sent, headers)
    assert ours.status == 200
    assert ours == all_kinds.ask_mlflow(sent, headers)


CSV_FRAME = TRAINING.drop(columns="sold").fillna({"street": "y"})
TABLES = {
    "CSV of pandas": ("text/csv", CSV_FRAME.to_csv(index=False).encode()),
    "CSV with row numbers": ("text/csv", CSV_FRAME.to_csv().encode()),
    "CSV with a charset": (
        "text/csv; charset=UTF-8",
        CSV_FRAME.to_csv(index=False).encode(),
    ),
    "CSV with a byte order mark": (
        "text/csv",
        b"\xef\xbb\xbf" + CSV_FRAME.to_csv(index=False).encode(),
    ),
    "Parquet of pandas": (
        "application/vnd.apache.parquet",
        to_parquet(TRAINING.drop(columns="sold")),
    ),
}


@pytest.mark.parametrize(("content_type", "body"), TABLES.values(), ids=TABLES)
def test_the_same_table_gets_the_same_predictions(no_dates, content_type, body):
    """CSV and Parquet, too, as pandas writes them."""
    headers = {"Content-Type": content_type}
    ours = no_dates.ask_ours(body, headers)
    assert ours.status == 200
    assert ours == no_dates.ask_mlflow(body, headers)


REFUSED = {
    "no JSON": b"{",
    "a list": b"[]",
    "no key of the protocol": {"rows": []},
    "two keys of the protocol": {**split(ROW), "inputs": RECORDS},
    "split without columns": {"dataframe_split": {"data": [ROW]}},
    "split without data": {"dataframe_split": {"columns": NAMES}},
    "split with another key": split(ROW, dtype="float"),
    "split with a column twice": split([*ROW, 1.0], names=[*NAMES, "size"]),
    "numbers for names": split(ROW, names=[0, 1, 2, 3, 4, 5]),
    "instances of lists": {"instances": [ROW]},
    "inputs of lists": {"inputs": [ROW]},
    "a missing required column": split(ROW[1:], names=NAMES[1:]),
    "a row with a cell too few for all": split(ROW[:3]),
    "text in a number": changed(size="large"),
    "zero rows": split(),
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_mlflow_refuses_is_refused(all_kinds, body):
    """A client that relies on a refusal gets it."""
    sent, headers = encode(body), {"Content-Type": JSON}
    assert all_kinds.ask_ours(sent, headers).status == 400
    assert 400 <= all_kinds.ask_mlflow(sent, headers).status < 500


@dataclass(frozen=True)
class Difference:
    """A body the two servers treat differently, and why ours does not follow."""

    what: str
    body: Any
    mlflow: int
    ours: int
    reason: str
    headers: Mapping[str, str] | None = None

    def line(self) -> str:
        answers = {200: "answers"}
        mlflow, ours = (answers.get(n, str(n)) for n in (self.mlflow, self.ours))
        return f"| {self.what} | {mlflow} | {ours} | {self.reason} |"


SILENT = "the prediction would look like one for a good row"
DIFFERENCES = [
    Difference("null in a required number", changed(size=None), 200, 400, SILENT),
    Difference(
        "NaN in a required number", changed(size=float("nan")), 200, 400, SILENT
    ),
    Difference("null in a required text", changed(town=None), 200, 400, SILENT),
    Difference("a truth value in a number", changed(size=True), 200, 400, SILENT),
    Difference("a number in a text column", changed(town=7), 200, 400, SILENT),
    Difference("a number in a truth column", changed(new=1), 200, 400, SILENT),
    Difference(
        "a number written as text",
        changed(size="8.3"),
        200,
        400,
        "text in a number is a mistake of the sender's, such as a decimal comma's",
    ),
    Difference(
        "a number in a date column",
        changed(sold=1_700_000_000),
        200,
        400,
        "MLflow counts nanoseconds, nearly every sender means seconds",
    ),
    Difference(
        "a date with a zone",
        changed(sold="2024-01-31T01:00:00+02:00"),
        400,
        200,
        "it is turned into UTC, as in training",
    ),
    Difference(
        "an optional column left out",
        split(ROW[:5], names=NAMES[:5]),
        400,
        200,
        "all its cells are blank",
    ),
    Difference(
        "a key twice in one object",
        encode(split(ROW)).replace(b'"data"', b'"data": [], "data"'),
        200,
        400,
        "one of the two would be dropped without a word",
    ),
    Difference(
        "a blank text in `inputs` or `instances`",
        {"inputs": [RECORDS[0] | {"street": None}]},
        200,
        200,
        "MLflow makes the text `None` of it there, and a blank elsewhere",
    ),
    Difference(
        "an index of another length",
        split(ROW, index=[1, 2]),
        200,
        200,
        "MLflow repeats the row for each entry; the index says nothing here",
    ),
    Difference(
        "a single cell beside columns in `inputs`",
        {"inputs": {name: [cell] for name, cell in RECORDS[0].items()} | {"size": 1.5}},
        200,
        400,
        "MLflow repeats the cell in all rows, which is rarely meant",
    ),
    Difference(
        "`params` with an unknown name",
        {**split(ROW), "params": {"temperature": 1}},
        200,
        400,
        "MLflow leaves it out; whoever sends it expects an effect",
    ),
    Difference(
        "UTF-16",
        json.dumps(split(ROW)).encode("utf-16"),
        200,
        400,
        "JSON between programs is UTF-8 (RFC 8259)",
    ),
    Difference(
        "no Content-Type", split(ROW), 500, 415, "an error of the sender's", headers={}
    ),
    Difference(
        "a Content-Type in capitals",
        split(ROW),
        415,
        200,
        "media types have no case (RFC 9110)",
        headers={"Content-Type": "Application/JSON"},
    ),
    Difference(
        "CSV with a date column",
        TRAINING.to_csv(index=False).encode(),
        400,
        200,
        "MLflow's CSV reader knows no dates",
        headers={"Content-Type": "text/csv"},
    ),
    Difference(
        "Content-Encoding: gzip",
        gzip.compress(encode(split(ROW))),
        400,
        200,
        "a table packs to a tenth; the limit holds for what it unpacks to",
        headers={"Content-Type": JSON, "Content-Encoding": "gzip"},
    ),
    Difference(
        "deep nesting",
        b'{"inputs":' + b"[" * 100_000,
        500,
        400,
        "an error of the sender's",
    ),
    Difference(
        "infinity in a number",
        changed(size=float("inf")),
        400,
        400,
        "the same status, but MLflow's answer holds a stack trace",
    ),
]


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda one: one.what)
def test_each_difference_is_as_documented(all_kinds, difference):
    """A difference that went away, or came with a new MLflow, belongs in the docs."""
    headers = difference.headers
    headers = {"Content-Type": JSON} if headers is None else headers
    sent = encode(difference.body)
    mlflow, ours = (
        all_kinds.ask_mlflow(sent, headers),
        all_kinds.ask_ours(sent, headers),
    )
    assert (mlflow.status, ours.status) == (difference.mlflow, difference.ours)
    if mlflow.status == ours.status == 200:
        assert mlflow.predictions != ours.predictions


def test_the_document_has_every_difference():
    """Whoever changes servers reads it there, not here."""
    lines = DOCUMENT.read_text().splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    assert table == [difference.line() for difference in DIFFERENCES]
