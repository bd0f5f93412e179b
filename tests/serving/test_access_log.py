"""The access log is one line a request that neither lies nor leaks."""

import asyncio
import errno
import json
import re
import sys

import pytest

from sweepkit.serving.access_log import Visit, make_writer

WHEN = 1_700_000_000.25
VISIT = Visit(WHEN, "id-1", "10.0.0.9", "POST", "/invocations", 200, 1.23456, 3, "7")


@pytest.fixture
def lines(capsys):
    return lambda: capsys.readouterr().err.splitlines()


def test_text_is_for_people(lines):
    """When, who asked for what, how it ended, how long it took."""
    make_writer("text")(VISIT)
    (line,) = lines()
    said = "id-1 10.0.0.9 POST /invocations 200 1.23ms rows=3 version=7"
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d,250 {said}", line)


def test_the_time_moves_on(lines):
    """It is kept for a second, and no longer."""
    write = make_writer("text")
    for later in (0.0, 0.5, 61.0):
        write(VISIT._replace(when=WHEN + later))
    clocks = [line.split(" id-1")[0] for line in lines()]
    assert clocks[0][:-4] == clocks[1][:-4] != clocks[2][:-4]
    assert [clock[-4:] for clock in clocks] == [",250", ",750", ",250"]


def test_json_is_for_machines(lines):
    """One object a line, whatever the path holds."""
    make_writer("json")(VISIT._replace(path='/a"b\nc\udcff'))
    (line,) = lines()
    told = json.loads(line)
    assert (told["request_id"], told["status"], told["ms"]) == ("id-1", 200, 1.235)
    assert told["when"] == WHEN
    assert told["path"].startswith('/a"b\nc')


@pytest.mark.parametrize("path", ["/x\nid-2 1.1.1.1 GET /admin 200", "/\x1b[31m", "/é"])
def test_a_path_cannot_forge_a_line(lines, path):
    """It comes percent-decoded from outside."""
    make_writer("text")(VISIT._replace(path=path))
    (line,) = lines()
    assert line.isascii() and line.isprintable()


def test_a_log_that_cannot_be_written_stops_no_answer(monkeypatch):
    """A disk that is full of log lines must not become an outage."""

    tried = []

    class Full:
        def write(self, text):
            tried.append(text)
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    write = make_writer("text")
    write(VISIT)
    write(VISIT)
    assert len(tried) == 2, "and the next line is tried again"


def test_off_writes_nothing():
    """And makes nothing that would be called."""
    assert make_writer("off") is None


def test_on_an_event_loop_lines_of_one_turn_are_written_at_once(monkeypatch):
    """Sixteen answers together cost one write; none is lost, and none waits longer."""
    written = []

    class Noting:
        def write(self, text):
            written.append(text)

    monkeypatch.setattr(sys, "stderr", Noting())
    write = make_writer("text")

    async def two_turns():
        for name in ("a", "b"):
            write(VISIT._replace(request_id=name))
        assert not written
        await asyncio.sleep(0)
        write(VISIT._replace(request_id="c"))

    asyncio.run(two_turns())
    assert [re.findall(r" (\w) 10\.0", text) for text in written] == [["a", "b"], ["c"]]
