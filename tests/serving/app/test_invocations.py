"""The one path that matters: rows in, predictions out, whatever else happens."""

import asyncio
import gzip
import json
import logging
import threading
from dataclasses import replace

import numpy as np
import pytest

WAIT_S = 10


def test_rows_are_answered_with_predictions_and_the_version(client, rows):
    """The MLflow protocol, and who said so."""
    reply = client.post("/invocations", rows(1, 2.5))
    assert (reply.status, reply.json) == (200, {"predictions": [2.0, 5.0]})
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-model-name"] == "prices"
    assert reply.headers["x-model-version"] == "7"


def test_what_was_let_pass_is_said_and_counted(client, rows):
    """An answer built on an unknown category must not look like any other."""
    reply = client.post("/invocations", rows(1, town="Atlantis", colour="red"))
    assert reply.status == 200
    warnings = reply.headers["x-sweepkit-warnings"]
    assert "Atlantis" in warnings and "colour" in warnings
    text = client.get("/metrics").body.decode()
    assert "sweepkit_unknown_categories_total 1.0" in text
    assert "sweepkit_extra_columns_total 1.0" in text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("trace-1:2/3", True),
        ("a" * 128, True),
        ("a" * 129, False),
        ("with space", False),
        ("", False),
        ("line\nend", False),
    ],
)
def test_a_sane_request_id_is_kept(client, rows, given, kept):
    """It joins our log with the caller's; nonsense would forge lines in it."""
    answered = client.post("/invocations", rows(1), **{"x-request-id": given})
    assert (answered.headers["x-request-id"] == given) is kept
    assert answered.headers["x-request-id"]


def test_request_ids_of_ours_differ(client):
    """Two requests under one id cannot be told apart."""
    ids = {client.get("/ping").headers["x-request-id"] for _ in range(50)}
    assert len(ids) == 50


@pytest.mark.parametrize("n_rows", [1, 3, 2_000], ids=["one", "few", "in the thread"])
def test_packed_and_large_bodies_give_the_same(client, rows, n_rows):
    """Such bodies are read beside the event loop: another way, the same answer."""
    sizes = [float(i) for i in range(n_rows)]
    body = gzip.compress(json.dumps(rows(*sizes)).encode())
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    packed = asyncio.run(client.ask("POST", "/invocations", body, headers))
    plain = client.post("/invocations", rows(*sizes))
    assert packed.json == plain.json == {"predictions": [2 * size for size in sizes]}


def test_before_the_first_champion_callers_are_told_to_come_back(make_client, rows):
    """503 with Retry-After, which clients and proxies understand."""
    reply = make_client(empty=True).post("/invocations", rows(1))
    assert (reply.status, reply.headers["retry-after"]) == (503, "1")


def test_a_model_that_fails_on_one_request_fails_that_one_alone(
    make_client, rows, caplog
):
    """It was scored with others, who must not suffer; and never a 500."""

    def predict(table):
        if any(row[0] == 13 for row in table):
            raise ZeroDivisionError("cells of the caller")
        return np.array([row[0] for row in table])

    client = make_client(predict=predict)

    async def ask_all():
        bodies = [json.dumps(rows(size)).encode() for size in (1, 13, 2)]
        asks = [client.ask("POST", "/invocations", body) for body in bodies]
        return await asyncio.gather(*asks)

    with caplog.at_level(logging.ERROR):
        first, failed, last = asyncio.run(ask_all())
    assert (first.json, last.json) == ({"predictions": [1.0]}, {"predictions": [2.0]})
    assert (failed.status, failed.json["error_code"]) == (400, "BAD_REQUEST")
    assert b"cells of the caller" not in failed.body
    assert failed.headers["x-request-id"] in caplog.text


@pytest.mark.parametrize("n", [0, 2], ids=["too few", "too many"])
def test_a_wrong_number_of_predictions_is_never_answered(make_client, rows, n):
    """They would belong to other rows."""
    client = make_client(predict=lambda _: np.ones(n))
    assert client.post("/invocations", rows(5)).status == 400


def test_predictions_that_lie_apart_in_memory_are_answered(make_client, rows):
    """Every other number of an array is no array to a JSON encoder."""
    client = make_client(predict=lambda table: np.arange(2.0 * len(table))[::2])
    assert client.post("/invocations", rows(1, 1)).json == {"predictions": [0.0, 2.0]}


def test_a_request_is_read_and_scored_by_one_champion(make_client, champion, rows):
    """Columns of one and trees of the other give a wrong number without any error."""
    client = make_client()

    async def swap_while_the_body_comes():
        async def receive():
            other = replace(champion, version="8", predict=lambda t: np.zeros(len(t)))
            client.slot.put(other)
            body = json.dumps(rows(3)).encode()
            return {"type": "http.request", "body": body, "more_body": False}

        return await client.ask("POST", "/invocations", receive=receive)

    reply = asyncio.run(swap_while_the_body_comes())
    assert (reply.headers["x-model-version"], reply.json["predictions"]) == ("7", [6.0])
    after = client.post("/invocations", rows(3))
    assert (after.headers["x-model-version"], after.json["predictions"]) == ("8", [0.0])


def test_health_is_answered_while_a_prediction_runs(make_client, rows):
    """A busy server that seems dead is killed by its supervisor."""
    started, go_on = threading.Event(), threading.Event()

    def predict(table):
        started.set()
        assert go_on.wait(WAIT_S)
        return np.zeros(len(table))

    client = make_client(predict=predict, batch_rows=4)

    async def scenario():
        body = json.dumps(rows(*range(5))).encode()
        asked = asyncio.create_task(client.ask("POST", "/invocations", body))
        await asyncio.to_thread(started.wait, WAIT_S)
        health = await client.ask("GET", "/health")
        waits = not asked.done()
        go_on.set()
        return health, waits, await asked

    health, waited, answer = asyncio.run(scenario())
    assert health.status == 200 and waited and answer.status == 200


def test_a_full_queue_is_said_at_once(make_client, rows):
    """Waiting longer than the caller does helps nobody."""
    started, go_on = threading.Event(), threading.Event()

    def predict(table):
        started.set()
        assert go_on.wait(WAIT_S)
        return np.zeros(len(table))

    client = make_client(predict=predict, max_queue=2)

    async def scenario():
        body = json.dumps(rows(1)).encode()
        asks = [
            asyncio.create_task(client.ask("POST", "/invocations", body))
            for _ in range(2)
        ]
        await asyncio.to_thread(started.wait, WAIT_S)
        refused = await client.ask("POST", "/invocations", body)
        go_on.set()
        return refused, await asyncio.gather(*asks)

    refused, answers = asyncio.run(scenario())
    assert (refused.status, refused.headers["retry-after"]) == (503, "1")
    assert [answer.status for answer in answers] == [200, 200]
    assert client.post("/invocations", rows(1)).status == 200


def test_a_prediction_that_takes_too_long_is_given_up(make_client, rows):
    """A caller is told; a thread that hangs must not hang connections."""
    go_on = threading.Event()

    def predict(table):
        assert go_on.wait(WAIT_S)
        return np.zeros(len(table))

    client = make_client(predict=predict, predict_timeout_s=0.1)
    try:
        reply = client.post("/invocations", rows(1))
    finally:
        go_on.set()
    assert (reply.status, reply.json["error_code"]) == (504, "DEADLINE_EXCEEDED")


def test_intervals_come_where_the_model_carries_them(make_client, champion, rows):
    """`params: {"interval": 0.9}` asks for them."""
    client = make_client()
    spread = lambda table, share: np.array([[0.0, share] for _ in table])  # noqa: E731
    client.slot.put(replace(champion, intervals=spread))
    body = {**rows(1, 2), "params": {"interval": 0.9}}
    told = client.post("/invocations", body).json
    assert told == {"predictions": [2.0, 4.0], "intervals": [[0.0, 0.9], [0.0, 0.9]]}


def test_intervals_are_refused_where_there_are_none(client, rows):
    """Silence would be taken for certainty."""
    body = {**rows(1), "params": {"interval": 0.9}}
    assert client.post("/invocations", body).status == 400
