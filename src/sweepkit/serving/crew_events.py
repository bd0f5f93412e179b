"""What happens to workers and is heard by the supervisor."""

from __future__ import annotations

from dataclasses import dataclass

from sweepkit.serving.messages import Order, Report


@dataclass(frozen=True, slots=True)
class Started:
    """A worker is there and waits for a model."""

    number: int


@dataclass(frozen=True, slots=True)
class Said:
    """A worker said something."""

    number: int
    report: Order | Report


@dataclass(frozen=True, slots=True)
class Died:
    """A worker ended by itself; another will take its place.

    Attributes:
        number: Which one.
        how: Its exit code or signal, in words.
        in_a_row: Deaths of this worker since it last loaded a model, this included.
    """

    number: int
    how: str
    in_a_row: int


Event = Started | Said | Died
