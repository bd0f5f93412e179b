"""A signal must not fall into the middle of a database's transaction."""

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

_ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def unbroken() -> Iterator[None]:
    """Let a first signal to end wait until a block of quick writes is done.

    Raised in the midst of a transaction it would leave the database locked for the
    writes that close the record. A second signal is not kept waiting.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept: list[int] = []
    before = {sign: signal.getsignal(sign) for sign in _ENDING}

    def keep(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001
        kept.append(signum)
        _set(before)

    _set(dict.fromkeys(_ENDING, keep))
    try:
        yield
    finally:
        _set(before)
    if kept:
        signal.raise_signal(kept[0])


def _set(handlers: Mapping[signal.Signals, Any]) -> None:
    for sign, handler in handlers.items():
        if handler is not None:  # installed by C code, and not ours to touch
            signal.signal(sign, handler)
