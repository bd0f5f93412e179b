"""The same bodies to MLflow's own scoring server and to ours, for models of classes."""

import asyncio
import io
import json
from dataclasses import replace
from pathlib import Path

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
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from sweepkit.models.agreement import build_checked
from sweepkit.models.classify import LabelClassifier
from sweepkit.serving.app import build_app
from sweepkit.serving.champion import Champion, Slot
from sweepkit.serving.settings import ServerSettings

DOCUMENT = Path(__file__).parents[2] / "docs" / "serving-differences.md"
JSON = {"Content-Type": "application/json"}
TABLE = pd.DataFrame(
    {
        "size": [1.5, 3.0, 4.5, 7.0, 2.0, 9.0],
        "age": [2.0, np.nan, 5.0, 1.0, 3.0, 8.0],
        "town": ["a", "b", "a", "b", "b", "a"],
    }
)
ROWS = [[1.5, 2, "a"], [3.0, None, "b"], [9.0, 8, "a"], [4.4, 0.5, "b"]]
RECORDS = [dict(zip(TABLE, row, strict=True)) for row in ROWS]
SPLIT = {"dataframe_split": {"columns": list(TABLE), "data": ROWS}}
# A threshold that turns some rows' answers, so that nobody may forget it.
MODELS = {
    "two texts": (("no", "yes"), 0.2),
    "three texts": (("fir", "oak", "Ölbaum"), None),
    "numbers": ((-1, 3, 10), None),
    "truths": ((False, True), 0.2),
}
BODIES = {
    "dataframe_split": json.dumps(SPLIT).encode(),
    "dataframe_records": json.dumps({"dataframe_records": RECORDS}).encode(),
    "instances": json.dumps({"instances": RECORDS}).encode(),
    "inputs": json.dumps({"inputs": RECORDS}).encode(),
    "one row": json.dumps({"inputs": RECORDS[0]}).encode(),
    "params of null": json.dumps({**SPLIT, "params": None}).encode(),
    "labels asked for": json.dumps({**SPLIT, "params": {"return": "labels"}}).encode(),
    "MLflow's client": dump_input_data(TABLE).encode(),
}


class Servers:
    """MLflow's app and ours, with one fitted pipeline behind both."""

    def __init__(self, pipeline, profile, folder):
        columns = [
            ColSpec(c.kind, c.name, required=c.required) for c in profile.columns
        ]
        mlflow.sklearn.save_model(
            pipeline,
            str(folder),
            signature=ModelSignature(Schema(columns)),
            serialization_format="cloudpickle",
            pip_requirements=["scikit-learn"],
        )
        self.mlflow = scoring_server.init(mlflow.pyfunc.load_model(str(folder)))
        predictor = build_checked(pipeline, profile).predictor
        champion = Champion(
            name="kinds", version="7", profile=profile, predict=predictor.predict
        )
        chosen = ServerSettings(allowed_hosts=("*",), access_log="off")
        self.ours = build_app(Slot(champion), chosen, version_text="3.17.2")

    def ask(self, app, body, headers):
        async def post():
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://testserver"
            ) as client:
                return await client.post("/invocations", content=body, headers=headers)

        answer = asyncio.run(post())
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module", params=MODELS)
def servers(request, small_profile, tmp_path_factory):
    labels, threshold = MODELS[request.param]
    codes = np.arange(len(TABLE)) % len(labels)
    columns = make_column_transformer(
        (SimpleImputer(), ["size", "age"]),
        (OneHotEncoder(handle_unknown="ignore"), ["town"]),
    )
    # Not grown out, so that its probabilities are not only 0 and 1.
    last = LabelClassifier(
        DecisionTreeClassifier(max_depth=1, random_state=0), labels, threshold=threshold
    )
    pipeline = make_pipeline(columns, last).fit(TABLE, codes)
    profile = replace(
        small_profile,
        columns=small_profile.columns[:3],
        examples=(),
        target="kind",
        task="binary" if len(labels) == 2 else "multiclass",
        classes=labels,
        class_shares=(1 / len(labels),) * len(labels),
        threshold=threshold,
    )
    with pytest.MonkeyPatch.context() as patch:
        # MLflow sets it for good.
        patch.setenv("_MLFLOW_IS_IN_SERVING_ENVIRONMENT", "true")
        servers = Servers(pipeline, profile, tmp_path_factory.mktemp("model") / "m")
        servers.pipeline, servers.labels = pipeline, labels
        yield servers


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_same_body_gets_the_same_labels(servers, body):
    """Of the same type, too: JSON knows 1 from "1" and from true."""
    ours = servers.ask(servers.ours, body, JSON)
    theirs = servers.ask(servers.mlflow, body, JSON)
    assert json.dumps(ours) == json.dumps(theirs)
    assert {type(label) for label in ours["predictions"]} == {type(servers.labels[0])}


@pytest.mark.parametrize("kind", ["text/csv", "application/vnd.apache.parquet"])
def test_the_same_table_gets_the_same_labels(servers, kind):
    """As pandas writes it."""
    buffer = io.BytesIO()
    if kind == "text/csv":
        TABLE.to_csv(buffer, index=False)
    else:
        TABLE.to_parquet(buffer)
    headers = {"Content-Type": kind}
    ours = servers.ask(servers.ours, buffer.getvalue(), headers)
    assert ours == servers.ask(servers.mlflow, buffer.getvalue(), headers)


def test_probabilities_are_those_of_the_pipeline(servers):
    """To the last bit, which MLflow's server has no way to ask for."""
    body = json.dumps({**SPLIT, "params": {"return": "probabilities"}}).encode()
    ours = servers.ask(servers.ours, body, JSON)["predictions"]
    frame = pd.DataFrame(ROWS, columns=list(TABLE)).astype({"age": "float64"})
    wanted = servers.pipeline.predict_proba(frame).tolist()
    assert [list(row.values()) for row in ours] == wanted
    theirs = servers.ask(servers.mlflow, body, JSON)["predictions"]
    assert theirs == servers.pipeline.predict(frame).tolist()
    assert "`params.return`" in DOCUMENT.read_text()
