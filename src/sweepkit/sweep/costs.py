"""What the ends of earlier sweeps cost, kept beside the storage of studies."""

import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from sweepkit.errors import DiskError
from sweepkit.evaluation.files import write_file

log = logging.getLogger(__name__)

FILE_NAME = "costs.json"
# Where nothing is known yet, measured on the embedded table, two cores: more time finds
# more trials to join, and judging asks each of them again and again.
_LEAST_S, _PER_BUDGET_S, _MOST_S = 6.2, 0.035, 12.0
_KEPT = 5  # the latest endings of a study
_KEY = "rest"


def usual_rest_s(budget_s: float) -> float:
    """Return what an ending costs besides fitting, where nothing is known yet."""
    return min(_LEAST_S + _PER_BUDGET_S * budget_s, _MOST_S)


@dataclass(slots=True)
class Costs:
    """What endings cost by study; the median of the last ones is what to expect.

    They are kept as multiples of what is usual, so that one budget tells of another.

    Attributes:
        file: Where they are kept.
        study: Name of the study whose ending is to be foreseen.
        usual_s: What the ending would cost where nothing is known.
        known: Study to what its latest endings cost, in multiples of the usual.
    """

    file: Path
    study: str
    usual_s: float
    known: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, study: str, budget_s: float = 60.0) -> "Costs":
        """Read what is known; a file that makes no sense is ignored, and that said."""
        file, usual_s = folder / FILE_NAME, usual_rest_s(budget_s)
        try:
            known = _check(json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            known = {}
        except (OSError, ValueError, TypeError) as error:
            log.warning(
                "%s is ignored, so the end of this sweep is planned with %g s: %s",
                file,
                usual_s,
                error,
            )
            known = {}
        return cls(file, study, usual_s, known)

    @property
    def rest_s(self) -> float:
        """What to expect: of this study, else of any, else the usual."""
        own = self.known.get(self.study)
        every = [times for latest in self.known.values() for times in latest[-1:]]
        return self.usual_s * median(own or every or [1.0])

    def add(self, seconds: float) -> None:
        """Take down what an ending cost; if that fails it is said, and no more."""
        times = round(seconds / self.usual_s, 4)
        latest = [*self.known.get(self.study, ()), times][-_KEPT:]
        self.known[self.study] = latest
        text = json.dumps({_KEY: self.known}, indent=1, sort_keys=True)
        try:
            write_file(self.file, text.encode("utf-8"))
        except DiskError as error:
            log.warning("What the end of this sweep cost is not kept: %s", error)


def _check(content: Any) -> dict[str, list[float]]:
    if not isinstance(content, Mapping) or not isinstance(content.get(_KEY), Mapping):
        raise TypeError(f"it holds no {_KEY!r}")
    for study, latest in content[_KEY].items():
        if not isinstance(latest, Sequence) or not all(map(_is_multiple, latest)):
            raise TypeError(f"what {study!r} cost is {latest!r}")
    return {str(study): list(latest) for study, latest in content[_KEY].items()}


def _is_multiple(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and value >= 0
