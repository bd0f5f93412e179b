"""Draw where on the map a model is too high or too low."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation import cells, findings, scales, style
from sweepkit.evaluation.judgement import Coordinates, Judgement

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import Collection
    from matplotlib.figure import Figure

# Degrees; a table with one single place still gets a frame around it.
SMALLEST_SPAN = 0.5
# The short side of the map is at least this share of the long one.
NARROWEST = 0.6
CELLS = 60
# From here on, dots lie on top of each other.
MANY_PLACES = 1_000


@dataclass(frozen=True, slots=True)
class Frame:
    """What part of the earth is shown.

    Attributes:
        east: Limits of the longitude, degrees.
        north: Limits of the latitude, degrees.
        aspect: Length of a degree north over one of a degree east, on the ground.
        tallness: Height over width, on the ground.
    """

    east: scales.Limits
    north: scales.Limits
    aspect: float
    tallness: float


def locate(coordinates: Coordinates) -> NDArray[np.bool_]:
    """Mark the rows whose place is known, shape (n_holdout,)."""
    return np.isfinite(coordinates.latitude) & np.isfinite(coordinates.longitude)


def draw_map(judgement: Judgement, coordinates: Coordinates) -> "Figure":
    """Colour places by how far the model is off there, blue low and red high.

    The scale is symmetric around zero and ends at the 95th percentile of what is
    shown, so that a few large errors do not bleach the rest.
    """
    known = locate(coordinates)
    residuals = findings.residuals_of(judgement)[known]
    east, north = coordinates.longitude[known], coordinates.latitude[known]
    frame = _frame(east, north)
    # The axes are about 5 inches wide; the rest is title, labels and colour bar.
    height = float(np.clip(5 * frame.tallness + 2.2, 5.8, 7.6))
    figure, axes = style.new_axes(7.4, height, "compressed")
    colored, what = _color_places(axes, east, north, residuals, frame)
    _label_degrees(axes, frame)
    reach = float(np.quantile(np.abs(np.asarray(colored.get_array())), 0.95)) or 1.0
    colored.set(cmap="RdBu", clim=(-reach, reach))
    label = findings.label_residual(judgement, what)
    bar = cells.add_color_bar(axes, colored, label, extend="both")
    bar.ax.yaxis.set_major_formatter(scales.compact(judgement.target_unit, [reach]))
    details = f"{residuals.size:,} holdout rows"
    style.set_title(figure, findings.state_reach(judgement), details=details)
    return figure


def _color_places(
    axes: "Axes",
    east: scales.Values,
    north: scales.Values,
    residuals: scales.Values,
    frame: Frame,
) -> "tuple[Collection, str]":
    """Draw a dot for each row, or the median of each cell where dots would hide dots.

    The middle of the palette is nearly white: outlines keep it visible.
    """
    if residuals.size < MANY_PLACES:
        dots = axes.scatter(
            east, north, c=residuals, s=36, edgecolors=style.MUTED, linewidths=0.4
        )
        return dots, "Residual"
    hexagons = axes.hexbin(
        east,
        north,
        C=residuals,
        reduce_C_function=np.median,
        # Cells across and along such that they come out as regular hexagons.
        gridsize=(CELLS, max(1, round(CELLS * frame.tallness / np.sqrt(3)))),
        extent=(*frame.east, *frame.north),
        edgecolors=style.MUTED,
        linewidths=0.3,
    )
    return hexagons, "Median residual in the cell"


def format_degrees(value: float, ends: str) -> str:
    """Write degrees with their side, such as `122°W`; `ends` is (plus, minus)."""
    side = "" if value == 0 else ends[int(value < 0)]
    return f"{abs(value):g}°{side}"


def _frame(east: scales.Values, north: scales.Values) -> Frame:
    """Fit a frame to the rows, neither a strip nor a point."""
    middle = float(np.clip((north.min() + north.max()) / 2, -80, 80))
    # A degree of longitude is shorter than one of latitude, by this factor.
    shrink = float(np.cos(np.radians(middle)))
    width, height = float(np.ptp(east)), float(np.ptp(north))
    tall = max(height, NARROWEST * width * shrink, SMALLEST_SPAN)
    wide = max(width, NARROWEST * height / shrink, SMALLEST_SPAN / shrink)
    south, top = _spread_around(north, tall)
    return Frame(
        east=_spread_around(east, wide),
        north=(max(south, -90.0), min(top, 90.0)),
        aspect=1 / shrink,
        tallness=tall / (wide * shrink),
    )


def _spread_around(values: scales.Values, span: float) -> scales.Limits:
    middle = (float(values.min()) + float(values.max())) / 2
    return middle - 0.53 * span, middle + 0.53 * span


def _label_degrees(axes: "Axes", frame: Frame) -> None:
    axes.set(xlim=frame.east, ylim=frame.north, aspect=frame.aspect)
    axes.locator_params(nbins=6)
    axes.xaxis.set_major_formatter(lambda value, _: format_degrees(value, "EW"))
    axes.yaxis.set_major_formatter(lambda value, _: format_degrees(value, "NS"))
    axes.set(xlabel="Longitude", ylabel="Latitude")
