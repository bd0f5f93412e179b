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
# Where nothing is known yet: measured on the embedded table, two cores.
DEFAULT_REST_S = 6.0
_KEPT = 5  # the latest endings of a study
_KEY = "rest_s"


@dataclass(slots=True)
class Costs:
    """Seconds of endings by study; the median of the last ones is what to expect.

    Attributes:
        file: Where they are kept.
        study: Name of the study whose ending is to be foreseen.
        known: Study to the seconds of its latest endings.
    """

    file: Path
    study: str
    known: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, study: str) -> "Costs":
        """Read what is known; a file that makes no sense is ignored, and that said."""
        file = folder / FILE_NAME
        try:
            known = _check(json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            known = {}
        except (OSError, ValueError, TypeError) as error:
            log.warning(
                "%s is ignored, so the end of this sweep is planned with %g s: %s",
                file,
                DEFAULT_REST_S,
                error,
            )
            known = {}
        return cls(file, study, known)

    @property
    def rest_s(self) -> float:
        """What to expect: of this study, else of any, else the default."""
        own = self.known.get(self.study)
        if own:
            return median(own)
        every = [seconds for latest in self.known.values() for seconds in latest[-1:]]
        return median(every) if every else DEFAULT_REST_S

    def add(self, seconds: float) -> None:
        """Take down what an ending cost; if that fails it is said, and no more."""
        latest = [*self.known.get(self.study, ()), round(seconds, 3)][-_KEPT:]
        self.known[self.study] = latest
        text = json.dumps({_KEY: self.known}, indent=1, sort_keys=True)
        try:
            write_file(self.file, text.encode("utf-8"))
        except DiskError as error:
            log.warning("What the end of this sweep cost is not kept: %s", error)


def _check(content: Any) -> dict[str, list[float]]:
    if not isinstance(content, Mapping) or not isinstance(content.get(_KEY), Mapping):
        raise TypeError(f"it holds no {_KEY!r}")
    for study, seconds in content[_KEY].items():
        if not isinstance(seconds, Sequence) or not all(map(_is_duration, seconds)):
            raise TypeError(f"the seconds of {study!r} are {seconds!r}")
    return {str(study): list(seconds) for study, seconds in content[_KEY].items()}


def _is_duration(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and value >= 0
