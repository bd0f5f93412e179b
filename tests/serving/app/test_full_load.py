"""What is answered while the model is busy and the queue is full."""

import asyncio
import json
import threading

import numpy as np
import pytest

PATIENCE_S = 30.0


class Blocked:
    """A model whose large batches wait until a test lets them go."""

    def __init__(self):
        self.began, self.go_on = threading.Event(), threading.Event()

    def __call__(self, rows):
        if len(rows) > 1 and rows[0][0] == 1.0:
            self.began.set()
            assert self.go_on.wait(PATIENCE_S)
        return np.zeros(len(rows))


@pytest.fixture
def full(make_client, rows):
    """Runs a check while a batch is blocked and the queue has room for nobody."""
    model = Blocked()
    client = make_client(predict=model, batch_rows=4, max_queue=3)
    body = json.dumps(rows(*[1.0] * 9)).encode()

    def run(check):
        async def during():
            asked = asyncio.create_task(client.ask("POST", "/invocations", body))
            began = asyncio.to_thread(model.began.wait, PATIENCE_S)
            assert await began
            try:
                await check(client)
            finally:
                model.go_on.set()
            return await asked

        answer = asyncio.run(during())
        assert answer.status == 200
        assert len(answer.json["predictions"]) == 9

    return run


@pytest.mark.parametrize("path", ["/health", "/ping", "/ready", "/metrics", "/usage"])
def test_probes_are_answered_while_a_batch_is_blocked(full, path):
    """A probe that waits for the model would get a busy server killed."""

    async def check(client):
        answer = await asyncio.wait_for(client.ask("GET", path), PATIENCE_S)
        assert answer.status == 200

    full(check)


def test_who_finds_the_queue_full_is_told_when_to_come_again(full, rows):
    """And at once: a queue without end answers nobody in time."""

    async def check(client):
        body = json.dumps(rows(2.0)).encode()
        answer = await asyncio.wait_for(
            client.ask("POST", "/invocations", body), PATIENCE_S
        )
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        assert answer.json["error_code"] == "TEMPORARILY_UNAVAILABLE"

    full(check)
