"""Supervisor and workers understand each other."""

import pytest

from sweepkit.serving import messages as m

EACH = [
    m.Begin(settings={"port": 1, "token": "ü"}, number=0),
    m.Load(folder="/a b", facts={"version": "7", "tags": {"a": "line\nend"}}),
    m.Prepare(folder="/a", facts={}),
    m.Registry(reachable=False, message="it is down"),
    m.Reject(version="8", reason="changed: model.skops"),
    m.Drain(),
    m.Loaded(version="7", form="booster", agreement="equal"),
    m.Refused(version="8", reason="no"),
    m.WantsCheck(),
]


@pytest.mark.parametrize("message", EACH, ids=lambda m: type(m).__name__)
def test_a_message_arrives_as_it_was_sent_on_one_line(message):
    """The line is the frame: a line end within would cut a message in two."""
    line = m.encode(message)
    assert line.count(b"\n") == 1
    assert m.decode(line) == message


@pytest.mark.parametrize("line", [b"{}", b'{"do":"dance"}', b'{"did":"load"}'])
def test_what_is_no_message_is_refused(line):
    """Two versions of this package must not half understand each other."""
    with pytest.raises(ValueError, match="no such message"):
        m.decode(line)
