"""`python serve.py` from the first line it prints to the code it ends with."""

import os
import signal
import socket
import ssl
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

pytestmark = pytest.mark.slow


def test_the_champion_answers_and_says_who_it_is(serving):
    """The whole promise: registry, verified files, predictor, protocol."""
    assert serving.predict() == ("1", serving.shop.expected["1"])
    assert serving.ask("/ping")[::2] == (200, "\n")
    ready = serving.ready()
    assert (ready["ready"], ready["version"]) == (True, "1")


def test_what_is_printed_tells_where_what_and_how_to_stop(serving):
    """A person reads five lines; a reader of the log finds no address in it."""
    text = "".join(serving.lines)
    for word in ("prices version 1", "http://127.0.0.1:", "predicts by", "checked"):
        assert word in text
    assert "--examples" in text
    assert "Ctrl-C" in text
    assert len(serving.lines) == 5


def test_a_moved_alias_is_noticed_and_every_worker_changes(serving):
    """Nobody restarts anything to put a new champion into service."""
    serving.point_to("2")
    serving.wait_for_version("2")
    assert serving.predict()[1] == serving.shop.expected["2"]


def test_a_changed_version_is_refused_and_the_old_one_goes_on(serving):
    """Whoever can write to the registry's files cannot make the server load them."""
    serving.point_to("3")
    serving.wait_for(
        lambda: (serving.ready()["refused"] or {}).get("version") == "3", "refusal"
    )
    assert serving.predict()[0] == "1"
    assert 'sweepkit_reloads_total{result="refused"}' in serving.ask("/metrics")[2]
    assert serving.ready()["ready"]
    assert sum("Version 3 is refused" in line for line in serving.errors) == 1


def test_killed_workers_are_replaced_and_load_what_served(serving):
    """Whoever asks meanwhile waits for the new ones and is answered."""
    before = set(serving.workers())
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert serving.predict()[0] == "1"
    serving.wait_for(
        lambda: len(set(serving.workers()) - before) == 2, "two new workers"
    )


def test_a_registry_that_goes_away_stops_nothing(serving):
    """Predictions do not need it; /ready says what is missing."""
    store = serving.folder / "mlflow.db"
    store.rename(store.with_suffix(".away"))
    try:
        serving.wait_for(
            lambda: serving.ready()["registry"]["message"] != "", "a message"
        )
        assert serving.predict()[0] == "1"
    finally:
        store.with_suffix(".away").rename(store)
    serving.point_to("2")
    serving.wait_for_version("2")


def test_one_copy_is_kept_besides_the_one_that_serves(serving):
    """Copies must not fill the disk."""
    folder = next((serving.folder / "outputs" / "serving").iterdir())
    assert {p.name for p in folder.iterdir() if p.is_dir()} <= {"1", "2"}


def test_a_pinned_version_serves_over_tls_whatever_the_alias_says(
    make_server, certificate
):
    """And asked to look, by POST /reload or SIGHUP, it stays."""
    server = make_server()
    server.tls = ssl.create_default_context(cafile=str(certificate[0]))
    files = zip(("tls_certificate", "tls_key"), certificate, strict=True)
    server.start("serving.version=2", *(f"serving.{key}={file}" for key, file in files))
    assert server.lines[0].split()[-1].startswith("https://127.0.0.1:")
    assert server.predict() == ("2", server.shop.expected["2"])
    assert server.ask("/reload", {})[0] == 202
    server.process.send_signal(signal.SIGHUP)
    assert server.predict()[0] == "2"
    with server.open_socket() as plain:
        plain.sendall(b"GET /ping HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert b"200" not in plain.recv(100)
    assert server.end(signal.SIGINT) == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Files of a certificate for this machine that nobody else would trust."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sweepkit test")])
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem", folder / "key.pem"


def test_without_any_champion_it_says_what_to_do(make_server, tmp_path):
    """The first command of somebody who has not trained yet."""
    server = make_server()
    (server.folder / "mlflow.db").unlink()
    ended = server.run()
    assert ended.returncode == 2
    assert "python train.py" in ended.stderr
    assert not (server.folder / "mlflow.db").exists()


def test_a_port_in_use_ends_with_one_sentence(make_server):
    """And at once: nobody waits for MLflow to hear it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = make_server().run(f"serving.port={port}")
    assert ended.returncode == 2
    assert ended.stderr.startswith("AddressError: ")
    assert len(ended.stderr.strip().splitlines()) == 1


def test_an_open_address_needs_a_token_which_is_never_shown(make_server):
    """Neither refusal nor saved configuration may give it away."""
    server = make_server()
    ended = server.run("serving.host=0.0.0.0")
    assert (ended.returncode, "token" in ended.stderr) == (2, True)
    weak = "not-long-enough"
    ended = server.run("serving.host=0.0.0.0", SWEEPKIT_SERVING_TOKEN=weak)
    assert (ended.returncode, "32" in ended.stderr) == (2, True)
    assert weak not in ended.stderr + ended.stdout
    saved = [p for p in (server.folder / "outputs").rglob("*") if p.is_file()]
    assert saved
    assert all(weak not in path.read_text() for path in saved)


@pytest.mark.parametrize(
    ("word", "key"),
    [("serving.prot=80", "prot"), ("serving.workers=0", "serving.workers")],
    ids=["unknown key", "value"],
)
def test_a_wrong_setting_ends_with_its_key(make_server, word, key):
    """Typos are the most common fault of all."""
    ended = make_server().run(word)
    assert (ended.returncode, key in ended.stderr) == (2, True), ended.stderr
    assert "Traceback" not in ended.stderr


def test_help_loads_nothing_heavy(make_server):
    """Whoever asks for help waits for an answer, not for MLflow."""
    server = make_server()
    command = server.command("--help")
    code = (
        "import runpy, sys; sys.argv = sys.argv[1:]\n"
        "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(sorted({'mlflow', 'pandas', 'sklearn', 'uvicorn', 'optuna'} "
        "& set(sys.modules)), file=sys.stderr)"
    )
    server.command = lambda: [sys.executable, "-c", code, *command[1:]]
    ended = server.run()
    assert "python serve.py" in ended.stdout
    assert ended.stderr.strip() == "[]"


def test_examples_are_printed_for_the_models_own_columns(make_server):
    """What is printed can be pasted."""
    ended = make_server().run("--examples", "serving.port=5001")
    assert ended.returncode == 0, ended.stderr
    for word in ('"a"', '"b"', "/invocations", "curl", "127.0.0.1:5001"):
        assert word in ended.stdout
