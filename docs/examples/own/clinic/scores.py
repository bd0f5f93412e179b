"""What an error costs this clinic."""

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.metrics import Metric


def pinball(actual: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
    """Return the mean cost of errors; one too low costs 9 times one too high."""
    error = actual - predicted
    return float(np.mean(np.maximum(0.9 * error, -0.1 * error)))


PINBALL = Metric("pinball", "minimize", "target", pinball)
