"""What an ensemble gains over the best of its candidates."""

from dataclasses import dataclass

import numpy as np

from sweepkit.evaluation.metric import Metric


@dataclass(frozen=True, slots=True)
class Gain:
    """What joining models gains on rows that the choice of weights never saw.

    Attributes:
        metric: What both are judged by.
        blend: Score of each fold, its members and weights chosen without its rows.
        single: Score of the best single candidate there, chosen without them too.
    """

    metric: Metric
    blend: tuple[float, ...]
    single: tuple[float, ...]

    @property
    def helps(self) -> bool:
        """Whether the blend is better in the mean and in most folds."""
        pairs = zip(self.blend, self.single, strict=True)
        better = sum(self.metric.is_better(own, than) for own, than in pairs)
        means = float(np.mean(self.blend)), float(np.mean(self.single))
        return self.metric.is_better(*means) and 2 * better > len(self.blend)
