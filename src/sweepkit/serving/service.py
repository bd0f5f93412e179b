"""A champion with all that answering for it needs, made once when it takes over."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from threading import Thread

import orjson

from sweepkit.serving.answers import JSON_HEADER, to_header
from sweepkit.serving.champion import Champion, Predictions, Rows
from sweepkit.serving.drift import Window
from sweepkit.serving.labels import label_with
from sweepkit.serving.params import CONTRIBUTIONS, INTERVAL, RETURN
from sweepkit.serving.request import Reader, compile_reader
from sweepkit.serving.rules import Rules
from sweepkit.serving.scoring import Pace, Predict, measure_pace
from sweepkit.serving.settings import ServerSettings

# A caller asks for one coverage or two; one who tries all must not fill the memory.
_MOST_COVERAGES = 64
_USUAL_COVERAGE = 0.9

ReadWith = Callable[[Champion, ServerSettings], Reader]


class Service:
    """What belongs to one champion and must never be mixed with another's.

    Args:
        champion: The model.
        reader: Reads requests for its columns.

    Attributes:
        window: Rows of recent requests, compared with its training table.
        labeller: Makes labels of its probabilities; None where it predicts a number.
        headers: What its answers carry.
        ask_ends: Returns what asks for intervals of a coverage, the same thing each
            time, so that requests for the same are scored together; None without them.
    """

    def __init__(self, champion: Champion, reader: Reader) -> None:
        self.champion = champion
        self.reader = reader
        self.window = Window(champion.profile)
        self.labeller = label_with(champion.profile)
        self.headers = (
            JSON_HEADER,
            (b"x-model-name", to_header(champion.name)),
            (b"x-model-version", to_header(champion.version)),
        )
        self.ask_ends: Callable[[float], Predict] | None = None
        if champion.intervals is not None:
            self.ask_ends = lru_cache(_MOST_COVERAGES)(
                partial(_with_coverage, champion.intervals)
            )
        self._pace: Pace | None = None
        self._pace_of_ends: Pace | None = None

    def estimate_s(self, n_rows: int) -> float:
        """Return how long scoring should take; infinite until it was measured."""
        return float("inf") if self._pace is None else self._pace.estimate_s(n_rows)

    def estimate_ends_s(self, n_rows: int) -> float:
        """Return how long intervals should take; infinite until it was measured."""
        pace = self._pace_of_ends
        return float("inf") if pace is None else pace.estimate_s(n_rows)

    def measure(self) -> None:
        """Measure the model's pace in a thread: a slow one would stop all others."""
        Thread(target=self.measure_here, name="measure", daemon=True).start()

    def measure_here(self) -> None:
        """Measure the model's pace in this thread."""
        profile = self.champion.profile
        self._pace = measure_pace(self.champion.predict, profile)
        if self.ask_ends is not None:
            self._pace_of_ends = measure_pace(self.ask_ends(_USUAL_COVERAGE), profile)

    @cached_property
    def description(self) -> bytes:
        """The OpenAPI document of this model."""
        # Imported by the first who asks: nobody's prediction needs it.
        from sweepkit.serving.openapi import describe

        champion = self.champion
        document = describe(
            champion.profile, champion.name, champion.version, offered_by(champion)
        )
        return orjson.dumps(document, default=str)


def read_for(champion: Champion, settings: ServerSettings) -> Reader:
    """Return the reader of requests for a champion, within the settings' limits."""
    rules = Rules(
        max_bytes=settings.max_bytes,
        max_rows=settings.max_rows,
        unknown_category=settings.unknown_category,
        extra_columns=settings.extra_columns,
    )
    return compile_reader(
        champion.profile, rules, offered_by(champion), champion.unexplained
    )


def offered_by(champion: Champion) -> tuple[str, ...]:
    """Return the parameters of a request that a champion can answer."""
    has_sets = bool(champion.profile.classes) and champion.sets is not None
    offers = {
        INTERVAL: champion.intervals is not None or has_sets,
        RETURN: bool(champion.profile.classes),
        CONTRIBUTIONS: champion.contributions is not None,
    }
    return tuple(name for name, is_offered in offers.items() if is_offered)


def _with_coverage(
    intervals: Callable[[Rows, float], Predictions], coverage: float
) -> Predict:
    return lambda rows: intervals(rows, coverage)
