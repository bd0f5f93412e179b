"""Every path answers what its readers lean on: probes, scrapers, the page, people."""

import asyncio
import logging
import subprocess
import sys

import pytest

READ = [
    *("/ping", "/health", "/version", "/ready", "/model", "/usage"),
    *("/metrics", "/openapi.json", "/"),
]


@pytest.mark.parametrize("path", ["/ping", "/health"])
def test_health_is_answered_as_mlflow_does(client, path):
    """Probes written for `mlflow models serve` must go on working."""
    reply = client.get(path)
    assert (reply.status, reply.body) == (200, b"\n")
    assert reply.headers["content-type"] == "application/json"


def test_health_needs_no_model(make_client):
    """A server that waits for its first champion must not be restarted for it."""
    assert make_client(empty=True).get("/health").status == 200


def test_version_is_that_of_mlflow(client):
    """Clients decide by it what they may send."""
    assert client.get("/version").body == b"3.17.2"


@pytest.mark.parametrize("path", READ)
def test_head_has_the_headers_of_get_and_no_body(client, path):
    """Load balancers ask with HEAD."""
    head = asyncio.run(client.ask("HEAD", path))
    get = client.get(path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers.keys() == get.headers.keys()
    if path in ("/ping", "/version", "/model", "/"):
        assert head.headers["content-length"] == str(len(get.body))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_path_is_404_in_the_shape_of_all_errors(client, method):
    """A client reads one shape of error, whatever went wrong."""
    reply = asyncio.run(client.ask(method, "/nothing/../here"))
    assert reply.status == 404
    assert reply.json["error_code"] == "ENDPOINT_NOT_FOUND"
    assert {"error_code", "message", "details"} < set(reply.json)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/invocations", "POST"),
        ("PUT", "/invocations", "POST"),
        ("DELETE", "/ping", "GET, HEAD"),
        ("POST", "/metrics", "GET, HEAD"),
        ("POST", "/", "GET, HEAD"),
        ("GET", "/reload", "POST"),
        ("OPTIONS", "/invocations", "POST"),
        ("BREW", "/model", "GET, HEAD"),
    ],
)
def test_wrong_method_is_405_and_says_which_is_right(client, method, path, allowed):
    """RFC 9110 wants the header Allow with it."""
    reply = asyncio.run(client.ask(method, path))
    assert (reply.status, reply.headers["allow"]) == (405, allowed)
    assert reply.json["error_code"] == "METHOD_NOT_ALLOWED"


def test_ready_says_which_model_answers(client):
    """An operator sees in one look what is live."""
    told = client.get("/ready").json
    assert (told["ready"], told["version"], told["form"]) == (True, "7", "doubling")


def test_not_ready_before_the_first_champion(make_client):
    """A load balancer must send nobody to a server without a model."""
    client = make_client(empty=True)
    client.slot.hear_of_registry(reachable=False, message="no answer")
    reply = client.get("/ready")
    assert (reply.status, reply.json["ready"]) == (503, False)
    assert reply.json["registry"] == {"reachable": False, "message": "no answer"}


def test_ready_names_a_refused_version_without_paths(client):
    """The old champion goes on, but nobody may overlook that the new one did not."""
    client.slot.refuse(
        "8", "Changed: /srv/models/prices/8/model.skops is not that file."
    )
    told = client.get("/ready").json
    assert told["ready"] and told["version"] == "7"
    assert told["refused"]["version"] == "8"
    assert told["refused"]["reason"] == "Changed: .../model.skops is not that file."


def test_ready_tells_strangers_only_whether(make_client):
    """Probes carry no token; what the model is called is not theirs to know."""
    client = make_client(token="t" * 32)
    assert client.get("/ready").json == {"ready": True}
    assert client.get("/ready", authorization="Bearer " + "t" * 32).json["version"]


def test_model_is_all_that_is_known_of_it(client, small_profile):
    """The page builds its form from this."""
    told = client.get("/model").json
    assert (told["name"], told["version"], told["aliases"]) == (
        "prices",
        "7",
        ["champion"],
    )
    assert told["metrics"] == {"rmse": 1.5}
    assert told["facts"]["intervals"] is False
    columns = [column["name"] for column in told["profile"]["columns"]]
    assert columns == [column.name for column in small_profile.columns]


@pytest.mark.parametrize("path", ["/model", "/openapi.json"])
def test_what_needs_a_model_waits_for_it(make_client, path):
    """503 with Retry-After: clients come back by themselves."""
    reply = make_client(empty=True).get(path)
    assert (reply.status, reply.headers["retry-after"]) == (503, "1")


def test_usage_counts_predictions_alone(client, rows):
    """Health checks every second would hide what the model is used for."""
    client.get("/ping")
    client.post("/invocations", rows(1, 2))
    client.post("/invocations", {"nonsense": 1})
    told = client.get("/usage").json
    assert (told["requests"], told["rows"], told["errors"]) == (2, 2, 1)
    assert told["ready"] and told["queue"] == 0
    assert told["latency_ms"]["p50"] <= told["latency_ms"]["p99"]


def test_usage_notes_what_an_operator_should_see(make_client):
    """The page shows these sentences."""
    client = make_client(workers=2)
    client.slot.refuse("8", "It disagrees with its pipeline.")
    client.slot.hear_of_registry(reachable=False, message="No answer.")
    notes = " ".join(client.get("/usage").json["notes"])
    assert "one of 2 processes" in notes
    assert "Version 8 was refused" in notes and "No answer." in notes


def test_reload_asks_for_a_look_at_the_registry(client):
    """A webhook need not wait for the next look."""
    assert client.post("/reload").status == 202
    assert client.checks == ["asked"]


def test_reload_says_that_nobody_watches(make_client):
    """Answering 202 would promise what never comes."""
    assert make_client(watched=False).post("/reload").status == 409


def test_page_comes_with_strict_headers(client):
    """Scripts from elsewhere never run in it."""
    reply = client.get("/")
    assert reply.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in reply.headers["content-security-policy"]


def test_a_bug_becomes_500_without_details(client, monkeypatch, caplog):
    """A stack trace in an answer tells an attacker about the server."""

    def fail(slot, *, in_full):
        raise RuntimeError("secret path /srv/x")

    monkeypatch.setattr("sweepkit.serving.routes.tell_ready", fail)
    with caplog.at_level(logging.ERROR):
        reply = client.get("/ready")
    assert reply.status == 500 and b"secret" not in reply.body
    assert reply.headers["x-request-id"] in caplog.text and "secret" in caplog.text


def test_the_request_path_imports_nothing_heavy():
    """pandas, scikit-learn and MLflow cost a worker seconds and 200 MB."""
    code = (
        "import sys; import sweepkit.serving.app;"
        "print(*{'pandas', 'sklearn', 'mlflow', 'pyarrow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
