"""What came of a version that was made again, beside its record."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """What a version's record says and what came of it now.

    Attributes:
        version: The version.
        same_table: Whether the table has the fingerprint on record.
        packages: Versions then and now of the packages that changed.
        metrics: Values then and now, of those that both know.
        largest_difference: Of the predictions for the holdout rows, in the target's
            unit, or of the probabilities of classes; None for another table, whose
            rows are others.
    """

    version: str
    same_table: bool = False
    packages: dict[str, tuple[str, str]] = field(default_factory=dict)
    metrics: dict[str, tuple[float, float]] = field(default_factory=dict)
    largest_difference: float | None = None

    @property
    def differing(self) -> list[str]:
        """The metrics that are not equal to the last digit."""
        return [name for name, pair in self.metrics.items() if not is_same(*pair)]

    @property
    def equal(self) -> bool:
        """Whether the same model was made again."""
        same = self.same_table and self.largest_difference == 0
        return same and bool(self.metrics) and not self.differing


def compare_environments(then: str, now: str) -> dict[str, tuple[str, str]]:
    """Return the packages whose versions differ, each with both; absent is empty.

    Args:
        then: Lines of `name==version`.
        now: The same of this environment.
    """
    before, after = _read_versions(then), _read_versions(now)
    return {
        name: (before.get(name, ""), after.get(name, ""))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }


def is_same(then: float, now: float) -> bool:
    """Tell whether two scores are equal to the last digit; not a number is one too."""
    return then == now or (math.isnan(then) and math.isnan(now))


def _read_versions(text: str) -> Mapping[str, str]:
    pairs = (line.partition("==") for line in text.splitlines() if "==" in line)
    return {name: version for name, _, version in pairs}
