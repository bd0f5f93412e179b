"""Where an axis begins and ends, and how its numbers are written."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Limits = tuple[float, float]
SYMBOLS = {"us dollars": "$", "dollars": "$", "usd": "$", "euros": "€", "pounds": "£"}
# From this value on, the scale and its letter; years stay years below 10,000.
SCALES = ((1e12, 1e12, "T"), (1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))


def limits_of(values: Values) -> Limits:
    """Return axis limits that a few wild values cannot stretch.

    Args:
        values: What the axis shows, shape (n,), finite.

    Returns:
        The whole range with a margin, unless it reaches more than twice the width
        of the middle 99 % beyond them; then it is cut off there.
    """
    low, high = np.quantile(values, [0.005, 0.995])
    reach = 2 * (high - low)
    if reach:
        low, high = max(values.min(), low - reach), min(values.max(), high + reach)
    else:
        low, high = values.min(), values.max()
    margin = 0.04 * (high - low) or 0.05 * abs(high) or 1.0
    return float(low - margin), float(high + margin)


def count_outside(x: Values, across: Limits, y: Values, along: Limits) -> int:
    """Count the rows that a frame with these limits does not show."""
    shown = (x >= across[0]) & (x <= across[1]) & (y >= along[0]) & (y <= along[1])
    return int(np.count_nonzero(~shown))


def label_with_unit(label: str, unit: str) -> str:
    """Return `label (unit)`, or the label alone for a number without a unit."""
    return f"{label} ({unit})" if unit else label


def compact(unit: str, span: Sequence[float]) -> Callable[[float, object], str]:
    """Return a tick formatter such as `$100k`, with one scale for the whole axis.

    Args:
        unit: The axis's unit; a known currency is written with its symbol.
        span: Values the axis reaches, such as its limits; the largest sets the scale.
    """
    largest = max(map(abs, span)) or 1.0
    scale, suffix = next(
        ((scale, suffix) for least, scale, suffix in SCALES if largest >= least),
        (1.0, ""),
    )
    symbol = SYMBOLS.get(unit.lower(), "")

    def write(value: float, _: object = None) -> str:
        # Ticks are sums of steps: without rounding, zero would be written as 1e-16.
        share = round(value / largest, 9)
        sign = "\N{MINUS SIGN}" if share < 0 else ""
        shown = f"{abs(share) * largest / scale:.6g}"
        return f"{sign}{symbol}{shown}{suffix}" if share else "0"

    return write


def write_percent(share: float, _: object = None) -> str:
    """Write a share as a tick such as `2.5 %`."""
    return f"{100 * share:.4g} %"
