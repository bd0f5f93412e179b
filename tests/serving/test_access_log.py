"""The access log is one line a request that neither lies nor leaks."""

import json
import logging

import pytest

from sweepkit.serving.access_log import Visit, make_writer
from sweepkit.serving.logs import ACCESS_LOGGER

VISIT = Visit("id-1", "10.0.0.9", "POST", "/invocations", 200, 1.23456, 3, "7")


@pytest.fixture
def lines(caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger(ACCESS_LOGGER), "propagate", True)
    caplog.set_level(logging.INFO, ACCESS_LOGGER)
    return lambda: caplog.messages


def test_text_is_for_people(lines):
    """Who asked for what, how it ended, how long it took."""
    make_writer("text")(VISIT)
    assert lines() == ["id-1 10.0.0.9 POST /invocations 200 1.23ms rows=3 version=7"]


def test_json_is_for_machines(lines):
    """One object a line, whatever the path holds."""
    make_writer("json")(VISIT._replace(path='/a"b\nc\udcff'))
    told = json.loads(lines()[0])
    assert "\n" not in lines()[0]
    assert (told["request_id"], told["status"], told["ms"]) == ("id-1", 200, 1.235)
    assert told["path"].startswith('/a"b\nc')


def test_a_path_cannot_forge_a_line(lines):
    """It comes percent-decoded from outside."""
    make_writer("text")(VISIT._replace(path="/x\nid-2 1.1.1.1 GET /admin 200"))
    assert "\n" not in lines()[0]


def test_off_writes_nothing():
    """And makes nothing that would be called."""
    assert make_writer("off") is None
