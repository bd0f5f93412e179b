"""Plain requests go a shorter way and get the very answers of the long one."""

import asyncio
import json
import socket
import threading
from contextlib import contextmanager

import numpy as np
import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from sweepkit.serving.app import build_app
from sweepkit.serving.champion import Champion, Slot
from sweepkit.serving.drain import DrainingServer
from sweepkit.serving.settings import ServerSettings

WAIT_S = 10
NAMES = ["size", "age", "town", "street", "new", "sold"]
ROW = [1.5, 3.0, "a", "x", True, None]
TOKEN = "t" * 32


def body_of(*rows, **more):
    return json.dumps({"dataframe_split": {"columns": NAMES, "data": rows}, **more})


def request(body, *lines, path="/invocations", kind="application/json"):
    """A request as it goes over the wire."""
    body = body if isinstance(body, bytes) else body.encode()
    head = [f"POST {path} HTTP/1.1", "host: localhost", f"content-length: {len(body)}"]
    head += [f"content-type: {kind}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


SPLIT = body_of(ROW).encode()
PLAIN = request(SPLIT)
PING = b"GET /ping HTTP/1.1\r\nhost: localhost\r\n\r\n"


class Site:
    """A server in a thread; `rides` counts what went the short way."""

    def __init__(self, champion, *, is_short=True, **node):
        self.rides = 0
        chosen = ServerSettings(access_log="off", **node)
        self.app = build_app(Slot(champion), chosen, version_text="3")
        # Measured in a thread otherwise: the first requests would find it slow.
        self.app.state.find_service().measure_here()
        take = self._take if is_short else None
        self.server = DrainingServer(self.app, chosen, linger_s=0.0, take=take)
        listening = socket.create_server(("127.0.0.1", 0))
        self.address = listening.getsockname()
        self.loop = uvloop.new_event_loop()
        self.thread = threading.Thread(target=self._run, args=(listening,))

    def _run(self, listening):
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self.server._serve([listening]))

    def _take(self, *request):
        is_taken = self.app.express.take(*request)
        self.rides += is_taken
        return is_taken

    @contextmanager
    def client(self):
        with socket.create_connection(self.address, timeout=WAIT_S) as connection:
            yield connection

    def ask(self, sent):
        with self.client() as client:
            client.sendall(sent)
            return read_answer(client)


def unlucky(rows):
    if any(row[0] < 0 for row in rows):
        raise ValueError("negative")
    return np.array([2.0 * row[0] for row in rows])


@contextmanager
def running_sites(small_profile):
    """Makes sites that end with the block."""
    sites = []

    def make(predict=unlucky, profile=small_profile, **settings):
        champion = Champion(
            name="prices", version="7", profile=profile, predict=predict
        )
        site = Site(champion, **settings)
        site.thread.start()
        sites.append(site)
        return site

    yield make
    for site in sites:
        if site.thread.is_alive():
            site.loop.call_soon_threadsafe(site.server.drain)
    for site in sites:
        site.thread.join(WAIT_S)
        assert not site.thread.is_alive(), "the server did not end"


@pytest.fixture
def make_site(small_profile):
    """Makes sites that end with the test."""
    with running_sites(small_profile) as make:
        yield make


@pytest.fixture(scope="module")
def both_ways(small_profile):
    """Two sites, of which only the first knows the short way."""
    with running_sites(small_profile) as make:
        yield [make(is_short=is_short, max_bytes=4_096) for is_short in (True, False)]


def read_answer(connection, received=b""):
    """One answer: status line, headers and body."""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    while len(body) < int(headers["content-length"]):
        body += connection.recv(65_536)
    return first, headers, body


def told(answer):
    """What must not depend on the way: all but the time and the request's number."""
    first, headers, body = answer
    names, number = sorted(headers), headers.pop("x-request-id").encode()
    # The id is in some bodies, and grows a digit now and then.
    del headers["date"], headers["content-length"]
    return first, names, headers, body.replace(number, b"ID")


def unwritable(rows):
    return np.array([object() for _ in rows])


REQUESTS = {
    "one row": PLAIN,
    "three rows": request(body_of(ROW, ROW, ROW)),
    "records": request(
        json.dumps({"dataframe_records": [dict(zip(NAMES, ROW, strict=True))]})
    ),
    "own id": request(body_of(ROW), "x-request-id: mine-7"),
    "an id that is none": request(body_of(ROW), "x-request-id: a b"),
    "an unknown category": request(body_of([1.5, 3.0, "z", "x", True, None])),
    "other parameters": request(body_of(ROW, params={})),
    "a query": request(body_of(ROW), path="/invocations?a=b"),
    "CSV": request(b"size,town,new\n1.5,a,true\n", kind="text/csv"),
    "a charset": request(body_of(ROW), kind="application/json; charset=utf-8"),
    "not JSON": request(b"{"),
    "no body": request(b""),
    "a ragged row": request(body_of(ROW[:3])),
    "a text in a number": request(body_of(["x", *ROW[1:]])),
    "a key twice": request(b'{"dataframe_split": 1, "dataframe_split": 2}'),
    "a body too large": request(body_of(*[ROW] * 100)),
    "another host": PLAIN.replace(b"localhost", b"evil.example"),
    "another site's page": request(body_of(ROW), "origin: https://evil.example"),
    "its own page": request(body_of(ROW), "origin: http://localhost"),
    "gzip that is none": request(body_of(ROW), "content-encoding: gzip"),
    "the last of its connection": request(body_of(ROW), "connection: close"),
    "asking first": request(body_of(ROW), "connection: upgrade", "upgrade: h2c"),
    "rows that fail": request(body_of([-1.0, *ROW[1:]])),
}


@pytest.mark.parametrize("sent", REQUESTS.values(), ids=REQUESTS)
def test_both_ways_answer_the_same(both_ways, sent):
    """A client cannot know which way its request went."""
    short, long = (told(site.ask(sent)) for site in both_ways)
    assert short == long


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SPLIT) - 1), st.binary(max_size=3), st.integers(0, 4))
def test_spoilt_bodies_are_answered_the_same(both_ways, place, put, n_cut):
    """Also where nobody thought of what could be wrong with them."""
    spoilt = SPLIT[:place] + put + SPLIT[place + n_cut :]
    short, long = (told(site.ask(request(spoilt))) for site in both_ways)
    assert short == long
    assert short[0].split()[1] in ("200", "400")


@pytest.mark.parametrize("name", ["one row", "three rows", "records", "own id"])
def test_plain_requests_go_the_short_way(make_site, name):
    """Else it would be tested by nothing, and be of no use."""
    site = make_site()
    assert site.ask(REQUESTS[name])[0] == "HTTP/1.1 200 OK"
    assert site.rides == 1


def test_an_error_in_the_program_is_answered_without_its_details(make_site, caplog):
    """Nobody must wait for an answer that will not come."""
    site = make_site(unwritable)
    first, _, body = site.ask(PLAIN)
    assert (first[:12], site.rides) == ("HTTP/1.1 500", 1)
    assert json.loads(body)["error_code"] == "INTERNAL_ERROR"
    assert b"object" not in body
    assert "object" in caplog.text, "the log has them"
    assert site.ask(PLAIN)[0][:12] == "HTTP/1.1 500", "and it goes on"


def test_without_the_token_it_is_refused(make_site):
    """The short way has the same guard at its door."""
    site = make_site(token=TOKEN)
    assert site.ask(PLAIN)[0][:12] == "HTTP/1.1 401"
    carried = request(body_of(ROW), f"authorization: Bearer {TOKEN}")
    assert site.ask(carried)[0] == "HTTP/1.1 200 OK"
    assert site.rides == 1


def test_it_is_counted_like_any_other(make_site):
    """Dashboards must not miss the many for the few."""
    site = make_site()
    for _ in range(3):
        site.ask(PLAIN)
    metrics = site.ask(PING.replace(b"/ping", b"/metrics"))[2].decode()
    assert 'requests_total{path="/invocations",status="200"} 3.0' in metrics
    assert "sweepkit_rows_total 3.0" in metrics
    assert "sweepkit_request_seconds_count 3.0" in metrics
    assert "sweepkit_queue 0.0" in metrics
    usage = json.loads(site.ask(PING.replace(b"/ping", b"/usage"))[2])
    assert (usage["requests"], usage["rows"], usage["errors"]) == (3, 3, 0)
    assert usage["drift"]["rows"] == 3


def test_pipelined_requests_are_answered_in_their_order(make_site):
    """The second waits until the first is answered, whichever ways they go."""
    site = make_site()
    other = request(body_of([7.0, *ROW[1:]]))
    with site.client() as client:
        client.sendall(PLAIN + PING + other + PLAIN)
        received = b""
        while received.count(b"HTTP/1.1 200") < 4 or not received.endswith(b"}"):
            received += client.recv(65_536)
    parts = [part.partition(b"\r\n\r\n")[2] for part in received.split(b"HTTP/1.1 ")]
    three, seven = b'{"predictions":[3.0]}', b'{"predictions":[14.0]}'
    assert parts[1:] == [three, b"\n", seven, three]


@pytest.mark.parametrize("at", [1, 30, -1], ids=["head", "in the head", "body"])
def test_a_request_in_pieces_goes_the_long_way(make_site, at):
    """It is timed there while the rest is awaited."""
    site = make_site()
    with site.client() as client:
        client.sendall(PING)
        read_answer(client)
        client.sendall(PLAIN[:at])
        site.ask(PING)  # by now the first piece has been read
        client.sendall(PLAIN[at:])
        assert read_answer(client)[2] == b'{"predictions":[3.0]}'
    assert site.rides == (at != -1)


def test_a_body_that_never_comes_is_answered_408(make_site):
    """Held back is not forgotten."""
    site = make_site(body_timeout_s=0.1)
    assert site.ask(PLAIN[:-1])[0][:12] == "HTTP/1.1 408"
    assert site.app.state.batcher.waiting == 0


def test_nonsense_after_the_head_is_refused(make_site):
    """A request that turns out to be none must not be answered as one."""
    site = make_site()
    spoilt = PLAIN.replace(b"content-length", b"transfer-encoding: chunked\r\nx-length")
    assert site.ask(spoilt)[0][:12] == "HTTP/1.1 400"
    assert site.ask(PLAIN)[0] == "HTTP/1.1 200 OK"


def test_a_request_being_scored_is_answered_as_the_last_when_the_server_ends(make_site):
    """A restart must not cost anybody an answer."""
    here = []

    def predict(rows):
        if here:
            here[0].server.drain()
        return np.ones(len(rows))

    site = make_site(predict)
    here.append(site)
    first, headers, body = site.ask(PLAIN)
    assert (first, body) == ("HTTP/1.1 200 OK", b'{"predictions":[1.0]}')
    assert headers["connection"] == "close"
    assert site.rides == 1


def test_a_client_that_leaves_harms_nobody(make_site):
    """Its answer has nowhere to go; the next client's has."""
    entered, has_left = threading.Event(), threading.Event()

    def predict(rows):
        if rows[0][0] == 9.0:
            entered.set()
            assert has_left.wait(WAIT_S)
        return np.ones(len(rows))

    site = make_site(predict)
    with site.client() as client:
        client.sendall(request(body_of([9.0, *ROW[1:]])))
        assert entered.wait(WAIT_S)
    has_left.set()
    assert site.ask(PLAIN)[2] == b'{"predictions":[1.0]}'
    assert site.app.state.batcher.waiting == 0


def test_labels_are_the_same_both_ways(make_site, as_classes, spread_sizes):
    """Where a model picks classes, and where it gives what are no probabilities."""
    profile = as_classes(("no", "yes"))
    nonsense = ((spread_sizes, "200"), (lambda rows: np.ones((len(rows), 5)), "400"))
    for predict, status in nonsense:
        ways = [
            make_site(predict, profile, is_short=is_short) for is_short in (True, False)
        ]
        short, long = (told(site.ask(PLAIN)) for site in ways)
        assert short == long
        assert short[0].split()[1] == status
        assert ways[0].rides == 1
