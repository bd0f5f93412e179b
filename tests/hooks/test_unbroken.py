"""A signal waits for the end of a block that must not be broken."""

import signal

import pytest

from sweepkit.hooks.unbroken import unbroken

pytestmark = pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])


class Ended(BaseException):
    """What the process's own handler raises."""


@pytest.fixture(autouse=True)
def ending(sign):
    def end(signum, frame):
        raise Ended

    before = signal.signal(sign, end)
    yield
    signal.signal(sign, before)


def test_a_signal_waits_until_the_block_is_done(sign):
    """Half a transaction would lock the database."""
    done = []
    with pytest.raises(Ended), unbroken():
        signal.raise_signal(sign)
        done.append("written")
    assert done == ["written"]


def test_a_second_signal_does_not_wait(sign):
    """A server that hangs must not keep a person waiting."""
    done = []
    with pytest.raises(Ended), unbroken():
        signal.raise_signal(sign)
        signal.raise_signal(sign)
        done.append("written")
    assert done == []


def test_without_a_signal_nothing_changes(sign):
    """The process's own handler is back."""
    with unbroken():
        pass
    with pytest.raises(Ended):
        signal.raise_signal(sign)
