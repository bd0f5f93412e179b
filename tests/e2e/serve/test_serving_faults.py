"""Reloads and ends under load, killed parents, slow clients: no request is lost."""

import http.client
import json
import os
import signal
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROWS = {"dataframe_split": {"columns": ["a", "b"], "data": [[0.5, 1.0], [-1.0, 2.0]]}}
BODY = json.dumps(ROWS)
HEADERS = {"content-type": "application/json"}
HEAD = (
    b"POST /invocations HTTP/1.1\r\nhost: localhost\r\n"
    b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(BODY)
)


@dataclass
class Load:
    """Clients that ask again and again on connections they keep."""

    server: object
    answers: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def ask(self):
        connection = self.server.connect()
        while not self.stop.is_set():
            try:
                connection.request("POST", "/invocations", BODY, HEADERS)
                answer = connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.faults.append(repr(error))
                return
            version = answer.getheader("x-model-version")
            self.answers.append((answer.status, version, text))
            if answer.getheader("connection") == "close":
                return


@contextmanager
def load(server, clients=4):
    """Ask during a block, and wait for the last answer after it."""
    load = Load(server)
    threads = [threading.Thread(target=load.ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.stop.set()
        for thread in threads:
            thread.join(60)


def test_reloads_slow_clients_and_the_end_lose_no_request(make_server):
    """One server through a bad day: each answer is whole and of one version."""
    server = make_server().start("serving.reload_every_s=0.1")
    with load(server) as asked:
        for turn in range(6):
            version = "21"[turn % 2]
            server.point_to(version)
            server.wait_for_version(version)
    assert not asked.faults
    assert {version for _, version, _ in asked.answers} == {"1", "2"}
    for status, version, text in asked.answers:
        assert status == 200
        assert json.loads(text)["predictions"] == server.shop.expected[version]

    host, _, port = server.address.partition(":")
    slow = [socket.create_connection((host, int(port))) for _ in range(64)]
    for client in slow:
        client.sendall(HEAD[:30])
    assert server.ask("/health")[0] == 200
    assert server.predict()[0] == "1"
    for client in slow:
        client.close()

    with load(server) as asked:
        server.wait_for(lambda: len(asked.answers) > 50, "load")
        assert server.end() == 0
    assert not asked.faults
    assert {status for status, _, _ in asked.answers} == {200}


def test_a_request_that_began_before_the_end_is_answered(make_server):
    """And a second signal is for those who do not want to wait for it."""
    server = make_server().start("serving.body_timeout_s=60")
    host, _, port = server.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall(HEAD + BODY[:9].encode())
        assert server.ask("/health")[0] == 200
        server.process.send_signal(signal.SIGTERM)
        server.wait_for(lambda: _is_closed(host, int(port)), "the end has begun")
        client.sendall(BODY[9:].encode())
        assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")
    assert server.process.wait(60) == 0

    server.start("serving.body_timeout_s=60")
    host, _, port = server.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall(HEAD)
        assert server.ask("/health")[0] == 200
        server.process.send_signal(signal.SIGTERM)
        server.wait_for(lambda: _is_closed(host, int(port)), "the end has begun")
        assert server.end() == 128 + signal.SIGTERM


def test_workers_end_with_a_parent_that_was_killed(make_server):
    """Orphans would hold the port and answer with a model that nobody watches."""
    server = make_server().start("serving.workers=2")
    workers = server.workers()
    assert len(workers) == 2
    server.process.kill()
    server.process.wait(60)
    server.wait_for(lambda: not any(map(_lives, workers)), "the workers' end")
    host, _, port = server.address.partition(":")
    socket.create_server((host, int(port))).close()


def _is_closed(host, port):
    try:
        socket.create_connection((host, port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"  # ended, though nobody has asked how
