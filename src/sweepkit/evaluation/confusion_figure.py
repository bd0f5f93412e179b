"""Draw which class is taken for which."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation import class_findings, style
from sweepkit.evaluation.cells import COUNT_COLORS
from sweepkit.evaluation.confusion import Counts, count_confusions, gather_small
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.labels import (
    count_holdout,
    write_labels,
    write_share,
)
from sweepkit.evaluation.text_fit import shorten_apart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CLASSES = 12
# More classes need a figure as wide as the page.
_FEW = 6
# Letters that fit side by side below the cells.
_ROOM = 48


def draw_confusion(judgement: Judgement) -> "Figure":
    """Draw a cell for each pair of actual and named class, coloured by row."""
    counts, kept = gather_small(count_confusions(judgement), MOST_CLASSES)
    labels = shorten_apart([write_labels(judgement)[code] for code in kept], 18)
    rest = len(judgement.classes) - len(kept)
    if rest:
        labels.append(f"{rest} others")
    wide = len(labels) > _FEW
    figure, axes = style.new_axes(*((12.4, 9.6) if wide else (7.4, 6.5)))
    _color_cells(axes, counts)
    _write_cells(axes, counts)
    _name_axes(axes, labels, counts)
    details = f"{count_holdout(judgement)} · shares and colours: of the actual class"
    if rest:
        details += f" · the {len(kept)} largest of {len(judgement.classes)} classes"
    title = class_findings.state_confusion(judgement)
    style.set_title(figure, title, details=details, even=True)
    return figure


def _shares_of(counts: Counts) -> NDArray[np.float64]:
    total = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares: NDArray[np.float64] = counts / total
    return shares


def _color_cells(axes: "Axes", counts: Counts) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    colors = LinearSegmentedColormap.from_list("shares", ("#f4f8fb", *COUNT_COLORS))
    axes.imshow(_shares_of(counts), cmap=colors, vmin=0, vmax=1, aspect="auto")
    places = np.arange(len(counts) + 1) - 0.5
    axes.set_xticks(places, minor=True)
    axes.set_yticks(places, minor=True)
    axes.grid(visible=False, which="major")
    axes.grid(color="white", lw=2, which="minor")
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)


def _write_cells(axes: "Axes", counts: Counts) -> None:
    shares = _shares_of(counts)
    size = 15 if len(counts) <= 3 else 11.5 if len(counts) <= _FEW else 10
    for (down, across), count in np.ndenumerate(counts):
        if not count:
            continue
        share = float(shares[down, across])
        axes.text(
            across,
            down,
            f"{count:,}\n{write_share(share)}",
            ha="center",
            va="center",
            size=size,
            weight="bold" if down == across else "normal",
            color="white" if share > 0.45 else style.INK,
        )


def _name_axes(axes: "Axes", labels: list[str], counts: Counts) -> None:
    axes.set_xticks(range(len(labels)), labels)
    if max(map(len, labels)) * len(labels) > _ROOM:
        axes.tick_params(axis="x", rotation=40, rotation_mode="xtick")
    rows = counts.sum(axis=1)
    axes.set_yticks(
        range(len(labels)),
        [f"{label}\n{n:,}" for label, n in zip(labels, rows, strict=True)],
    )
    axes.set(xlabel="Named", ylabel="Actual, with its rows")
