"""A signal to end that cannot get lost.

Python raises what a signal means from whatever the main thread is at. Where that is a
destructor or the callback of a weak reference, as SQLAlchemy has one for every row, the
exception is printed and forgotten; and a signal that comes just before a wait does not
end the wait. So who waits for long also listens here, and looks here now and then.
"""

import os
import signal
from functools import cache
from types import FrameType
from typing import NoReturn

_SIGNALS = 128
_asked: list[int] = []


def hear_signals() -> None:
    """Let Ctrl-C raise `KeyboardInterrupt` and SIGTERM `SystemExit`, without fail."""
    _asked.clear()
    signal.signal(signal.SIGTERM, _stop)
    # A shell's background job ignores Ctrl-C, and keeps doing so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)
    signal.set_wakeup_fd(_pipe()[1], warn_on_full_buffer=False)


def raise_lost_signal() -> None:
    """Raise what a signal has asked for, if that was lost.

    Raises:
        KeyboardInterrupt: After Ctrl-C.
        SystemExit: With 143, after SIGTERM.
    """
    if _asked:
        _raise(_asked[0])


def signal_waker() -> int:
    """Return a file descriptor that can be read from when a signal has come."""
    return _pipe()[0]


def calm_waker() -> None:
    """Empty the waker, whose signals have been seen."""
    try:
        while os.read(signal_waker(), 512):
            pass
    except BlockingIOError:
        return


@cache
def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def _stop(signum: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
    if signum == signal.SIGTERM:
        # A second one during the clean-up then ends the process at once.
        signal.signal(signum, signal.SIG_DFL)
    _asked[:] = [signum]
    _raise(signum)


def _raise(signum: int) -> NoReturn:
    if signum == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(_SIGNALS + signum)
