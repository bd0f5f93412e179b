"""What a person sees of a running sweep: a live display, or one line a trial."""

import sys
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live

from sweepkit.sweep.outcome import Outcome, SweepPlan, SweepResult
from sweepkit.sweep.progress_lines import describe_end, describe_start, describe_trial
from sweepkit.sweep.progress_view import render
from sweepkit.sweep.progress_watch import Watch
from sweepkit.sweep.screen import LogsAbove

Clock = Callable[[], float]


class SweepDisplay:
    """Shows how a sweep stands; to be told of its events, and closed by `with`.

    On a terminal the display renews itself. Elsewhere each trial gets one plain line.
    Nothing is shown outside of `on_sweep_start` and `on_sweep_end`.

    Args:
        console: Where to show; standard error unless given.
        clock: Seconds of a clock that never goes back.
    """

    def __init__(
        self, console: Console | None = None, clock: Clock = time.monotonic
    ) -> None:
        # FORCE_COLOR makes rich believe in a terminal where there is a file.
        self._console = console or Console(
            stderr=True, force_terminal=sys.stderr.isatty()
        )
        self._clock = clock
        self._watch: Watch | None = None
        self._live: Live | None = None
        self._logs = LogsAbove()

    def __enter__(self) -> Self:
        """Return the display; it begins with the sweep."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the terminal back, whatever happened."""
        self._close()

    def on_sweep_start(self, plan: SweepPlan) -> None:
        """Begin to show, with the trials of earlier sessions counted in."""
        self._watch = Watch(plan, self._clock)
        for outcome in plan.earlier:
            self._watch.add(outcome)
        if self._console.is_terminal and not self._console.is_dumb_terminal:
            self._open(self._watch)
        else:
            self._write(describe_start(plan))

    def on_running(self, numbers: Iterable[int]) -> None:
        """Show which trials are running now."""
        if self._watch is not None:
            self._watch.run(numbers)

    def on_trial_end(self, outcome: Outcome) -> None:
        """Count a trial and show what came of it."""
        if self._watch is None:
            return
        self._watch.add(outcome)
        if self._live is None:
            self._write(describe_trial(outcome, self._watch.plan, self._watch.standing))

    def on_sweep_end(self, result: SweepResult) -> None:
        """Stop showing; the summary on standard output takes over."""
        if self._live is not None:
            self._live.transient = True
        elif self._watch is not None:
            self._write(describe_end(result))
        self._close()

    def _open(self, watch: Watch) -> None:
        live = Live(
            get_renderable=lambda: render(watch),
            console=self._console,
            # What goes to a file or a pipe must not turn up on the terminal.
            redirect_stdout=sys.stdout.isatty(),
            vertical_overflow="crop",
        )
        live.start()
        # A second Ctrl-C ends the process at once: no one would show it again.
        self._console.show_cursor(show=True)
        self._live = live
        self._logs.begin()

    def _close(self) -> None:
        live, self._live, self._watch = self._live, None, None
        if live is not None:
            self._logs.end()
            live.stop()

    def _write(self, line: str) -> None:
        try:
            print(line, file=self._console.file, flush=True)
        except OSError:
            # Whoever read the lines has gone away; the sweep is worth more than they.
            self._watch = None
