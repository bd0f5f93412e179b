"""A signal ends the wait for workers, however it comes."""

import os
import signal
import threading
import weakref

import pytest

from sweepkit import interruption


@pytest.fixture
def listening():
    """Signals are heard as in a command; afterwards as before."""
    signs = (signal.SIGINT, signal.SIGTERM)
    before = {sign: signal.getsignal(sign) for sign in signs}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    interruption.hear_signals()
    yield
    signal.set_wakeup_fd(-1)
    interruption.calm_waker()
    interruption._asked.clear()
    for sign, handler in before.items():
        signal.signal(sign, handler)


def sleep_for_ever(cfg):
    import time

    time.sleep(3600)


RAISED = pytest.mark.parametrize(
    ("sign", "raised"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)],
)


@RAISED
@pytest.mark.usefixtures("listening")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_that_python_forgets(make_pool, sign, raised):
    """What a weak reference's callback raises is printed and goes no further."""

    class Row:
        pass

    row = Row()
    reference = weakref.ref(row, lambda _: os.kill(os.getpid(), sign))
    pool = make_pool(sleep_for_ever)
    pool.submit(0, [])
    del row
    assert reference() is None

    with pytest.raises(raised):
        pool.poll(20.0)


@RAISED
@pytest.mark.usefixtures("listening")
def test_a_signal_that_another_thread_gets(make_pool, sign, raised):
    """It does not interrupt the main thread's wait, which ends all the same."""
    pool = make_pool(sleep_for_ever)
    pool.submit(0, [])
    assert pool.poll(0.01) == []
    ours = {signal.SIGINT, signal.SIGTERM}
    other = threading.Timer(0.2, lambda: signal.pthread_kill(other.ident, sign))
    other.start()
    signal.pthread_sigmask(signal.SIG_BLOCK, ours)
    try:
        with pytest.raises(raised):
            pool.poll(20.0)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ours)


@pytest.mark.usefixtures("listening")
def test_other_signals_do_not_end_it(make_pool):
    """The wait goes on when a signal only says that something has happened."""
    pool = make_pool(lambda cfg: cfg.x)
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        pool.submit(0, ["x=5"])
        os.kill(os.getpid(), signal.SIGUSR1)
        (finished,) = pool.poll()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert finished.job_return.return_value == 5
