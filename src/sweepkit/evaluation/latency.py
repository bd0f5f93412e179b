"""How long one row takes."""

import statistics
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a sweep only wants the name
    import pandas as pd

LATENCY = "latency_ms"


def measure_latency_ms(model: Any, rows: "pd.DataFrame", *, calls: int = 30) -> float:
    """Return the median time of predicting a single row, in milliseconds.

    Args:
        model: Fitted model over raw rows.
        rows: Rows to take turns, so that no single path through the trees is timed.
        calls: How many predictions are timed, after three that warm up.
    """
    seconds = []
    for call in range(calls + 3):
        row = rows.iloc[[call % len(rows)]]
        start = time.perf_counter()
        model.predict(row)
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds[3:])
