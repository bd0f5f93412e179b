"""Draw what each feature adds to predictions: a dot for each row, and the mean size."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sweepkit.evaluation import drivers, scales, style
from sweepkit.evaluation.judgement import ContributionSample, Judgement
from sweepkit.evaluation.swarm import rank_inputs, stack
from sweepkit.evaluation.wording import format_number, shorten_middle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH = 11.2  # inches
_ROW = 0.46  # inches a feature
_PALETTE = (style.BLUE, "#b9c1c9", style.VERMILLION)


def draw_contributions(judgement: Judgement, sample: ContributionSample) -> "Figure":
    """Draw the features that move predictions most, from the top."""
    shown, rest = drivers.show_drivers(sample)
    rows = [*shown, *([drivers.join_drivers(rest)] if rest else [])]
    figure = style.new_figure(_WIDTH, 2.4 + _ROW * len(rows))
    swarm, bars = figure.subplots(
        1, 2, sharey=True, gridspec_kw={"width_ratios": [3.4, 1]}
    )
    every = np.concatenate([row.values for row in rows])
    limits = scales.limits_of(every)
    for place, row in enumerate(rows):
        _draw_dots(swarm, place, row, limits)
    _draw_bars(bars, sample, rows)
    names = [shorten_middle(row.name, 30) for row in rows]
    swarm.set_yticks(range(len(rows)), names)
    swarm.set(xlim=limits, ylim=(len(rows) - 0.4, -0.6))
    _name_axes(swarm, judgement, sample, limits)
    _add_key(bars)
    hidden = int(np.sum((every < limits[0]) | (every > limits[1])))
    details = drivers.sum_up_drivers(sample, len(rest), hidden)
    style.set_title(
        figure, drivers.state_drivers(judgement), details=details, even=True
    )
    return figure


def _draw_dots(
    axes: "Axes", place: int, row: drivers.Driver, limits: scales.Limits
) -> None:
    across = np.clip(row.values, *limits)
    height = place + stack(across, *limits)
    colours = rank_inputs(row.inputs)
    plain = np.isnan(colours)
    dots: dict[str, Any] = {"s": 17, "linewidths": 0, "alpha": 0.85}
    axes.scatter(across[plain], height[plain], color=style.MUTED, **dots)
    axes.scatter(
        across[~plain],
        height[~plain],
        c=colours[~plain],
        cmap=_palette(),
        vmin=0,
        vmax=1,
        **dots,
    )


def _draw_bars(
    axes: "Axes", sample: ContributionSample, rows: list[drivers.Driver]
) -> None:
    sizes = [row.size for row in rows]
    largest = max(sizes)
    axes.barh(range(len(rows)), sizes, color=style.BLUE, height=0.56)
    scale = 100 if drivers.is_share(sample) else 1
    for place, size in enumerate(sizes):
        text = format_number(scale * size, 2 if size < 0.1 * largest else 3)
        axes.text(size + 0.04 * largest, place, text, va="center", size=10.5)
    axes.set_xlim(0, 1.5 * largest)
    axes.grid(visible=False)
    axes.tick_params(length=0, labelbottom=False, labelleft=False)
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel("Mean size" + (" (points)" if drivers.is_share(sample) else ""))


def _name_axes(
    axes: "Axes",
    judgement: Judgement,
    sample: ContributionSample,
    limits: scales.Limits,
) -> None:
    axes.axvline(0, color=style.MUTED, lw=1, zorder=0.6)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    unit = sample.unit or judgement.target_unit
    write = scales.compact(unit, limits)
    if drivers.is_share(sample):
        write = _write_percent
    axes.xaxis.set_major_formatter(write)
    below, above = drivers.name_ends(judgement)
    label = scales.label_with_unit("What the feature adds to the prediction", unit)
    axes.set_xlabel(
        f"{label}\n\N{LEFTWARDS ARROW} {below} · {above} \N{RIGHTWARDS ARROW}"
    )


def _write_percent(share: float, _: object = None) -> str:
    return scales.write_percent(share).replace("-", "\N{MINUS SIGN}")


def _palette() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("low to high", _PALETTE)


def _add_key(axes: "Axes") -> None:
    """Say what the colours of the dots mean."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    colours = ScalarMappable(Normalize(0, 1), _palette())
    bar = axes.figure.colorbar(colours, ax=axes, pad=0.04, aspect=28)
    bar.outline.set_visible(False)
    bar.set_ticks([0, 1], labels=["low", "high"])
    bar.ax.tick_params(length=0)
