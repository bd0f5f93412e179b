"""Colour for numbers: cells that count rows, and the bar that explains a colour."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sweepkit.evaluation.scales import Limits, Values

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colorbar import Colorbar

# Pale to dark blue: order survives grey print, and the red line stays visible.
COUNT_COLORS = ("#b9d7ea", "#5aa2cf", "#0072B2", "#0a3d6b")


def count_cells(
    axes: "Axes", x: Values, y: Values, *, across: Limits, along: Limits
) -> None:
    """Draw how many rows fall into each hexagonal cell, on a logarithmic scale."""
    from matplotlib.colors import LinearSegmentedColormap

    cells = axes.hexbin(
        x,
        y,
        gridsize=(46, 26),
        extent=(*across, *along),
        bins="log",
        mincnt=1,
        cmap=LinearSegmentedColormap.from_list("counts", COUNT_COLORS),
        linewidths=0.2,
    )
    most = int(np.max(np.asarray(cells.get_array())))
    cells.set_clim(1, max(most, 2))
    bar = add_color_bar(axes, cells, "Rows in the cell")
    bar.minorticks_off()
    ticks = [digit * 10**power for power in range(7) for digit in (1, 2, 5)]
    shown = [tick for tick in ticks if tick <= most]
    bar.set_ticks(shown, labels=[f"{tick:,}" for tick in shown])


def add_color_bar(
    axes: "Axes", colored: "ScalarMappable", label: str, **options: Any
) -> "Colorbar":
    """Add a slim colour bar with its label."""
    bar = axes.figure.colorbar(colored, ax=axes, pad=0.02, aspect=32, **options)
    bar.set_label(label)
    bar.outline.set_visible(False)
    return bar
