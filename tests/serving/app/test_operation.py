"""What keeps the server standing: hosts, tokens, origins, slow and large bodies."""

import asyncio
import json

import pytest

TOKEN = "a-token-of-at-least-32-characters!"
CLOSED = ["/version", "/model", "/usage", "/metrics", "/openapi.json", "/nothing"]


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:5001", "[::1]:80", "LOCALHOST"]
)
def test_names_of_this_machine_are_served(client, host):
    """With any port: the server may stand behind another one."""
    assert client.get("/ping", host=host).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "[", ":"]
)
@pytest.mark.parametrize("path", ["/ping", "/invocations", "/"])
def test_other_hosts_are_not(client, host, path):
    """A page of theirs whose name was pointed here reads answers otherwise."""
    reply = client.get(path, host=host)
    assert (reply.status, reply.json["error_code"]) == (421, "MISDIRECTED_REQUEST")


def test_a_configured_host_is_served(make_client):
    """Behind a reverse proxy the server goes by its public name."""
    client = make_client(allowed_hosts=("Prices.example",))
    assert client.get("/ping", host="prices.example:443").status == 200
    assert client.get("/ping", host="localhost").status == 421


@pytest.mark.parametrize("path", CLOSED)
def test_without_the_token_nothing_is_told(make_client, path):
    """Whoever reaches the port is not therefore allowed to ask."""
    reply = make_client(token=TOKEN).get(path)
    assert (reply.status, reply.json["error_code"]) == (401, "UNAUTHENTICATED")
    assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/ping", "/health", "/ready", "/", "/page/style.css"])
def test_probes_and_the_page_need_no_token(make_client, path):
    """Probes have none; the page asks the person for it."""
    assert make_client(token=TOKEN).get(path).status == 200


@pytest.mark.parametrize(
    "given",
    [TOKEN, "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \xff"],
    ids=["no scheme", "scheme alone", "empty", "longer", "other scheme", "not ASCII"],
)
def test_a_wrong_token_is_refused(make_client, rows, given):
    """All of them with the same words."""
    client = make_client(token=TOKEN)
    reply = client.post("/invocations", rows(1), authorization=given)
    assert reply.status == 401 and TOKEN.encode() not in reply.body


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_token_opens_everything(make_client, rows, scheme):
    """The scheme's case does not matter, says RFC 9110."""
    client = make_client(token=TOKEN)
    answered = client.post("/invocations", rows(1), authorization=f"{scheme} {TOKEN}")
    assert answered.status == 200


@pytest.mark.parametrize("path", ["/reload", "/invocations"])
def test_pages_of_other_origins_may_not_post(client, rows, path):
    """A visitor's browser would send it for them."""
    reply = client.post(path, rows(1), origin="https://evil.example")
    assert (reply.status, reply.json["error_code"]) == (403, "PERMISSION_DENIED")
    assert client.checks == []
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_the_page_of_this_server_may(client, rows):
    """Browsers send the header Origin with every POST."""
    reply = client.post("/invocations", rows(1), origin="http://localhost:5001")
    assert reply.status == 200


def test_a_configured_origin_may_read_answers_and_errors(make_client, rows):
    """A browser hides an error without these headers from the page's author."""
    client = make_client(cors_origins=("https://app.example",))
    good = client.post("/invocations", rows(1), origin="https://app.example")
    bad = client.post("/invocations", {}, origin="https://app.example")
    for reply, status in ((good, 200), (bad, 400)):
        assert reply.status == status
        assert reply.headers["access-control-allow-origin"] == "https://app.example"
    other = client.get("/ping", origin="https://evil.example")
    assert "access-control-allow-origin" not in other.headers


def test_a_preflight_is_answered_for_configured_origins_only(make_client):
    """Browsers ask before they send JSON or a token."""
    client = make_client(cors_origins=("https://app.example",), token=TOKEN)

    def ask(origin):
        headers = {"origin": origin, "access-control-request-method": "POST"}
        return asyncio.run(client.ask("OPTIONS", "/invocations", headers=headers))

    assert ask("https://app.example").status == 204
    allowed = ask("https://app.example").headers["access-control-allow-headers"]
    assert "Authorization" in allowed
    assert ask("https://evil.example").status == 405


def pieces(*parts: bytes):
    """Return what gives a body in pieces and says how many were taken."""
    left = list(parts)

    async def receive():
        part = left.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    return receive, left


def test_a_body_in_pieces_is_put_together(client, rows):
    """Large ones always come so."""
    body = json.dumps(rows(1, 2)).encode()
    receive, _ = pieces(body[:10], b"", body[10:30], body[30:])
    reply = asyncio.run(client.ask("POST", "/invocations", receive=receive))
    assert reply.json == {"predictions": [2.0, 4.0]}


def test_a_body_that_says_it_is_too_large_is_not_kept(make_client):
    """413, and the connection closes: the rest of the body means nothing."""
    client = make_client(max_bytes=100)
    receive, left = pieces(b"x" * 60, b"x" * 60)
    headers = {"content-type": "application/json", "content-length": "120"}
    reply = asyncio.run(client.ask("POST", "/invocations", b"", headers, receive))
    assert (reply.status, reply.headers["connection"]) == (413, "close")
    assert left == [], "the client is done writing, so it reads the answer"


@pytest.mark.parametrize(
    "headers",
    [
        {"content-length": "999999999"},
        {"content-length": "120", "expect": "100-continue"},
    ],
    ids=["far too large", "asked first"],
)
def test_a_body_not_worth_reading_is_not_read(make_client, headers):
    """Sixty-four clients with a gigabyte each would keep the server busy."""
    client = make_client(max_bytes=100)
    receive, left = pieces(b"x" * 60, b"x" * 60)
    reply = asyncio.run(client.ask("POST", "/invocations", b"", headers, receive))
    assert reply.status == 413 and len(left) == 2


@pytest.mark.parametrize("n", [2, 1_000], ids=["a little", "without end"])
def test_a_body_that_grows_too_large_is_refused(make_client, n):
    """Chunked ones do not say how long they are."""
    client = make_client(max_bytes=100)
    receive, left = pieces(*[b"x" * 60] * n)
    reply = asyncio.run(client.ask("POST", "/invocations", receive=receive))
    assert reply.status == 413 and len(left) == (0 if n == 2 else n - 7)


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 30, "\xb2"])
def test_a_length_that_is_none_is_refused(client, length):
    """Servers that guess are how requests are smuggled."""
    headers = {"content-length": length}
    reply = asyncio.run(client.ask("POST", "/invocations", b"{}", headers))
    assert reply.status == 400


def test_a_body_that_stops_coming_is_given_up(make_client):
    """408 and a closed connection, or sixty-four such clients hold the server."""
    client = make_client(body_timeout_s=0.1)

    async def scenario():
        async def receive(first=[True]):  # noqa: B006
            if first.pop():
                first.append(False)
                return {"type": "http.request", "body": b"{", "more_body": True}
            return await asyncio.Event().wait()

        return await client.ask("POST", "/invocations", receive=receive)

    reply = asyncio.run(scenario())
    assert (reply.status, reply.headers["connection"]) == (408, "close")


@pytest.mark.parametrize("first", [True, False], ids=["at once", "halfway"])
def test_a_client_that_left_is_not_answered(client, first):
    """Nobody would read it, and it is no error of ours."""

    async def receive(messages=[]):  # noqa: B006
        messages.append(1)
        if len(messages) == 1 and not first:
            return {"type": "http.request", "body": b"{", "more_body": True}
        return {"type": "http.disconnect"}

    assert asyncio.run(client.ask("POST", "/invocations", receive=receive)) is None


def test_each_request_leaves_one_line_without_what_it_held(client, rows, capsys):
    """Enough to find a request by its id, nothing of its sender's data."""
    body = rows(4.5, town="hidden")
    reply = client.post("/invocations", body, authorization="Bearer s3cret")
    (line,) = capsys.readouterr().err.splitlines()
    assert reply.headers["x-request-id"] in line
    assert "POST /invocations 200" in line and "rows=1 version=7" in line
    assert "hidden" not in line and "s3cret" not in line


def test_the_log_can_be_off(make_client, rows, capsys):
    """Whoever has a proxy has its log already."""
    make_client(access_log="off").post("/invocations", rows(1))
    assert capsys.readouterr().err == ""


def test_metrics_tell_requests_rows_errors_model_and_drift(make_client, rows):
    """What a dashboard shows and an alarm watches."""
    client = make_client()
    client.post("/invocations", rows(*[1.0] * 300))
    client.post("/invocations", {})
    client.get("/nothing")
    client.slot.refuse("8", "bad")
    text = client.get("/metrics").body.decode()
    for line in (
        'sweepkit_requests_total{path="/invocations",status="200"} 1.0',
        'sweepkit_requests_total{path="/invocations",status="400"} 1.0',
        'sweepkit_requests_total{path="unknown",status="404"} 1.0',
        'sweepkit_errors_total{kind="BAD_REQUEST"} 1.0',
        "sweepkit_rows_total 300.0",
        "sweepkit_request_seconds_count 2.0",
        'sweepkit_model_info{name="prices",version="7"} 1.0',
        'sweepkit_reloads_total{result="loaded"} 1.0',
        'sweepkit_reloads_total{result="refused"} 1.0',
        "sweepkit_queue 0.0",
        'sweepkit_drift_psi{column="town"}',
    ):
        assert line in text, line
