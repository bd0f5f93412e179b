import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec

import pytest

from sweepkit.errors import ConfigError, StoreError
from sweepkit.tracking import Store, open_store, start_run
from sweepkit.tracking.reaching import check_database, check_server, wait_for

MISSING = {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such experiment"}


@pytest.fixture
def serve():
    """A factory that runs a real server in a thread and returns host and port."""
    servers = []

    def start(kind, handler):
        server = kind(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def answer(serve):
    """A factory for a web server that answers every GET alike and refuses to write."""

    def start(status, body):
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def do_POST(self):
                self.send_error(400)

            def log_message(self, *_):
                pass

        return serve(ThreadingHTTPServer, Answer)

    return start


@pytest.fixture
def silent(serve):
    """The address of a server that accepts and never answers."""
    done = threading.Event()

    class Silent(socketserver.BaseRequestHandler):
        def handle(self):
            done.wait(60)

    yield serve(socketserver.ThreadingTCPServer, Silent)
    done.set()


@pytest.fixture
def unused():
    """An address where nobody listens."""
    with socketserver.TCPServer(("127.0.0.1", 0), None) as server:
        return f"127.0.0.1:{server.server_address[1]}"


def test_a_server_that_is_down_is_named_with_what_to_do(unused):
    """MLflow alone tries for four minutes and then shows the password."""
    with pytest.raises(StoreError) as refusal:
        open_store(Store(uri=f"http://u:hunter2@{unused}"))

    message = str(refusal.value)
    assert (
        f"tracking.uri=http://***@{unused} cannot be reached: nobody listens" in message
    )
    assert "mlflow server --backend-store-uri" in message
    assert "tracking=local" in message
    assert refusal.value.exit_code == 4
    assert "hunter2" not in message


def test_a_server_that_hangs_is_given_up(silent):
    """A connection that is accepted is no answer yet."""
    with pytest.raises(StoreError, match=r"does not answer within 0\.3 s"):
        check_server(f"http://{silent}", seconds=0.3)


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_wants_a_password_is_told_apart(answer, status):
    """Here nothing has to be started; a variable is missing."""
    address = answer(status, "You are not authenticated.")

    with pytest.raises(StoreError, match="Set MLFLOW_TRACKING_USERNAME"):
        check_server(f"http://{address}")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(500, "boom", id="broken"),
        pytest.param(200, "<html>a web page</html>", id="web page"),
        pytest.param(200, "[]", id="other json"),
        pytest.param(404, "not found", id="other server"),
    ],
)
def test_what_is_no_mlflow_server_is_refused(answer, status, body):
    """A wrong port often has somebody else behind it."""
    with pytest.raises(StoreError, match=f"answers {status}"):
        check_server(f"http://{answer(status, body)}")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(200, {"experiment": {"experiment_id": "0"}}, id="experiment"),
        pytest.param(404, MISSING, id="default experiment deleted"),
    ],
)
def test_an_mlflow_server_is_recognized(answer, status, body):
    """A server whose default experiment was deleted is well."""
    check_server(f"http://{answer(status, json.dumps(body))}")


def test_a_server_that_fails_later_is_a_store_error_too(answer):
    """A run must not end in a page of MLflow's code because the server went away."""
    experiment = {"experiment_id": "0", "lifecycle_stage": "active"}
    address = answer(200, json.dumps({"experiment": experiment}))

    with (
        pytest.raises(StoreError, match=rf"tracking\.uri=http://{address}"),
        start_run(Store(uri=f"http://{address}"), "run") as run,
    ):
        run.log_metrics({"a": 1.0})


def test_a_database_without_its_driver_names_the_package():
    """MLflow tries ten times and fails with an ImportError."""
    if find_spec("psycopg"):
        pytest.skip("the driver is installed here")
    with pytest.raises(StoreError, match="'psycopg'") as refusal:
        check_database("postgresql+psycopg://u:hunter2@127.0.0.1:1/db")

    assert "hunter2" not in str(refusal.value)


def test_an_unreadable_database_address_is_a_config_error():
    """Nothing needs to be started: the text is wrong."""
    with pytest.raises(ConfigError, match=r"tracking\.uri"):
        check_database("postgresql://u:hunter2@h:port/db")


def test_waiting_passes_on_answers_and_errors():
    """The detour through a thread must be invisible."""

    def fail():
        raise KeyError("k")

    assert wait_for(lambda: 42, "http://h", seconds=5) == 42
    with pytest.raises(KeyError):
        wait_for(fail, "http://h", seconds=5)
