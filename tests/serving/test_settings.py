"""The node `serving`: what it refuses, and what it derives from what it is told."""

import json
import socket

import pytest

from sweepkit.config.serve_schema import ServingConfig
from sweepkit.errors import AddressError, ConfigError
from sweepkit.serving.address import bind, check_exposure, url_of
from sweepkit.serving.settings import ServerSettings
from sweepkit.serving.tokens import with_token

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("port", 70_000),
        ("port", -1),
        ("workers", 0),
        ("workers", 1000),
        ("reload_every_s", 0),
        ("max_bytes", 0),
        ("max_queue", 0),
        ("header_timeout_s", float("nan")),
        ("unknown_category", "maybe"),
        ("access_log", "xml"),
        ("host", " "),
        ("alias", ""),
        ("tls_key", "key.pem"),
    ],
)
def test_a_value_no_server_can_have_is_refused_by_its_key(key, value):
    """The message is all a person has: it must lead to the line to change."""
    with pytest.raises(ConfigError, match=f"serving.{key}"):
        ServerSettings(**{key: value})


def test_settings_survive_the_way_to_a_worker():
    """A worker that ran under other limits than those set would be a trap."""
    settings = ServerSettings(token=TOKEN, cors_origins=("https://a.org",), version="7")
    again = ServerSettings.from_dict(json.loads(json.dumps(settings.to_dict())))
    assert again == settings


def test_configuration_and_settings_have_the_same_keys_and_defaults():
    """A key that only one of them knows could not be set, or would not count."""
    config = vars(ServingConfig())
    settings = ServerSettings().to_dict()
    of_the_place = {"folder"}
    assert config.keys() - {"examples"} == settings.keys()
    for key in settings.keys() - of_the_place:
        assert (
            tuple(config[key]) == settings[key]
            if isinstance(config[key], list)
            else config[key] == settings[key]
        )


def test_the_token_is_not_in_what_settings_look_like():
    """Settings end up in logs and tracebacks."""
    assert TOKEN not in repr(ServerSettings(token=TOKEN))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machines_own_addresses_need_no_token(host):
    """The first command must work without any preparation."""
    check_exposure(ServerSettings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_an_address_others_can_reach_needs_a_token(host):
    """Nobody opens a model to a network by accident."""
    with pytest.raises(AddressError, match="token_file"):
        check_exposure(ServerSettings(host=host))
    check_exposure(ServerSettings(host=host, token=TOKEN))


def test_the_tokens_file_counts_before_the_environment(tmp_path):
    """A file is typed for this server, a variable may be anybody's."""
    (tmp_path / "token").write_text(TOKEN + "\n")
    settings = ServerSettings(token="x" * 40, token_file=str(tmp_path / "token"))
    assert with_token(settings).token == TOKEN


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("short", "5 characters"),
        ("", "0 characters"),
        ("x" * 31, "31 characters"),
        ("x " * 20, "header"),
        ("ü" * 40, "ASCII"),
    ],
    ids=["short", "empty", "one too few", "spaces", "not ASCII"],
)
def test_a_weak_token_is_refused_and_not_shown(tmp_path, content, reason):
    """A token that can be guessed is none; one that is printed is one no more."""
    (tmp_path / "token").write_text(content, encoding="utf-8")
    settings = ServerSettings(token_file=str(tmp_path / "token"))
    with pytest.raises(AddressError, match=reason) as caught:
        with_token(settings)
    assert not content.strip() or content.strip() not in str(caught.value)


def test_a_token_file_that_is_not_there_is_named(tmp_path):
    """An unreadable file must not mean: no token wanted."""
    settings = ServerSettings(token_file=str(tmp_path / "missing"))
    with pytest.raises(AddressError, match="missing"):
        with_token(settings)


def test_hosts_default_to_this_machines_names_and_with_a_token_to_any():
    """A page of somebody else's must not reach a server that asks for no token."""
    assert "*" not in ServerSettings().hosts
    assert {"localhost", "127.0.0.1"} <= set(ServerSettings().hosts)
    assert ServerSettings(token=TOKEN).hosts == ("*",)
    assert ServerSettings(allowed_hosts=("A.org",)).hosts == ("a.org",)


def test_a_port_in_use_is_told_in_one_sentence():
    """The most common failure of all to start a server."""
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(AddressError, match=rf"serving.port={port + 1}"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "reason"),
    [("192.0.2.1", "no such address"), ("no.such.host.invalid", "not known")],
)
def test_an_address_that_cannot_be_had_is_explained(host, reason):
    """An errno is not a sentence."""
    with pytest.raises(AddressError, match=reason):
        bind(host, 0)


def test_the_address_that_is_printed_can_be_opened():
    """0.0.0.0 is no address to click on, and port 0 none at all."""
    settings = ServerSettings(host="0.0.0.0", token=TOKEN)
    with bind("0.0.0.0", 0) as listening:
        port = listening.getsockname()[1]
        assert url_of(listening, settings) == f"http://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
