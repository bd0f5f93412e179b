"""The look that all figures share: colours, axes, numbers, and how they are saved.

Matplotlib is imported where it is used, as it costs a command's start 0.3 s, and
`pyplot` never, as it keeps global figures and picks a window system.
"""

import io
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sweepkit.evaluation.files import write_file
from sweepkit.evaluation.text_fit import wrap_evenly

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine
    from matplotlib.patheffects import AbstractPathEffect

Layout = Literal["constrained", "compressed"]
INK, MUTED, FAINT, GRID = "#1f2933", "#52606d", "#a9b4c0", "#e4e7eb"
# Okabe and Ito's palette stays distinct under all common colour blindness.
BLUE, VERMILLION = "#0072B2", "#D55E00"
# Lines beside each other also differ in their dashes, for grey print.
SERIES = (
    (BLUE, "-"),
    (VERMILLION, "--"),
    ("#009E73", "-."),
    ("#CC79A7", (0, (1, 1))),
    ("#E69F00", (0, (5, 1, 1, 1, 1, 1))),
    ("#56B4E9", (0, (8, 2))),
)
DPI = 144
_NARROW = 7.4  # inches; a line of a title has room for 66 letters
# Points, and line height in letter sizes.
TITLE_SIZE, DETAILS_SIZE, MARGIN, LINE = 13.5, 11.5, 9, 1.3
STYLE: dict[str, Any] = {
    "font.size": 11.5,
    "axes.labelsize": 12,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": GRID,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.edgecolor": GRID,
    "legend.framealpha": 0.9,
    "text.color": INK,
    # A column called `cost_$` is a name, not a formula.
    "text.parse_math": False,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with this style alone, whatever a machine's `matplotlibrc` says."""
    import matplotlib as mpl

    # The backend is not part of the look, and setting it has side effects.
    default: dict[Any, Any] = dict(mpl.rcParamsDefault)
    looks = {name: value for name, value in default.items() if "backend" not in name}
    with mpl.rc_context(looks | STYLE):
        yield


def new_axes(
    width: float, height: float, layout: Layout = "constrained"
) -> "tuple[Figure, Axes]":
    """Return an empty figure of this size in inches and its axes."""
    figure = new_figure(width, height, layout)
    return figure, figure.add_subplot()


def new_figure(width: float, height: float, layout: Layout = "constrained") -> "Figure":
    """Return an empty figure of this size in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI, layout=layout)
    _layout_of(figure).set(w_pad=0.09, h_pad=0.09)
    FigureCanvasAgg(figure)
    return figure


def save(figure: "Figure", path: Path) -> Path:
    """Write a PNG whose bytes depend on nothing but the figure.

    Raises:
        DiskError: If the file cannot be written.
    """
    return write_file(path, encode(figure))


def encode(figure: "Figure") -> bytes:
    """Return the figure as a PNG."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # A name in a script the font lacks is drawn as boxes; the report spells it.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def set_title(figure: "Figure", text: str, *, details: str, even: bool = False) -> None:
    """Write the finding and below it the details, from the figure's left edge.

    Lines that are `even` use the figure's whole width and come out equally long.
    """
    title, small = textwrap.fill(text, 66), textwrap.fill(details, 84)
    if even:
        wider = figure.get_figwidth() / _NARROW
        title = wrap_evenly(text, int(66 * wider))
        small = textwrap.fill(details, int(84 * wider))
    height = 72 * figure.get_figheight()
    below = 1 - (MARGIN + LINE * TITLE_SIZE * (title.count("\n") + 1)) / height
    end = below - (LINE * DETAILS_SIZE * (small.count("\n") + 1) + MARGIN / 2) / height
    options: dict[str, Any] = {"ha": "left", "va": "top"}
    figure.text(
        0.015, 1 - MARGIN / height, title, size=TITLE_SIZE, weight="bold", **options
    )
    figure.text(0.015, below, small, size=DETAILS_SIZE, color=MUTED, **options)
    # Text belongs to no axes, so the layout has to be told to stay below it.
    _layout_of(figure).set(rect=(0, 0, 1, end))


def halo() -> "list[AbstractPathEffect]":
    """Return the white rim that keeps a dark line visible on dark cells."""
    from matplotlib.patheffects import Normal, Stroke

    return [Stroke(linewidth=4, foreground="white", alpha=0.85), Normal()]


def _layout_of(figure: "Figure") -> "ConstrainedLayoutEngine":
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine), "made by `new_axes`"
    return engine
