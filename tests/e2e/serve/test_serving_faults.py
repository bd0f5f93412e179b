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


@pytest.mark.parametrize(
    "turns",
    [6, pytest.param(100, marks=pytest.mark.exhaustive)],
    ids=["six reloads", "hundred reloads"],
)
def test_reloads_under_load_lose_no_request(serving, turns):
    """Each answer is whole and of one version, never one's columns in another."""
    with load(serving) as asked:
        for turn in range(turns):
            version = "21"[turn % 2]
            serving.point_to(version)
            serving.wait_for_version(version)
    assert not asked.faults, asked.server.told()
    assert {version for _, version, _ in asked.answers} == {"1", "2"}
    for status, version, text in asked.answers:
        assert status == 200
        assert json.loads(text)["predictions"] == serving.shop.expected[version]


def test_slow_clients_and_load_keep_nobody_waiting(serving):
    """Probes that fail under load would make a supervisor kill what works."""
    slow = [serving.open_socket() for _ in range(64)]
    for client in slow:
        client.sendall(HEAD[:30])
    with load(serving, clients=8) as asked:
        serving.wait_for(lambda: len(asked.answers) > 50, "load")
        for path in ("/health", "/ping", "/ready"):
            assert serving.ask(path)[0] == 200
        assert serving.predict()[0] == "1"
    assert not asked.faults, asked.server.told()
    assert {status for status, _, _ in asked.answers} == {200}
    for client in slow:
        client.close()


def test_a_look_can_be_asked_for(quiet):
    """A promotion should not have to wait for the next turn: webhook or signal."""
    quiet.point_to("2")
    assert quiet.ask("/reload", {})[0] == 202
    quiet.wait_for_version("2")
    quiet.point_to("1")
    quiet.process.send_signal(signal.SIGHUP)
    quiet.wait_for_version("1")


def test_all_that_began_before_the_end_is_answered(quiet):
    """Under load, and with a body that is still on its way."""
    with load(quiet) as asked, quiet.open_socket() as client:
        client.sendall(HEAD + BODY[:9].encode())
        quiet.wait_for(lambda: len(asked.answers) > 50, "load")
        quiet.process.send_signal(signal.SIGTERM)
        quiet.wait_for(quiet.is_closed, "the end has begun")
        client.sendall(BODY[9:].encode())
        assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")
        assert quiet.process.wait(60) == 0
    assert not asked.faults, asked.server.told()
    assert {status for status, _, _ in asked.answers} == {200}


def test_without_the_registry_the_last_champion_serves_again(single):
    """A restart in the night must not depend on another server; the reverse does."""
    if not hasattr(single, "process"):
        single.start_quietly()
    if single.lives:
        assert single.end() == 0
    single.start_quietly("tracking.uri=http://127.0.0.1:9")
    version, predictions = single.predict()
    assert predictions == single.shop.expected[version]
    assert not single.ready()["registry"]["reachable"]
    assert f"local copy of version {version}" in "".join(single.errors)


def test_a_second_signal_waits_for_nobody(quiet):
    """Whoever presses Ctrl-C twice means it, whatever is on its way."""
    with quiet.open_socket() as client:
        client.sendall(HEAD)
        assert quiet.ask("/health")[0] == 200
        quiet.process.send_signal(signal.SIGTERM)
        quiet.wait_for(quiet.is_closed, "the end has begun")
        assert quiet.end() == 128 + signal.SIGTERM


def test_without_registry_and_copy_it_ends_with_code_4(make_server):
    """There is nothing to answer with, and whoever started it must see that."""
    ended = make_server().run("tracking.uri=http://127.0.0.1:9")
    assert ended.returncode == 4
    assert "cannot be reached" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_workers_end_with_a_parent_that_was_killed(serving):
    """Orphans would hold the port and answer with a model that nobody watches."""
    workers = serving.workers()
    assert len(workers) == 2
    serving.process.kill()
    serving.process.wait(60)
    serving.wait_for(lambda: not any(map(_lives, workers)), "the workers' end")
    host, _, port = serving.address.partition(":")
    socket.create_server((host, int(port))).close()


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"  # ended, though nobody has asked how
