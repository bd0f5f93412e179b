"""The ready calls work as they are printed."""

import json
import shlex
import subprocess
import threading
from contextlib import redirect_stdout
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.serving.example_rows import (
    list_example_rows,
    to_csv,
    to_inputs,
    to_instances,
    to_records,
    to_split,
)
from sweepkit.serving.examples import write_examples
from sweepkit.serving.refusal import RequestRefused
from sweepkit.serving.request import compile_reader
from sweepkit.serving.rules import Rules

GUIDE = (
    '{"dataframe_split": {"columns": ["median_income", "housing_median_age", '
    '"total_rooms", "total_bedrooms", "population", "households", "latitude", '
    '"longitude", "ocean_proximity"], "data": [[8.3252, 41.0, 880, 129, 322, 126, '
    '37.88, -122.23, "NEAR BAY"]]}}'
)
TRICKY = TableProfile(
    target="price",
    columns=(
        ColumnProfile(name="it's a $(size)", kind="double", required=True),
        ColumnProfile(name='the "town", no', kind="string", required=True),
        ColumnProfile(name="straße", kind="string", required=False),
        ColumnProfile(name="new", kind="boolean", required=True),
        ColumnProfile(name="sold", kind="datetime", required=False),
    ),
    examples=(
        (1e-7, 'it\'s `here`, "there"', None, True, None),
        (2.5, "München\\n", "!x", False, "2024-01-31T12:00:00"),
    ),
)


@pytest.fixture
def serve():
    """Start a server that answers the number of rows; return its address."""
    servers = []

    def start(profile):
        reader = compile_reader(profile, Rules(), ["return"] * bool(profile.classes))

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                try:
                    batch = reader.read(body, self.headers["content-type"])
                    status, answer = 200, {"predictions": [float(len(batch.rows))]}
                except RequestRefused as refused:
                    status, answer = refused.status, {"message": refused.message}
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join(10)


def calls(text):
    """The parts of the printed text by what their first line says."""
    parts = [part.split("\n", 1) for part in text.strip().split("\n\n# ")]
    return {title.lstrip("# "): code for title, code in parts}


@pytest.mark.parametrize("which", ["profile", "small_profile", "tricky"])
def test_the_calls_work(which, request, serve):
    """Copied into a shell or Python, quotes and dollars included."""
    profile = TRICKY if which == "tricky" else request.getfixturevalue(which)
    n_rows = min(3, len(list_example_rows(profile)))
    printed = calls(write_examples(profile, "houses", serve(profile)))
    curls = {
        "One row, columns in any order": 1,
        "Rows as records": n_rows,
        "CSV": n_rows,
    }
    for title, expected in curls.items():
        done = subprocess.run(
            ["sh", "-c", f"{printed[title]} --silent --noproxy '*'"],
            capture_output=True,
            check=True,
        )
        assert json.loads(done.stdout) == {"predictions": [expected]}, title
    said = StringIO()
    with redirect_stdout(said):
        exec(printed["Python"], {})
    assert said.getvalue() == f"[{float(n_rows)}]\n"
    with redirect_stdout(said):
        exec(printed["Python with MLflow's client"], {})
    assert f"{n_rows}.0" in said.getvalue().splitlines()[-1]


def test_the_guides_row_comes_first_for_its_table(profile):
    """The README, the guide and the server show the same row."""
    printed = calls(write_examples(profile, "houses", "http://127.0.0.1:5001"))
    words = shlex.split(printed["One row, columns in any order"].replace("\\\n", ""))
    assert words[:2] == ["curl", "http://127.0.0.1:5001/invocations"]
    assert words[-1] == GUIDE


def test_another_table_shows_its_own_rows(small_profile):
    """A guide's row says nothing to the owner of another table."""
    (row,) = list_example_rows(small_profile)
    assert list(row.values()) == list(small_profile.examples[0])


def test_every_layout_holds_the_same_rows_whatever_the_order_of_columns(profile):
    """The guide's order is not the table's; a row in the other one answers nonsense."""
    turned = replace(
        profile,
        columns=profile.columns[::-1],
        examples=tuple(row[::-1] for row in profile.examples),
    )
    rows = list_example_rows(turned)
    assert len(rows) == 3
    reader = compile_reader(turned, Rules())
    wanted = [tuple(row[column.name] for column in turned.columns) for row in rows]
    for layout in (to_split, to_records, to_instances, to_inputs):
        body = json.dumps(layout(rows)).encode()
        assert list(reader.read(body, "application/json").rows) == wanted, layout
    read = reader.read(to_csv(rows).encode(), "text/csv").rows
    assert list(map(tuple, read)) == wanted


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (("no", "yes"), "predicts kind, no or yes."),
        ((False, True), "predicts kind, false or true."),
        (tuple(range(12)), "kind, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 or one of 2 more."),
    ],
    ids=["texts", "truths", "many"],
)
def test_of_classes_a_call_asks_for_probabilities(as_classes, serve, labels, said):
    """They are what most people want next, and nobody guesses how to ask."""
    profile = as_classes(labels)
    printed = write_examples(profile, "kinds", serve(profile))
    assert said in printed
    call = calls(printed)["The same row, with the probability of each class"]
    done = subprocess.run(
        ["sh", "-c", f"{call} --silent --noproxy '*'"], capture_output=True, check=True
    )
    assert json.loads(done.stdout) == {"predictions": [1]}
    assert '"params": {"return": "probabilities"}' in call


def test_of_a_number_no_call_asks_for_probabilities(profile):
    """It would be refused."""
    assert "probabilit" not in write_examples(profile, "houses", "http://127.0.0.1:1")


def test_mlflows_client_is_shown_only_where_it_can_call(profile):
    """It speaks no TLS."""
    for scheme, can in (("http", True), ("https", False)):
        text = write_examples(profile, "houses", f"{scheme}://127.0.0.1:5001")
        assert ("ScoringServerClient" in text) == can


def test_a_model_without_rows_shows_a_typical_one(profile):
    """Older versions carry neither rows nor ranges; a first call must work still."""
    kinds = ("double", "string", "boolean", "datetime")
    columns = tuple(ColumnProfile(name=k, kind=k, required=True) for k in kinds)
    bare = TableProfile(target="y", columns=columns)
    known = replace(
        bare,
        columns=(
            replace(columns[0], quantiles=tuple(map(float, range(11))), whole=True),
            replace(columns[1], categories={"b": 0.6, "a": 0.4}),
            replace(columns[2], categories={"true": 0.9, "false": 0.1}),
            replace(columns[3], quantiles=(86_400.0,) * 11),
        ),
    )
    assert list_example_rows(known) == [
        {"double": 5, "string": "b", "boolean": True, "datetime": "1970-01-02T00:00:00"}
    ]
    reader = compile_reader(bare, Rules())
    body = json.dumps({"instances": list_example_rows(bare)}).encode()
    assert len(reader.read(body, "application/json").rows) == 1
