"""Imported last by a fork server: from here on it notices its parent's death itself."""

import gc
import signal

signal.setitimer(signal.ITIMER_REAL, 0.0)
signal.signal(signal.SIGALRM, signal.SIG_DFL)
# Collecting in a child would only copy what it shares with this process.
gc.freeze()
gc.enable()
