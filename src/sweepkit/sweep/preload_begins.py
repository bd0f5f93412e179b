"""Imported first by a fork server, which then ends with its parent while it imports.

A fork server notices its parent's death only when it waits for requests. Before that it
imports for a second, on a busy machine for many. A timer needs no thread, which a
process that forks should not have, and children do not inherit it.
"""

import gc
import os
import signal
from types import FrameType

_LOOK_EVERY_S = 0.25
_PARENT = os.getppid()


def _end_without_parent(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001
    if os.getppid() != _PARENT:
        os._exit(1)


# What is imported stays: looking for garbage in it takes a tenth of the time.
gc.disable()
signal.signal(signal.SIGALRM, _end_without_parent)
signal.setitimer(signal.ITIMER_REAL, _LOOK_EVERY_S, _LOOK_EVERY_S)
