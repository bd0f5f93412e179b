"""Clients that dawdle, flood or babble, and the end of a server that has clients."""

import asyncio
import json
import socket
import threading
from contextlib import contextmanager, suppress

import pytest
import uvloop

from sweepkit.serving.connection import MOST_HEAD_BYTES
from sweepkit.serving.drain import DrainingServer
from sweepkit.serving.settings import ServerSettings

WAIT_S = 10
GET = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"
POST = b"POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 6\r\n\r\n"


class Site:
    """A server in a thread whose app answers when the test lets it."""

    def __init__(self, linger_s=0.05, **settings):
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.has_request = threading.Event()
        self.saw_disconnect = threading.Event()
        listening = socket.create_server(("127.0.0.1", 0))
        self.address = listening.getsockname()
        self.server = DrainingServer(self.answer, ServerSettings(**settings), linger_s)
        self.loop = uvloop.new_event_loop()
        self.thread = threading.Thread(target=self._run, args=(listening,))

    def _run(self, listening):
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self.server._serve([listening]))

    async def answer(self, scope, receive, send):
        body, more = b"", True
        self.has_request.set()
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.saw_disconnect.set()
                return
            body, more = body + message["body"], message["more_body"]
        await asyncio.to_thread(self.may_answer.wait, WAIT_S)
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    @contextmanager
    def client(self):
        with socket.create_connection(self.address, timeout=WAIT_S) as connection:
            yield connection

    def drain(self):
        drained = threading.Event()
        self.loop.call_soon_threadsafe(self.server.drain)
        self.loop.call_soon_threadsafe(drained.set)
        assert drained.wait(WAIT_S)

    def end(self):
        self.drain()
        self.thread.join(WAIT_S)
        assert not self.thread.is_alive(), "the server did not end"


@contextmanager
def site(**settings):
    here = Site(**settings)
    here.thread.start()
    try:
        yield here
    finally:
        here.may_answer.set()
        here.end()


@pytest.fixture
def hasty():
    """A server that waits no longer than it must in a test."""
    with site(header_timeout_s=0.2, body_timeout_s=0.1) as here:
        yield here


def read_all(connection):
    """Everything until the server closes."""
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    return received


def read_answer(connection):
    """One answer with its body, the connection still open."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65_536)
    return head, body


@pytest.mark.parametrize(
    "beginning",
    [b"GET / HT", b"GET / HTTP/1.1\r\nhost: local", POST[:-2]],
    ids=["half a line", "half a header", "no last line"],
)
def test_a_head_that_never_ends_is_answered_408_and_closed(hasty, beginning):
    """A few slow clients could otherwise hold every connection there is."""
    with hasty.client() as client:
        client.sendall(beginning)
        received = read_all(client)
    assert received.startswith(b"HTTP/1.1 408 ")
    assert json.loads(received.partition(b"\r\n\r\n")[2])["error_code"]


def test_drops_of_a_head_do_not_win_time(hasty):
    """One byte now and then keeps other servers waiting for ever."""
    with hasty.client() as client:
        received = b""
        client.settimeout(0.02)
        for number in range(WAIT_S * 50):
            try:
                client.sendall(GET[number % 10 : number % 10 + 1])
                received += client.recv(65_536)
                break
            except TimeoutError:
                continue
            except OSError:
                break
    assert received.startswith((b"HTTP/1.1 408 ", b"HTTP/1.1 400 "))


@pytest.mark.parametrize("first", [b"", b"\r\n\r\n"], ids=["nothing", "blank lines"])
def test_a_client_that_says_nothing_is_closed(hasty, first):
    """An open connection costs memory and a file descriptor."""
    with hasty.client() as client:
        client.sendall(first)
        assert read_all(client) == b""


def test_blank_lines_after_an_answer_do_not_hold_the_connection(hasty):
    """They stop the timer of an idle connection, which must start anew."""
    with hasty.client() as client:
        client.sendall(GET)
        read_answer(client)
        client.sendall(b"\r\n")
        assert read_all(client) == b""


def test_a_second_slow_head_is_closed_too(hasty):
    """Each request of a connection gets its time, and no more."""
    with hasty.client() as client:
        client.sendall(GET)
        read_answer(client)
        client.sendall(GET[:10])
        assert read_all(client).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_never_comes_frees_whoever_waits_for_it(hasty):
    """The app must learn of it: it holds the request's place in the queue."""
    with hasty.client() as client:
        client.sendall(POST + b"abc")
        assert read_all(client).startswith(b"HTTP/1.1 408 ")
    assert hasty.saw_disconnect.wait(WAIT_S)


def test_a_request_in_pieces_is_answered(hasty):
    """Slow is not hostile: within its time a request may come as it likes."""
    with hasty.client() as client:
        for byte in POST + b"abcdef":
            client.sendall(bytes([byte]))
        head, body = read_answer(client)
    assert head.startswith(b"HTTP/1.1 200 ")
    assert body == b"abcdef"


def test_slow_clients_do_not_keep_others_waiting():
    """Sixty-four of them, and an answer for somebody else in between."""
    with site(header_timeout_s=WAIT_S) as here:
        slow = [socket.create_connection(here.address) for _ in range(64)]
        for client in slow:
            client.sendall(GET[:20])
        with here.client() as quick:
            quick.sendall(GET)
            assert read_answer(quick)[0].startswith(b"HTTP/1.1 200 ")
        for client in slow:
            client.close()


@pytest.mark.parametrize(
    "head",
    [
        GET[:-2] + b"x: " + b"y" * MOST_HEAD_BYTES + b"\r\n\r\n",
        GET[:-2] + b"x: y\r\n" * MOST_HEAD_BYTES,
        b"GET /" + b"x" * 2 * MOST_HEAD_BYTES,
    ],
    ids=["one long header", "headers without end", "a long path"],
)
def test_a_head_without_end_is_refused(head):
    """Its bytes are kept until it ends, so it has to end."""
    with site() as here, here.client() as client:
        with suppress(OSError):  # it may close while this is still being sent
            client.sendall(head)
        received = b""
        with suppress(ConnectionResetError):
            received = read_all(client)
        assert received.startswith(b"HTTP/1.1 431 ") or not received


def test_a_large_body_that_comes_with_its_head_is_no_large_head():
    """The limit is on the head alone."""
    body = b"x" * 3 * MOST_HEAD_BYTES
    head = POST.replace(b": 6", f": {len(body)}".encode())
    with site() as here, here.client() as client:
        client.sendall(head + body)
        assert read_answer(client)[1] == body


def test_what_is_not_http_gets_400_in_json():
    """Every refusal has one shape, also those from below the app."""
    with site() as here, here.client() as client:
        client.sendall(b"\x16\x03\x01 this is TLS, or nonsense\r\n\r\n")
        received = read_all(client)
    assert received.startswith(b"HTTP/1.1 400 ")
    assert json.loads(received.partition(b"\r\n\r\n")[2])["error_code"] == "BAD_REQUEST"


def test_a_request_in_flight_is_answered_before_the_server_ends():
    """A restart must not cost anybody an answer."""
    with site() as here, here.client() as client:
        here.may_answer.clear()
        client.sendall(POST + b"abcdef")
        assert here.has_request.wait(WAIT_S)
        here.drain()
        here.may_answer.set()
        head, body = read_answer(client)
        assert (body, b"connection: close" in head) == (b"abcdef", True)


def test_a_body_on_its_way_is_waited_for_at_the_end():
    """In flight is what has begun, not only what is being computed."""
    with site() as here, here.client() as client:
        client.sendall(POST + b"abc")
        assert here.has_request.wait(WAIT_S)
        here.drain()
        client.sendall(b"def")
        assert read_answer(client)[1] == b"abcdef"


def test_a_request_on_an_idle_connection_is_answered_while_the_server_ends():
    """Its client cannot know yet; it hears that this answer is the last."""
    with site(linger_s=0.5) as here, here.client() as client:
        client.sendall(GET)
        read_answer(client)
        here.drain()
        client.sendall(GET)
        assert b"connection: close" in read_answer(client)[0]
        assert read_all(client) == b""


def test_the_end_does_not_wait_longer_than_it_is_told():
    """A request that never ends must not keep a deployment from going on."""
    with site(drain_s=0.1) as here, here.client() as client:
        here.may_answer.clear()
        client.sendall(GET)
        assert here.has_request.wait(WAIT_S)
        here.drain()
        assert read_all(client) is not None
